package io.reeve.domain.partition;

import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The grants of one partition that wait for tasks, and how tasks are shared out among them. Urgent
 * classes are served first, then the higher priority, then the class with the oldest task. The
 * tasks of a class are spread evenly over the grants that match it.
 *
 * @param <D> see {@link StandingGrant#deliverTo}
 */
public final class StandingGrants<D> {

  /** A grant and what is left of it. */
  private static final class Open<D> {
    final StandingGrant<D> grant;
    int leased;

    Open(StandingGrant<D> grant) {
      this.grant = grant;
    }

    int left() {
      return grant.count() - leased;
    }

    boolean matches(TaskClass taskClass) {
      return !taskClass.quarantined()
          && taskClass.isServedBy(grant.queues(), grant.kinds(), grant.labels());
    }
  }

  /** Leases tasks. */
  public interface Lessor<D> {

    /** Ready tasks of the class. */
    int ready(TaskClass taskClass);

    /** The number of the next of them: of two, the lower one was submitted earlier. */
    long head(TaskClass taskClass);

    /** How many could be leased; -1 when the grantee may not have any. */
    int lease(StandingGrant<D> grant, TaskClass taskClass, int count);
  }

  /** Is told what happened to a grant. */
  public interface UseListener {

    /**
     * @param leased tasks leased under the grant so far
     * @param done nothing more will be leased under it
     */
    void used(long seq, int leased, boolean done);
  }

  private static final Comparator<TaskClass> FIRST_SERVED =
      Comparator.comparing(TaskClass::lane).thenComparing(TaskClass::priority).reversed();

  private final Map<Long, Open<D>> bySeq = new LinkedHashMap<>();

  public boolean isEmpty() {
    return bySeq.isEmpty();
  }

  public void add(StandingGrant<D> grant) {
    bySeq.put(grant.seq(), new Open<>(grant));
  }

  public void clear() {
    bySeq.clear();
  }

  /** Takes the grant back and tells what was used of it; of one that is not known nothing was. */
  public void revoke(long seq, UseListener listener) {
    var open = bySeq.remove(seq);
    listener.used(seq, open == null ? 0 : open.leased, true);
  }

  /** Takes back what a holder that is gone has left. */
  public void revokeHolder(String holder, UseListener listener) {
    for (var open : List.copyOf(bySeq.values())) {
      if (open.grant.grantee().holder().equals(holder)) {
        revoke(open.grant.seq(), listener);
      }
    }
  }

  /**
   * Tells the dispatcher where it is wrong about a grant that it believes to stand here.
   *
   * @param leased under the grant, as far as the dispatcher has heard
   * @param revoked the dispatcher asked for the grant back
   */
  public void compare(long seq, int leased, boolean revoked, UseListener listener) {
    var open = bySeq.get(seq);
    if (revoked || open == null) {
      revoke(seq, listener);
    } else if (open.leased != leased) {
      listener.used(seq, open.leased, false);
    }
  }

  /** Leases ready tasks of these classes under the grants that match. */
  public void use(List<TaskClass> readyClasses, Lessor<D> lessor, UseListener listener) {
    var ordered = readyClasses;
    if (readyClasses.size() > 1) {
      ordered = new ArrayList<>(readyClasses);
      ordered.sort(FIRST_SERVED.thenComparingLong(lessor::head));
    }
    ordered.forEach(taskClass -> use(taskClass, lessor, listener));
  }

  private void use(TaskClass taskClass, Lessor<D> lessor, UseListener listener) {
    var matching = new ArrayList<Open<D>>();
    var left = 0;
    for (var open : bySeq.values()) {
      if (open.matches(taskClass)) {
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
}
