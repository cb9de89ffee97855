package io.reeve.partition;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.TaskClass;
import io.reeve.partition.Grants.GrantUse;
import io.reeve.partition.Grants.StandingGrant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Grants that wait for tasks. Urgent classes are served first, and the tasks of a class are spread
 * evenly over the grants that match it.
 */
final class StandingGrants {

  private static final String ANY = "*";

  /** A grant and what is left of it. */
  private static final class Open {
    final StandingGrant grant;
    int leased;

    Open(StandingGrant grant) {
      this.grant = grant;
    }

    int left() {
      return grant.count() - leased;
    }
  }

  /** Leases tasks. */
  interface Lessor {

    /** Ready tasks of the class. */
    int ready(TaskClass taskClass);

    /** How many could be leased; -1 when the grant's session may not have any. */
    int lease(StandingGrant grant, TaskClass taskClass, int count);
  }

  /** Is told what happened to a grant. */
  interface UseListener {
    void used(long seq, int leased, boolean done);
  }

  private final Map<Long, Open> bySeq = new LinkedHashMap<>();

  boolean isEmpty() {
    return bySeq.isEmpty();
  }

  void add(StandingGrant grant) {
    bySeq.put(grant.seq(), new Open(grant));
  }

  void clear() {
    bySeq.clear();
  }

  /** Takes the grants back and tells what was used of each. */
  void revoke(List<Long> seqs, UseListener listener) {
    for (var seq : seqs) {
      var open = bySeq.remove(seq);
      listener.used(seq, open == null ? 0 : open.leased, true);
    }
  }

  /**
   * Tells the dispatcher where it is wrong about its grants, and takes back what it waits for.
   *
   * @param believed all that it believes to stand here; done: it asked for them back
   */
  void compare(List<GrantUse> believed, UseListener listener) {
    for (var grant : believed) {
      var open = bySeq.get(grant.seq());
      if (grant.done()) {
        revoke(List.of(grant.seq()), listener);
      } else if (open == null) {
        listener.used(grant.seq(), 0, true);
      } else if (open.leased != grant.leased()) {
        listener.used(grant.seq(), open.leased, false);
      }
    }
  }

  /** Takes back what a holder that is gone has left. */
  void revokeHolder(String holder, UseListener listener) {
    var seqs = new ArrayList<Long>();
    for (var open : bySeq.values()) {
      if (open.grant.holder().equals(holder)) {
        seqs.add(open.grant.seq());
      }
    }
    revoke(seqs, listener);
  }

  /** Leases ready tasks of these classes under the grants that match. */
  void use(List<TaskClass> readyClasses, Lessor lessor, UseListener listener) {
    for (var lane : List.of(Lane.URGENT, Lane.NORMAL)) {
      for (var taskClass : readyClasses) {
        if (taskClass.lane() == lane) {
          use(taskClass, lessor, listener);
        }
      }
    }
  }

  private void use(TaskClass taskClass, Lessor lessor, UseListener listener) {
    var matching = new ArrayList<Open>();
    var left = 0;
    for (var open : bySeq.values()) {
      if (matches(open.grant, taskClass)) {
        matching.add(open);
        left += open.left();
      }
    }
    // Rounds of one even share each; a later round gives what a smaller grant could not take.
    var wanted = Math.min(left, lessor.ready(taskClass));
    while (wanted > 0 && !matching.isEmpty()) {
      var share = Math.max(1, wanted / matching.size());
      for (var open : List.copyOf(matching)) {
        var asked = Math.min(Math.min(share, open.left()), wanted);
        var leased = asked == 0 ? 0 : lessor.lease(open.grant, taskClass, asked);
        open.leased += Math.max(0, leased);
        wanted -= Math.max(0, leased);
        var done = leased < 0 || open.left() == 0;
        if (done) {
          matching.remove(open);
          bySeq.remove(open.grant.seq());
        }
        if (leased != 0) {
          listener.used(open.grant.seq(), open.leased, done);
        }
        if (leased >= 0 && leased < asked) {
          return;
        }
      }
    }
  }

  private static boolean matches(StandingGrant grant, TaskClass taskClass) {
    return (grant.queues().contains(ANY) || grant.queues().contains(taskClass.queue()))
        && (grant.kinds().contains(ANY) || grant.kinds().contains(taskClass.kind()));
  }
}
