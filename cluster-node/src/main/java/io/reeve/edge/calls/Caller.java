package io.reeve.edge.calls;

/**
 * Who makes a call, as an edge found out.
 *
 * @param name for logs
 */
public record Caller(String name) {

  /**
   * Somebody who reaches the ports of this node. Whoever does may do anything, which is why nodes
   * listen on loopback addresses only.
   */
  public static final Caller LOCAL = new Caller("local");
}
