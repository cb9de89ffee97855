package io.reeve.wire;

import com.google.protobuf.UnsafeByteOperations;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Outcome;
import io.reeve.partition.Assignment;
import io.reeve.partition.Leases;
import io.reeve.wire.v1.Assigned;
import io.reeve.wire.v1.Attach;
import io.reeve.wire.v1.AttachAgain;
import io.reeve.wire.v1.Attached;
import io.reeve.wire.v1.EndedLease;
import io.reeve.wire.v1.HolderGone;
import io.reeve.wire.v1.LeasesEnded;
import io.reeve.wire.v1.LeasesHeld;
import io.reeve.wire.v1.RefusedSettlement;
import io.reeve.wire.v1.Renew;
import io.reeve.wire.v1.ReportProgress;
import io.reeve.wire.v1.Settle;
import io.reeve.wire.v1.SettleAcked;
import io.reeve.wire.v1.Settlement;
import io.reeve.wire.v1.Terms;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What sessions and partitions say to each other, as {@code leases.proto} has it. */
final class LeasesCodec {

  private final Refs refs;

  private LeasesCodec(Refs refs) {
    this.refs = refs;
  }

  static List<Form<?, ?>> forms(Refs refs) {
    var codec = new LeasesCodec(refs);
    return List.of(
        new Form<>("attach", Leases.Attach.class, codec::write, Attach.parser(), codec::read),
        new Form<>("renew", Leases.Renew.class, codec::write, Renew.parser(), codec::read),
        new Form<>("settle", Leases.Settle.class, codec::write, Settle.parser(), codec::read),
        new Form<>(
            "progress",
            Leases.ReportProgress.class,
            LeasesCodec::write,
            ReportProgress.parser(),
            LeasesCodec::read),
        new Form<>(
            "holder-gone", Leases.HolderGone.class, codec::write, HolderGone.parser(), codec::read),
        new Form<>(
            "assigned",
            Leases.Assigned.class,
            LeasesCodec::write,
            Assigned.parser(),
            LeasesCodec::read),
        new Form<>(
            "settle-acked",
            Leases.SettleAcked.class,
            LeasesCodec::write,
            SettleAcked.parser(),
            LeasesCodec::read),
        new Form<>(
            "leases-ended",
            Leases.LeasesEnded.class,
            LeasesCodec::write,
            LeasesEnded.parser(),
            LeasesCodec::read),
        new Form<>(
            "attached",
            Leases.Attached.class,
            LeasesCodec::write,
            Attached.parser(),
            LeasesCodec::read),
        new Form<>(
            "leases-held",
            Leases.LeasesHeld.class,
            LeasesCodec::write,
            LeasesHeld.parser(),
            LeasesCodec::read),
        new Form<>(
            "attach-again",
            Leases.AttachAgain.class,
            again -> AttachAgain.newBuilder().setPartition(again.partition()).build(),
            AttachAgain.parser(),
            written -> new Leases.AttachAgain(written.getPartition())));
  }

  // ---- What sessions say -----------------------------------------------------------------------

  private Attach write(Leases.Attach attach) {
    return Attach.newBuilder()
        .setHolder(attach.holder())
        .setSessionNo(attach.sessionNo())
        .setSession(refs.write(attach.session()))
        .setHeld(Values.written(attach.held()))
        .build();
  }

  private Leases.Attach read(Attach written) throws UnreadableMessageException {
    return new Leases.Attach(
        written.getHolder(),
        written.getSessionNo(),
        refs.read(written.getSession()),
        Values.keysOf(written.getHeld()));
  }

  private Renew write(Leases.Renew renew) {
    var written = Renew.newBuilder().setHolder(renew.holder()).setSessionNo(renew.sessionNo());
    if (renew.session() != null) {
      written.setSession(refs.write(renew.session()));
    }
    return written.build();
  }

  private Leases.Renew read(Renew written) {
    return new Leases.Renew(
        written.getHolder(), written.getSessionNo(), refs.readOptional(written.getSession()));
  }

  private Settle write(Leases.Settle settle) {
    var written =
        Settle.newBuilder()
            .setHolder(settle.holder())
            .setBatch(settle.batch())
            .setSession(refs.write(settle.session()));
    settle.settlements().forEach(settlement -> written.addSettlements(write(settlement)));
    return written.build();
  }

  private Leases.Settle read(Settle written) throws UnreadableMessageException {
    var settlements = new ArrayList<io.reeve.domain.task.Settlement>(written.getSettlementsCount());
    for (var settlement : written.getSettlementsList()) {
      settlements.add(read(settlement));
    }
    return new Leases.Settle(
        written.getHolder(), written.getBatch(), settlements, refs.read(written.getSession()));
  }

