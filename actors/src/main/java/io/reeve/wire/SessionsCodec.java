package io.reeve.wire;

import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.Demand;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.wire.v1.CreditChanged;
import io.reeve.wire.v1.CreditTotals;
import io.reeve.wire.v1.DemandShown;
import io.reeve.wire.v1.EpochShown;
import io.reeve.wire.v1.PartitionRestarted;
import io.reeve.wire.v1.Register;
import io.reeve.wire.v1.RegisterAgain;
import io.reeve.wire.v1.Registered;
import io.reeve.wire.v1.SessionEnded;
import io.reeve.wire.v1.SessionSuperseded;
import io.reeve.wire.v1.ShowDemand;
import io.reeve.wire.v1.ShowEpoch;
import java.util.List;
import java.util.Set;

/** What sessions and others say to the dispatcher and hear, as {@code sessions.proto} has it. */
final class SessionsCodec {

  private final Refs refs;

  private SessionsCodec(Refs refs) {
    this.refs = refs;
  }

  static List<Form<?, ?>> forms(Refs refs) {
    var codec = new SessionsCodec(refs);
    return List.of(
        new Form<>(
            "register", Dispatcher.Register.class, codec::write, Register.parser(), codec::read),
        new Form<>(
            "credit",
            Dispatcher.CreditChanged.class,
            codec::write,
            CreditChanged.parser(),
            codec::read),
        new Form<>(
            "session-ended",
            Dispatcher.SessionEnded.class,
            codec::write,
            SessionEnded.parser(),
            codec::read),
        new Form<>(
            "show-epoch",
            Dispatcher.ShowEpoch.class,
            codec::write,
            ShowEpoch.parser(),
            codec::read),
        new Form<>(
            "show-demand",
            Dispatcher.ShowDemand.class,
            codec::write,
            ShowDemand.parser(),
            codec::read),
        new Form<>(
            "registered",
            Dispatcher.Registered.class,
            codec::write,
            Registered.parser(),
            codec::read),
        new Form<>(
            "session-superseded",
            Dispatcher.Superseded.class,
            message -> SessionSuperseded.getDefaultInstance(),
            SessionSuperseded.parser(),
            written -> new Dispatcher.Superseded()),
        new Form<>(
            "register-again",
            Dispatcher.RegisterAgain.class,
            message -> RegisterAgain.getDefaultInstance(),
            RegisterAgain.parser(),
            written -> new Dispatcher.RegisterAgain()),
        new Form<>(
            "partition-restarted",
            Dispatcher.PartitionRestarted.class,
            message -> PartitionRestarted.newBuilder().setPartition(message.partition()).build(),
            PartitionRestarted.parser(),
            written -> new Dispatcher.PartitionRestarted(written.getPartition())),
        new Form<>(
            "epoch",
            Dispatcher.EpochShown.class,
            message -> EpochShown.newBuilder().setEpoch(message.epoch()).build(),
            EpochShown.parser(),
            written -> new Dispatcher.EpochShown(written.getEpoch())),
        new Form<>(
            "demand",
            Dispatcher.DemandShown.class,
            SessionsCodec::write,
            DemandShown.parser(),
            SessionsCodec::read));
  }

  // ---- What sessions say -----------------------------------------------------------------------

  private Register write(Dispatcher.Register register) {
    return Register.newBuilder()
        .setHolder(register.holder())
        .setSessionNo(register.sessionNo())
        .setWorkerId(register.workerId())
        .setPool(register.pool())
        .addAllQueues(register.queues())
        .addAllKinds(Values.sorted(register.kinds()))
        .addAllLabels(Values.written(register.labels()))
        .setProcess(register.process())
        .setCredit(write(register.credit()))
        .setSession(refs.write(register.session()))
        .setDeliverTo(refs.write(register.deliverTo()))
        .build();
  }

  private Dispatcher.Register read(Register written) throws UnreadableMessageException {
    return new Dispatcher.Register(
        written.getHolder(),
        written.getSessionNo(),
        written.getWorkerId(),
        written.getPool(),
        List.copyOf(written.getQueuesList()),
        Set.copyOf(written.getKindsList()),
        Values.labelsOf(written.getLabelsList()),
        written.getProcess(),
        read(written.getCredit()),
        refs.read(written.getSession()),
        refs.read(written.getDeliverTo()));
  }

