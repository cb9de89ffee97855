package io.reeve.simulation;

import java.util.Locale;

/**
 * Something that happens to the simulated world at an instant.
 *
 * @param a whom it happens to
 * @param b how much of it
 * @param c chance, or a time in milliseconds
 */
record Step(long atMs, What what, int a, int b, long c) {

  /** What may happen, and what a, b and c mean. */
  enum What {
    /** Client a submits b tasks, made from seed c. */
    SUBMIT,
    /** Client a cancels a task. */
    CANCEL,
    /** Client a reads a task. */
    READ,
    /** Client a redrives a task. */
    REDRIVE,
    /** Client a discards a task. */
    DISCARD,
    /** Client a redrives the next dead letters of a partition, or discards them when b is 1. */
    DISPOSE_DEAD,
    /** Client a lists the dead letters of a partition. */
    LIST_DEAD,
    /** A client does b with a schedule, made from seed c. */
    SCHEDULE,
    /** Somebody at node a sets a rule for a queue, made from seed c. */
    RULE_CHANGES,
    /** Node a is killed; noticed after b ms, started again after c ms. */
    NODE_DIES,
    /** Node a stands still for b ms. */
    NODE_PAUSES,
    /** The next c rows of partition a meet trouble b. */
    JOURNAL_TROUBLE,
    /** The next b epochs are stored without their writer hearing of it. */
    EPOCH_TROUBLE,
    /** Between two nodes (a) b percent of the messages are lost for c ms. */
    LINK_LOSES,
    /** Between two nodes (a) messages take up to b ms more, for c ms. */
    LINK_IS_SLOW,
    /** Partition a moves. */
    PARTITION_MOVES,
    /** The dispatcher moves. */
    DISPATCHER_MOVES,
    /** There are two dispatchers for b ms. */
    DISPATCHER_TWICE,
    /** Worker a is killed; another process starts after b ms. */
    WORKER_DIES,
    /** Worker a stands still for b ms. */
    WORKER_PAUSES,
    /** Worker a leaves in order; another process starts after b ms at the latest. */
    WORKER_LEAVES,
    /** The stream of worker a breaks, in silence when b is 1. */
    STREAM_BREAKS,
    /** Worker a tells lie b. */
    WORKER_LIES,
    /** The wall clock of node a jumps by c ms. */
    CLOCK_JUMPS,
    /** An actor of kind a throws, number b of them; after it handled a message when c is 1. */
    ACTOR_THROWS;

    /** Whether something goes wrong by it. */
    boolean isFault() {
      return compareTo(NODE_DIES) >= 0;
    }
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%8.3f s  %-16s a=%d b=%d c=%d", atMs / 1e3, what, a, b, c);
  }
}
