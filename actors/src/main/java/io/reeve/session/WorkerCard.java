package io.reeve.session;

import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.task.Labels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a session lets others see of its worker. The session writes, any thread reads; neither waits
 * for the other, and nobody is told: a list of workers costs nothing while none is asked for.
 */
public final class WorkerCard {

  /** Reasons beside those of {@link WorkerStream.SessionRefusal}. */
  static final String DISCONNECTED = "DISCONNECTED";

  static final String LEFT = "LEFT";

  /** A hello may name thousands; that many would make the memory of gone workers expensive. */
  private static final int NAMES_BYTES_MAX = 512;

  /** On the wire, beside its characters. */
  private static final int NAME_BYTES = 2;

  /**
   * The first of many names.
   *
   * @param more how many there are beside those
   */
  public record Names(List<String> first, int more) {

    public Names {
      first = List.copyOf(first);
    }

    static Names of(Collection<String> all) {
      var first = new ArrayList<String>();
      var bytes = 0;
      for (var name : all) {
        bytes += name.length() + NAME_BYTES;
        if (bytes > NAMES_BYTES_MAX) {
          break;
        }
        first.add(name);
      }
      return new Names(first, all.size() - first.size());
    }
  }

  /**
   * What a worker said of itself first, without the secrets of its session.
   *
   * @param labels the first of them
   * @param moreLabels how many there are beside those
   */
  public record Introduction(
      String workerId,
      String pool,
      String incarnation,
      String client,
      String host,
      long pid,
      Names queues,
      Names kinds,
      Labels labels,
      int moreLabels) {

    static Introduction of(Session.Hello hello) {
      var labels = hello.labels().first(NAMES_BYTES_MAX);
      return new Introduction(
          hello.workerId(),
          hello.pool(),
          hello.incarnation(),
          hello.client(),
          hello.host(),
          hello.pid(),
          Names.of(hello.queues()),
          Names.of(hello.kinds().stream().sorted().toList()),
          labels,
          hello.labels().size() - labels.size());
    }
  }

  /**
   * How a worker was when its session last wrote.
   *
   * @param reason why it is resuming or offline, in upper case; else empty
   * @param capacity as stated last; urgentReserve alike
   * @param leases that it holds, by the server's count
   * @param figures of its last heartbeat; null before the first
   * @param heardAtNanos by the session's monotonic clock
   */
  public record Entry(
      Introduction worker,
      WorkerStatus status,
      String reason,
      int capacity,
      int urgentReserve,
      long leases,
      Session.@Nullable WorkerFigures figures,
      long heardAtNanos) {

    /** The same worker, gone for this reason. */
    public Entry ended(String why) {
      return new Entry(
          worker, WorkerStatus.OFFLINE, why, capacity, urgentReserve, 0, figures, heardAtNanos);
    }

    private Entry waiting(String why, long held, long heardAt) {
      return new Entry(
          worker, WorkerStatus.RESUMING, why, capacity, urgentReserve, held, figures, heardAt);
    }

    private Entry connected(
        CreditTotals credit, long held, long heardAt, Session.@Nullable WorkerFigures said) {
      var latest = said == null ? figures : said;
      return new Entry(
          worker,
          WorkerStatus.ofConnected(credit.capacity(), latest == null ? "" : latest.state()),
          "",
          credit.capacity(),
          credit.urgentReserve(),
          held,
          latest,
          heardAt);
    }
  }

  private volatile @Nullable Entry entry;

  /** How the worker is, or null when it has not said hello. */
  public @Nullable Entry read() {
    return entry;
  }

  // ---- For the session alone -------------------------------------------------------------------

  /** The worker said hello; what it holds is not confirmed yet. */
  public void introduce(Session.Hello hello, long held, long heardAt) {
    entry =
        new Entry(
            Introduction.of(hello),
            WorkerStatus.RESUMING,
            "",
            hello.capacity(),
            hello.urgentReserve(),
            held,
            null,
            heardAt);
  }

  /**
   * The worker is connected.
   *
   * @param said what it just said of itself, or null when it said nothing
   */
  public void connected(
      CreditTotals credit, long held, long heardAt, Session.@Nullable WorkerFigures said) {
    var before = entry;
    if (before != null) {
      entry = before.connected(credit, held, heardAt, said);
    }
  }

  /** The worker may come back. */
  public void waiting(String reason, long held, long heardAt) {
    var before = entry;
    if (before != null) {
      entry = before.waiting(reason, held, heardAt);
    }
  }

  /**
   * The session ends.
   *
   * @param workerLost whether it waited for the worker in vain; else the worker said goodbye
   */
  public void end(boolean workerLost) {
    var before = entry;
    if (before != null) {
      entry = before.ended(workerLost ? before.reason() : LEFT);
    }
  }

  /** The session ends for this reason. */
  public void end(String reason) {
    var before = entry;
    if (before != null) {
      entry = before.ended(reason);
    }
  }
}