  private CreditChanged write(Dispatcher.CreditChanged changed) {
    return CreditChanged.newBuilder()
        .setHolder(changed.holder())
        .setSessionNo(changed.sessionNo())
        .setCredit(write(changed.credit()))
        .setSession(refs.write(changed.session()))
        .build();
  }

  private Dispatcher.CreditChanged read(CreditChanged written) throws UnreadableMessageException {
    return new Dispatcher.CreditChanged(
        written.getHolder(),
        written.getSessionNo(),
        read(written.getCredit()),
        refs.read(written.getSession()));
  }

  private SessionEnded write(Dispatcher.SessionEnded ended) {
    return SessionEnded.newBuilder()
        .setHolder(ended.holder())
        .setSessionNo(ended.sessionNo())
        .setSession(refs.write(ended.session()))
        .build();
  }

  private Dispatcher.SessionEnded read(SessionEnded written) throws UnreadableMessageException {
    return new Dispatcher.SessionEnded(
        written.getHolder(), written.getSessionNo(), refs.read(written.getSession()));
  }

  private static CreditTotals write(io.reeve.domain.dispatch.CreditTotals credit) {
    return CreditTotals.newBuilder()
        .setCapacity(credit.capacity())
        .setUrgentReserve(credit.urgentReserve())
        .setReceivedTotal(credit.receivedTotal())
        .setReleasedTotal(credit.releasedTotal())
        .setUrgentHeld(credit.urgentHeld())
        .setAlone(credit.alone())
        .build();
  }

  private static io.reeve.domain.dispatch.CreditTotals read(CreditTotals written) {
    return new io.reeve.domain.dispatch.CreditTotals(
        written.getCapacity(),
        written.getUrgentReserve(),
        written.getReceivedTotal(),
        written.getReleasedTotal(),
        written.getUrgentHeld(),
        written.getAlone());
  }

  private Registered write(Dispatcher.Registered registered) {
    return Registered.newBuilder()
        .setEpoch(registered.epoch())
        .setDispatcher(refs.write(registered.dispatcher()))
        .build();
  }

  private Dispatcher.Registered read(Registered written) throws UnreadableMessageException {
    return new Dispatcher.Registered(written.getEpoch(), refs.read(written.getDispatcher()));
  }

  // ---- What others ask -------------------------------------------------------------------------

  private ShowEpoch write(Dispatcher.ShowEpoch show) {
    return ShowEpoch.newBuilder().setReplyTo(refs.write(show.replyTo())).build();
  }

  private Dispatcher.ShowEpoch read(ShowEpoch written) throws UnreadableMessageException {
    return new Dispatcher.ShowEpoch(refs.read(written.getReplyTo()));
  }

  private ShowDemand write(Dispatcher.ShowDemand show) {
    return ShowDemand.newBuilder()
        .addAllQueues(Values.sorted(show.kind().queues()))
        .addAllKinds(Values.sorted(show.kind().kinds()))
        .setReplyTo(refs.write(show.replyTo()))
        .build();
  }

  private Dispatcher.ShowDemand read(ShowDemand written) throws UnreadableMessageException {
    return new Dispatcher.ShowDemand(
        new WorkerKind(Set.copyOf(written.getQueuesList()), Set.copyOf(written.getKindsList())),
        refs.read(written.getReplyTo()));
  }

  private static DemandShown write(Dispatcher.DemandShown shown) {
    var demand = shown.demand();
    return DemandShown.newBuilder()
        .setEpoch(shown.epoch())
        .setWorkers(demand.workers())
        .setSlots(demand.slots())
        .setHeld(demand.held())
        .setReady(demand.ready())
        .setUnserved(demand.unserved())
        .setHoldTimeNanos(demand.holdTimeNanos())
        .setWantedSlots(demand.wantedSlots())
        .setWantedWorkers(demand.wantedWorkers())
        .setUnheardPartitions(demand.unheardPartitions())
        .build();
  }

  private static Dispatcher.DemandShown read(DemandShown written) {
    return new Dispatcher.DemandShown(
        written.getEpoch(),
        new Demand(
            written.getWorkers(),
            written.getSlots(),
            written.getHeld(),
            written.getReady(),
            written.getUnserved(),
            written.getHoldTimeNanos(),
            written.getWantedSlots(),
            written.getWantedWorkers(),
            written.getUnheardPartitions()));
  }
}
