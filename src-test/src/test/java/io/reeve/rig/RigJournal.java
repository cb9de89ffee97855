package io.reeve.rig;

import com.typesafe.config.Config;
import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.cli.cluster.JournalFacts;
import io.reeve.cli.cluster.JournalFollower;
import io.reeve.cli.cluster.Pulse;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import io.reeve.node.store.StoreException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The journal of a cluster, read while it is written, over all runs on that cluster: what it says
 * goes to the checker and the pulse of the run in progress. Not for two threads at once.
 */
final class RigJournal implements JournalFacts, AutoCloseable {

  /** A lease that a worker holds or held. */
  record Lease(String workerId, long atMs, long fence) {}

  private final JournalFollower follower;
  private final Map<TaskId, Lease> last = new HashMap<>();
  private final Map<TaskId, Lease> open = new HashMap<>();
  private final Set<TaskId> ended = new HashSet<>();
  private Checker checker = Checker.ofJournal();
  private Pulse pulse = new Pulse(RigRun.SILENCE);
  private long epoch;
  private String dispatcherNode = "";
  private int dispatchers;
  private int outages;

  RigJournal(Config store) {
    follower = JournalFollower.open(store, this);
  }

  /** From now on this run is told. All tasks of the one before have ended. */
  void begin(Checker checker, Pulse pulse) {
    this.checker = checker;
    this.pulse = pulse;
    last.clear();
    open.clear();
    ended.clear();
  }

  /** Reads what is new, if the server is there. */
  void readOn() {
    try {
      follower.readOn();
    } catch (StoreException away) {
      outages++;
    }
  }

  @Override
  public void event(int partition, PartitionEvent event) {
    checker.add(new Fact.Stored(partition, event, Fact.UNKNOWN));
    if (event instanceof TaskEvent.Leased lease) {
      var id = new TaskId(partition, lease.sequence());
      open.put(id, new Lease(lease.workerId(), lease.atMs(), lease.fence()));
      last.put(id, new Lease(lease.workerId(), lease.atMs(), lease.fence()));
      pulse.started(partition, lease.atMs());
    } else if (event instanceof TaskEvent task) {
      open.remove(new TaskId(partition, task.sequence()));
    }
  }

  @Override
  public void dispatcherStarted(long epoch, String node, long atMs) {
    checker.add(new Fact.EpochOpened(epoch));
    dispatchers++;
    if (epoch > this.epoch) {
      this.epoch = epoch;
      dispatcherNode = node;
    }
  }

  @Override
  public void submitted(String requestId, String taskId, int partition, long atMs) {
    // Told by the event; and when clients heard of it is theirs to say.
  }

  @Override
  public void leased(String taskId, int partition, long fence, long atMs) {
    // Told by the event.
  }

  @Override
  public void ended(String taskId, boolean completed, long atMs) {
    ended.add(TaskId.parse(taskId).orElseThrow());
  }

  /** Of the dispatcher in charge. */
  long epoch() {
    return epoch;
  }

  /** Where the dispatcher in charge is, or was last. */
  String dispatcherNode() {
    return dispatcherNode;
  }

  /** Dispatchers that began so far. */
  int dispatchers() {
    return dispatchers;
  }

  /** How often the server did not answer. */
  int outages() {
    return outages;
  }

  /** The tasks whose current lease this worker holds. */
  List<TaskId> heldBy(String workerId) {
    return open.entrySet().stream()
        .filter(entry -> entry.getValue().workerId().equals(workerId))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The lease that the task got last. */
  Lease lastLease(TaskId task) {
    return last.getOrDefault(task, new Lease("", 0, 0));
  }

  /** Whether the task has ended. */
  boolean hasEnded(TaskId task) {
    return ended.contains(task);
  }

  @Override
  public void close() {
    follower.close();
  }
}