  private static Settlement write(io.reeve.domain.task.Settlement settlement) {
    var written =
        Settlement.newBuilder()
            .setSequence(settlement.sequence())
            .setFence(settlement.fence())
            .setOutcome(numberOf(settlement.outcome()))
            .setResult(UnsafeByteOperations.unsafeWrap(settlement.result()))
            .setPermanent(settlement.permanent())
            .setRetryAfterMs(settlement.retryAfterMs())
            .setReason(settlement.reason());
    if (settlement.failure() != null) {
      written.setFailure(Values.written(settlement.failure()));
    }
    return written.build();
  }

  private static io.reeve.domain.task.Settlement read(Settlement written)
      throws UnreadableMessageException {
    return new io.reeve.domain.task.Settlement(
        written.getSequence(),
        written.getFence(),
        outcomeOf(written.getOutcome()),
        Values.bytesOf(written.getResult()),
        written.hasFailure() ? Values.failureOf(written.getFailure()) : null,
        written.getPermanent(),
        written.getRetryAfterMs(),
        written.getReason());
  }

  private static ReportProgress write(Leases.ReportProgress progress) {
    return ReportProgress.newBuilder()
        .setSequence(progress.sequence())
        .setFence(progress.fence())
        .setPercent(progress.percent())
        .setMessage(progress.message())
        .build();
  }

  private static Leases.ReportProgress read(ReportProgress written) {
    return new Leases.ReportProgress(
        written.getSequence(), written.getFence(), written.getPercent(), written.getMessage());
  }

  private HolderGone write(Leases.HolderGone gone) {
    return HolderGone.newBuilder()
        .setHolder(gone.holder())
        .setSessionNo(gone.sessionNo())
        .setLost(gone.lost())
        .setSession(refs.write(gone.session()))
        .build();
  }

  private Leases.HolderGone read(HolderGone written) throws UnreadableMessageException {
    return new Leases.HolderGone(
        written.getHolder(),
        written.getSessionNo(),
        written.getLost(),
        refs.read(written.getSession()));
  }

  // ---- Assignments -----------------------------------------------------------------------------

  /** Terms of an assignment, in an order as {@link Values.Table} needs it. */
  private record TermsKey(Lane lane, boolean alone, long leaseExpiresAtMs, long executionTimeoutMs)
      implements Comparable<TermsKey> {

    private static final Comparator<TermsKey> ORDER =
        Comparator.comparing(TermsKey::lane)
            .thenComparing(TermsKey::alone)
            .thenComparingLong(TermsKey::leaseExpiresAtMs)
            .thenComparingLong(TermsKey::executionTimeoutMs);

    @Override
    public int compareTo(TermsKey other) {
      return ORDER.compare(this, other);
    }

    Terms written() {
      return Terms.newBuilder()
          .setLane(Values.numberOf(lane))
          .setAlone(alone)
          .setLeaseExpiresAtMs(leaseExpiresAtMs)
          .setExecutionTimeoutMs(executionTimeoutMs)
          .build();
    }
  }

  private static Assigned write(Leases.Assigned assigned) {
    var written = Assigned.newBuilder().setPartition(assigned.partition());
    var terms = new Values.Table<TermsKey>();
    var sequence = 0L;
    var submittedAtMs = 0L;
    for (var task : assigned.assignments()) {
      terms.add(
          new TermsKey(
              task.lane(), task.alone(), task.leaseExpiresAtMs(), task.executionTimeoutMs()));
      written
          .addSequenceDeltas(task.sequence() - sequence)
          .addFences(task.fence())
          .addAttempts(task.attempt())
          .addSubmittedAtDeltasMs(task.submittedAtMs() - submittedAtMs)
          .addSpecs(UnsafeByteOperations.unsafeWrap(task.spec()));
      sequence = task.sequence();
      submittedAtMs = task.submittedAtMs();
    }
    terms.values().forEach(key -> written.addTerms(key.written()));
    return written.addAllTerm(terms.column()).build();
  }

