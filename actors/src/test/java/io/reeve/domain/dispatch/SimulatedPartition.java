package io.reeve.domain.dispatch;

import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A partition as far as the dispatcher can tell: counts of ready tasks, and grants. */
final class SimulatedPartition {

  /** A report as the dispatcher gets it. */
  record Report(
      int partition,
      long incarnation,
      boolean inventory,
      long lastSeq,
      Map<TaskClass, Integer> ready,
      List<Use> uses) {}

  record Use(long seq, int leased, boolean done) {}

  /** Tasks of one class leased to a session. */
  record Leased(int partition, Offer to, TaskClass taskClass, int count) {}

  private static final class Standing {
    final Order.Stand order;
    int leased;

    Standing(Order.Stand order) {
      this.order = order;
    }
  }

  final int partition;
  final Map<TaskClass, Integer> ready = new LinkedHashMap<>();
  final List<Leased> leased = new ArrayList<>();
  private final Map<Long, Standing> standing = new LinkedHashMap<>();
  private final Set<TaskClass> changed = new LinkedHashSet<>();
  private final List<Use> uses = new ArrayList<>();
  private long incarnation = 1;
  private long lastSeq;
  private boolean greeted;
  private boolean reportDue;

  SimulatedPartition(int partition) {
    this.partition = partition;
  }

  Report greet() {
    greeted = true;
    changed.clear();
    uses.clear();
    standing.clear();
    lastSeq = 0;
    return new Report(partition, incarnation, true, 0, Map.copyOf(ready), List.of());
  }

  /** Starts anew; it takes no grants before it is greeted. */
  void restart() {
    incarnation++;
    standing.clear();
    changed.clear();
    uses.clear();
    greeted = false;
  }

  void submit(TaskClass taskClass, int count) {
    ready.merge(taskClass, count, Integer::sum);
    changed.add(taskClass);
    for (var grant : List.copyOf(standing.values())) {
      use(grant);
    }
  }

  void carryOut(Order order) {
    if (!greeted) {
      return;
    }
    if (order instanceof Order.Propose propose) {
      lastSeq = propose.seq();
      var count = Math.min(propose.count(), ready.getOrDefault(propose.taskClass(), 0));
      lease(propose.to(), propose.taskClass(), count);
      uses.add(new Use(propose.seq(), count, true));
    } else if (order instanceof Order.Stand stand) {
      lastSeq = stand.seq();
      var grant = new Standing(stand);
      standing.put(stand.seq(), grant);
      use(grant);
    } else if (order instanceof Order.Revoke revoke) {
      for (var seq : revoke.seqs()) {
        var grant = standing.remove(seq);
        uses.add(new Use(seq, grant == null ? 0 : grant.leased, true));
      }
    }
  }

  private void use(Standing grant) {
    for (var taskClass : List.copyOf(ready.keySet())) {
      var left = grant.order.count() - grant.leased;
      var count = Math.min(left, ready.getOrDefault(taskClass, 0));
      if (count > 0 && grant.order.to().serves(taskClass)) {
        lease(grant.order.to(), taskClass, count);
        grant.leased += count;
        var done = grant.leased == grant.order.count();
        uses.add(new Use(grant.order.seq(), grant.leased, done));
        if (done) {
          standing.remove(grant.order.seq());
          return;
        }
      }
    }
  }

  private void lease(Offer to, TaskClass taskClass, int count) {
    if (count > 0) {
      ready.merge(taskClass, -count, Integer::sum);
      changed.add(taskClass);
      leased.add(new Leased(partition, to, taskClass, count));
    }
  }

  /** Finds what the dispatcher is wrong about; the next report tells it. */
  void audit(Belief belief) {
    lastSeq = Math.max(lastSeq, belief.sentSeq());
    reportDue = lastSeq != belief.heardSeq();
    for (var believed : belief.standing()) {
      var grant = standing.get(believed.seq());
      if (grant == null || believed.revoked()) {
        standing.remove(believed.seq());
        uses.add(new Use(believed.seq(), grant == null ? 0 : grant.leased, true));
      } else if (grant.leased != believed.leased()) {
        uses.add(new Use(believed.seq(), grant.leased, false));
      }
    }
    var classes = new LinkedHashSet<>(ready.keySet());
    classes.addAll(belief.ready().keySet());
    for (var taskClass : classes) {
      if (readyOf(taskClass) != belief.ready().getOrDefault(taskClass, 0)) {
        changed.add(taskClass);
      }
    }
  }

  /** Tasks handed back become ready again. */
  void release(TaskClass taskClass, int count) {
    submit(taskClass, count);
  }

  boolean hasNews() {
    return greeted && (!changed.isEmpty() || !uses.isEmpty() || reportDue);
  }

  Report report() {
    var counts = new LinkedHashMap<TaskClass, Integer>();
    changed.forEach(c -> counts.put(c, ready.getOrDefault(c, 0)));
    var report = new Report(partition, incarnation, false, lastSeq, counts, List.copyOf(uses));
    changed.clear();
    uses.clear();
    reportDue = false;
    return report;
  }

  long readyOf(TaskClass taskClass) {
    return ready.getOrDefault(taskClass, 0);
  }

  /** Credit that stands here for the session. */
  long standingOf(Offer offer) {
    return standing.values().stream()
        .filter(g -> g.order.to().equals(offer))
        .mapToLong(g -> g.order.count() - g.leased)
        .sum();
  }
}
