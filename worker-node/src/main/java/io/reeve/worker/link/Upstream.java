package io.reeve.worker.link;

import io.reeve.v1.Credit;
import io.reeve.v1.Goodbye;
import io.reeve.v1.Heartbeat;
import io.reeve.v1.Hello;
import io.reeve.v1.LeaseRef;
import io.reeve.v1.Progress;
import io.reeve.v1.Received;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerState;
import io.reeve.worker.lane.Reserve;
import io.reeve.worker.settings.LinkSettings;
import io.reeve.worker.slot.Attempt;
import io.reeve.worker.slot.Lease;
import io.reeve.worker.slot.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a pool says to the server, and the counts behind it: credit, acknowledgements, heartbeats,
 * and settlements until they are acknowledged. Outlives the sessions; used by its link's thread
 * alone.
 *
 * <p>Credit for an attempt is given back in the moment its settlement leaves, not before: so a
 * server that is slow to acknowledge gets less to do, and nothing piles up here.
 */
final class Upstream {

  private final Identity identity;
  private final LinkSettings settings;
  private final Workload workload;
  private final ProcessFigures figures;
  private final LongConsumer onHeldBack;
  private final Outbox outbox = new Outbox();

  private @Nullable ServerStream stream;
  private @Nullable Welcomed session;
  private WorkerState state = WorkerState.WORKER_STATE_RUNNING;
  private int capacityLimit;
  private int desiredCapacity;
  private long releasedTotal;
  private boolean creditDue;
  private long assignmentsSeen;
  private long assignmentsAcknowledged;
  private long beats;

  /**
   * What a pool says.
   *
   * @param onHeldBack told the last batch that was sent, when no other may follow it for now
   */
  Upstream(
      Identity identity,
      LinkSettings settings,
      Workload workload,
      ProcessFigures figures,
      LongConsumer onHeldBack) {
    this.onHeldBack = onHeldBack;
    this.identity = identity;
    this.settings = settings;
    this.workload = workload;
    this.figures = figures;
    this.capacityLimit = identity.capacity();
    this.desiredCapacity = identity.capacity();
  }

  // ---- From one session to the next -------------------------------------------------------------

  /** Introduces the pool, with the leases that it holds of a broken session. Counts start anew. */
  Hello hello(String resumeToken) {
    var hello =
        Hello.newBuilder()
            .setWorkerId(identity.workerId())
            .setPool(identity.pool())
            .setIncarnation(identity.incarnation())
            .addAllKinds(identity.kinds())
            .addAllQueues(identity.queues())
            .setCapacity(identity.capacity())
            .setUrgentReserve(Reserve.of(identity.capacity(), identity.urgentPercentage()))
            .setClient(identity.client())
            .setHost(identity.host())
            .setPid(identity.pid())
            .putAllLabels(identity.labels())
            .setResumeToken(resumeToken);
    releasedTotal = 0;
    beats = 0;
    assignmentsSeen = 0;
    assignmentsAcknowledged = 0;
    var held = held();
    return resumeToken.isEmpty() ? hello.build() : hello.addAllHeld(held).build();
  }

  private List<LeaseRef> held() {
    outbox.startOver();
    var ended = new ArrayList<Attempt>();
    var held = new ArrayList<>(workload.held(ended));
    for (var attempt : ended) {
      // What ended without a report was revoked in a session that is over: no credit comes of it.
      if (attempt.settlement() != null) {
        outbox.add(attempt.settlement());
      }
    }
    held.addAll(outbox.leases());
    return held;
  }

  /** A session stands. Attempts with lost leases stop, and their settlements are dropped. */
  void open(ServerStream stream, Welcomed session, Set<Lease> lost) {
    if (!lost.isEmpty()) {
      lose(lost);
    }
    this.stream = stream;
    this.session = session;
    beat();
    creditDue = true;
    flush();
  }

  /** The session is over; nothing is sent until the next one. */
  void close() {
    stream = null;
    session = null;
  }

  /** No session will take over: everything held is lost. */
  void forget() {
    lose(Leases.of(held()));
  }

  private void lose(Set<Lease> lost) {
    workload.lose(lost);
    outbox.drop(lost);
  }

  // ---- Settlements and credit -------------------------------------------------------------------