  private static Leases.Assigned read(Assigned written) throws UnreadableMessageException {
    var count = written.getSequenceDeltasCount();
    Values.requireColumnOrNone("term", written.getTermCount(), count);
    Values.requireColumn("fences", written.getFencesCount(), count);
    Values.requireColumn("attempts", written.getAttemptsCount(), count);
    Values.requireColumn("submitted_at_deltas_ms", written.getSubmittedAtDeltasMsCount(), count);
    Values.requireColumn("specs", written.getSpecsCount(), count);
    var assignments = new ArrayList<Assignment>(count);
    var sequence = 0L;
    var submittedAtMs = 0L;
    for (var i = 0; i < count; i++) {
      var terms = Values.valueAt(written.getTermsList(), written.getTermList(), i);
      sequence += written.getSequenceDeltas(i);
      submittedAtMs += written.getSubmittedAtDeltasMs(i);
      assignments.add(
          new Assignment(
              sequence,
              written.getFences(i),
              written.getAttempts(i),
              Values.laneOf(terms.getLane()),
              terms.getAlone(),
              terms.getLeaseExpiresAtMs(),
              terms.getExecutionTimeoutMs(),
              submittedAtMs,
              Values.bytesOf(written.getSpecs(i))));
    }
    return new Leases.Assigned(written.getPartition(), assignments);
  }

  // ---- What sessions are told of their leases --------------------------------------------------

  private static SettleAcked write(Leases.SettleAcked acked) {
    var written = SettleAcked.newBuilder().setPartition(acked.partition()).setBatch(acked.batch());
    for (var refused : acked.refused()) {
      written.addRefused(
          RefusedSettlement.newBuilder()
              .setSequence(refused.sequence())
              .setFence(refused.fence())
              .setRejection(Values.written(refused.rejection())));
    }
    return written.build();
  }

  private static Leases.SettleAcked read(SettleAcked written) {
    return new Leases.SettleAcked(
        written.getPartition(),
        written.getBatch(),
        written.getRefusedList().stream()
            .map(
                refused ->
                    new Leases.RefusedSettlement(
                        refused.getSequence(),
                        refused.getFence(),
                        Values.rejectionOf(refused.getRejection())))
            .toList());
  }

  private static LeasesEnded write(Leases.LeasesEnded ended) {
    var written = LeasesEnded.newBuilder().setPartition(ended.partition());
    for (var lease : ended.leases()) {
      written.addLeases(
          EndedLease.newBuilder()
              .setSequence(lease.sequence())
              .setFence(lease.fence())
              .setReason(numberOf(lease.reason()))
              .setMessage(lease.message()));
    }
    return written.build();
  }

  private static Leases.LeasesEnded read(LeasesEnded written) {
    return new Leases.LeasesEnded(
        written.getPartition(),
        written.getLeasesList().stream()
            .map(
                lease ->
                    new Leases.EndedLease(
                        lease.getSequence(),
                        lease.getFence(),
                        reasonOf(lease.getReason()),
                        lease.getMessage()))
            .toList());
  }

  private static Attached write(Leases.Attached attached) {
    return Attached.newBuilder()
        .setPartition(attached.partition())
        .setSessionNo(attached.sessionNo())
        .setLost(Values.written(attached.lost()))
        .setAlone(attached.alone())
        .build();
  }

  private static Leases.Attached read(Attached written) throws UnreadableMessageException {
    return new Leases.Attached(
        written.getPartition(),
        written.getSessionNo(),
        Values.keysOf(written.getLost()),
        written.getAlone());
  }

  private static LeasesHeld write(Leases.LeasesHeld held) {
    return LeasesHeld.newBuilder()
        .setPartition(held.partition())
        .setLeases(Values.written(held.leases()))
        .build();
  }

  private static Leases.LeasesHeld read(LeasesHeld written) throws UnreadableMessageException {
    return new Leases.LeasesHeld(written.getPartition(), Values.keysOf(written.getLeases()));
  }

  // ---- Numbers ---------------------------------------------------------------------------------

  private static int numberOf(Outcome outcome) {
    return switch (outcome) {
      case COMPLETED -> 0;
      case FAILED -> 1;
      case RELEASED -> 2;
    };
  }

  private static Outcome outcomeOf(int number) throws UnreadableMessageException {
    return switch (number) {
      case 0 -> Outcome.COMPLETED;
      case 1 -> Outcome.FAILED;
      case 2 -> Outcome.RELEASED;
      default -> throw Values.unknown("outcome", number);
    };
  }

  private static int numberOf(Leases.EndReason reason) {
    return switch (reason) {
      case CANCELLED -> 1;
      case TIMED_OUT -> 2;
      case LEASE_LOST -> 3;
    };
  }

  private static Leases.EndReason reasonOf(int number) {
    return switch (number) {
      case 1 -> Leases.EndReason.CANCELLED;
      case 2 -> Leases.EndReason.TIMED_OUT;
      default -> Leases.EndReason.LEASE_LOST;
    };
  }
}
