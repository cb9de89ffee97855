package io.reeve.node.store;

import java.util.List;

/**
 * Where nodes that share a store find each other.
 *
 * <p>Every member holds a lock in the store for as long as it lives, and a line with its address.
 * The store frees the lock of a member that died; its line stays until somebody removes it. So a
 * node that gets hold of all locks knows that no member of the cluster is connected to the store.
 *
 * <p>All calls block on the store and may throw {@link StoreException}; one thread at a time.
 */
public interface MemberDirectory extends AutoCloseable {

  /**
   * One member as it announced itself.
   *
   * @param incarnation differs with each start of a node
   * @param name for people
   * @param address as the cluster writes it
   */
  record Line(String incarnation, String name, String address) {}

  /**
   * What a node finds that wants to join.
   *
   * @param first no member is connected to the store and nobody else is about to form a cluster; it
   *     stays so until this node has announced itself or closes this directory
   * @param lines members, those that died without a word included
   */
  record Look(boolean first, List<Line> lines) {}

  /** Looks who is there. Call again to see more. */
  Look look();

  /** This node is a member now: writes its line, takes its lock, lets others look. */
  void announce(Line self);

  /**
   * Makes sure that the announced line and lock are still there, after a lost connection too. Does
   * nothing before {@link #announce}.
   */
  void keep();

  /** Removes the line of a member that is no more. */
  void forget(String incarnation);

  /** Removes the own line, if there is one, and frees the locks. */
  @Override
  void close();
}