  /** Sends the settlements and the credit that may be sent now; the others wait. */
  void flush() {
    var toServer = stream;
    var current = session;
    if (toServer == null || current == null) {
      return;
    }
    var most =
        outbox.isHeldUp() ? 1 : Math.min(settings.batchesUnacknowledged(), current.batchesMax());
    while (outbox.batchesOnTheirWay() < most && toServer.isReady()) {
      collectEnded();
      var batch = outbox.nextBatch(settings.batchMax(), current.batchBytesMax());
      if (batch == null) {
        break;
      }
      acknowledgeReceived();
      toServer.send(WorkerMessage.newBuilder().setSettlements(batch).build());
      releasedTotal += batch.getSettlementsCount();
      creditDue = true;
    }
    if (outbox.batchesOnTheirWay() >= most) {
      onHeldBack.accept(outbox.lastNumber());
    }
    if (creditDue) {
      creditDue = false;
      toServer.send(
          WorkerMessage.newBuilder()
              .setCredit(
                  Credit.newBuilder()
                      .setCapacity(capacity())
                      .setUrgentReserve(reserve())
                      .setReleasedTotal(releasedTotal))
              .build());
    }
  }

  /** Whether acknowledgements are late, so that those of new batches cannot come in time. */
  boolean isHeldUp() {
    return outbox.isHeldUp();
  }

  /** All batches up to this one are slow: waiting settlements no longer wait for them. */
  void overlook(long batch) {
    var current = session;
    if (current != null) {
      // One more than the server takes would end the stream.
      var others = current.batchesMax() - settings.batchesUnacknowledged();
      outbox.overlook(batch, Math.min(settings.slowBatchesMax(), Math.max(0, others)));
    }
    flush();
  }

  /** The server has these batches for good. */
  void acknowledged(long batch) {
    outbox.acknowledge(batch);
    flush();
  }

  /** Whether nothing is left to report. */
  boolean isSettled() {
    if (outbox.isEmpty()) {
      collectEnded();
    }
    return outbox.isEmpty();
  }

  private void collectEnded() {
    for (var attempt : workload.takeEnded()) {
      if (attempt.settlement() != null) {
        outbox.add(attempt.settlement());
      } else if (attempt.isCounted()) {
        releasedTotal++;
        creditDue = true;
      }
    }
  }

  int capacity() {
    return state == WorkerState.WORKER_STATE_RUNNING ? Math.min(capacityLimit, desiredCapacity) : 0;
  }

  int reserve() {
    return Reserve.of(capacity(), identity.urgentPercentage());
  }

  /** The server wants this much to be held, if the pool can. */
  void desire(int capacity) {
    desiredCapacity = Math.max(1, capacity);
    creditDue = true;
    flush();
  }

  /** The pool can hold no more than this, from now on. */
  void limit(int capacity) {
    capacityLimit = Math.min(capacityLimit, capacity);
    creditDue = true;
    flush();
  }

  /** Running takes work; every other state offers no credit. */
  void enter(WorkerState state) {
    this.state = state;
    creditDue = true;
    flush();
    beat();
  }

  // ---- The rest ---------------------------------------------------------------------------------

  /** Takes note of assignments; false when they came before. */
  boolean isNew(long sequence) {
    if (sequence <= assignmentsSeen) {
      return false;
    }
    assignmentsSeen = sequence;
    return true;
  }

  void acknowledgeReceived() {
    if (stream != null && assignmentsSeen > assignmentsAcknowledged) {
      assignmentsAcknowledged = assignmentsSeen;
      stream.send(
          WorkerMessage.newBuilder()
              .setReceived(Received.newBuilder().setSequence(assignmentsSeen))
              .build());
    }
  }

  void say(List<Progress> all) {
    for (var progress : all) {
      // Not worth a place in a queue: the next one will say more.
      if (stream != null && stream.isReady()) {
        stream.send(WorkerMessage.newBuilder().setProgress(progress).build());
      }
    }
  }

  void beat() {
    if (stream == null) {
      return;
    }
    var load = workload.load();
    var sample = figures.sample();
    stream.send(
        WorkerMessage.newBuilder()
            .setHeartbeat(
                Heartbeat.newBuilder()
                    .setSequence(++beats)
                    .setState(state)
                    .setActive(load.active())
                    .setActiveUrgent(load.activeUrgent())
                    .setQueuedNormal(load.queuedNormal())
                    .setQueuedUrgent(load.queuedUrgent())
                    .setCpuMillicores(sample.cpuMillicores())
                    .setMemoryBytes(sample.memoryBytes()))
            .build());
  }

  void goodbye(String reason) {
    if (stream == null) {
      return;
    }
    acknowledgeReceived();
    stream.send(
        WorkerMessage.newBuilder().setGoodbye(Goodbye.newBuilder().setReason(reason)).build());
    stream.complete();
    close();
  }
}
