package io.reeve.cli.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The journal's account of every task: what was taken in, how often it was given out, how it ended.
 * Not for two threads at once; about 200 bytes a task.
 */
final class Audit implements JournalFacts {

  /** One task. */
  private static final class Life {
    long fence;
    int leases;
    int ends;
    boolean completed;
  }

  private final Map<String, Life> lives = new HashMap<>();
  private final Set<String> requests = new HashSet<>();
  private final Set<String> doubled = new TreeSet<>();

  /** The load comes at an even pace, but its request ids choose among sixteen partitions. */
  private final Pulse pulse = new Pulse(Duration.ofSeconds(2));

  private long leases;
  private int ended;
  private long epoch;
  private String dispatcherNode = "";

  @Override
  public void submitted(String requestId, String taskId, int partition, long atMs) {
    pulse.submitted(partition, atMs);
    // The demonstration submits tasks one by one, so a second one of a request is a second effect.
    if (!requests.add(requestId) || lives.putIfAbsent(taskId, new Life()) != null) {
      doubled.add(taskId);
    }
  }

  @Override
  public void leased(String taskId, int partition, long fence, long atMs) {
    pulse.started(partition, atMs);
    leases++;
    var life = life(taskId);
    // A fence given twice, or a lease after the end, would let two attempts count.
    if (fence != life.fence + 1 || life.ends > 0) {
      doubled.add(taskId);
    }
    life.fence = fence;
    life.leases++;
  }

  @Override
  public void ended(String taskId, boolean completed, long atMs) {
    var life = life(taskId);
    life.ends++;
    life.completed = completed;
    if (life.ends == 1) {
      ended++;
    } else {
      doubled.add(taskId);
    }
  }

  @Override
  public void dispatcherStarted(long epoch, String node, long atMs) {
    if (epoch > this.epoch) {
      this.epoch = epoch;
      dispatcherNode = node;
    }
  }

  private Life life(String taskId) {
    return lives.computeIfAbsent(taskId, it -> new Life());
  }

  Pulse pulse() {
    return pulse;
  }

  int submitted() {
    return lives.size();
  }

  int ended() {
    return ended;
  }

  long leases() {
    return leases;
  }

  /** Leases beyond the first of each task. */
  long redeliveries() {
    return lives.values().stream().mapToLong(life -> Math.max(0, life.leases - 1)).sum();
  }

  /** Tasks with two ends, two tasks of one request, or a lease that should not be. */
  Set<String> doubled() {
    return Set.copyOf(doubled);
  }

  boolean completedOnce(String taskId) {
    var life = lives.get(taskId);
    return life != null && life.ends == 1 && life.completed;
  }

  /** Of the dispatcher in charge; 0 before the first. */
  long epoch() {
    return epoch;
  }

  /** Where the dispatcher in charge is, or was last. */
  String dispatcherNode() {
    return dispatcherNode;
  }
}
