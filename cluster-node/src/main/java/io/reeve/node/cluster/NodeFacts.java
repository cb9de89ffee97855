package io.reeve.node.cluster;

import java.util.List;

/**
 * What a node says of itself to the others.
 *
 * @param endpoint where clients and workers connect, as {@code host:port}; empty until it serves
 * @param dispatcherEpoch of the dispatcher that works on it; 0: none does
 * @param partitions that it owns, ascending
 */
public record NodeFacts(
    Identity identity, String endpoint, long dispatcherEpoch, List<Integer> partitions, Load load)
    implements NodeTalk {

  public NodeFacts {
    partitions = List.copyOf(partitions);
  }

  /**
   * What stays the same as long as the process lives.
   *
   * @param address where it talks to other nodes, as {@code host:port}
   * @param incarnation differs at each start of a node, at the same address too
   * @param name for people; may be empty
   * @param host name of the machine
   * @param startedAtMs milliseconds since the epoch
   */
  public record Identity(
      String address,
      String incarnation,
      String name,
      String host,
      long pid,
      String version,
      long startedAtMs) {

    /** As a log line names it. */
    @Override
    public String toString() {
      return name.isEmpty() ? address : name + " (" + address + ")";
    }
  }

  /**
   * What changes all the time.
   *
   * @param sessions of workers that are open
   * @param cpuMillicores processor time since the sample before, in thousandths of one processor
   */
  public record Load(int sessions, long cpuMillicores, long heapUsedBytes, long heapMaxBytes) {}
}
