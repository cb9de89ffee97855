package io.reeve.wire;

import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.Blocker;
import io.reeve.domain.dispatch.ReadyTask;
import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.partition.Place;
import io.reeve.domain.rules.Pause;
import io.reeve.partition.Clients;
import io.reeve.wire.v1.ExplainStream;
import io.reeve.wire.v1.Locate;
import io.reeve.wire.v1.Located;
import io.reeve.wire.v1.StreamExplained;
import io.reeve.wire.v1.StreamPause;
import io.reeve.wire.v1.StreamView;
import java.util.List;

/** What is asked and told of why a task does not run, as {@code explain.proto} has it. */
final class ExplainCodec {

  private final Refs refs;

  private ExplainCodec(Refs refs) {
    this.refs = refs;
  }

  static List<Form<?, ?>> forms(Refs refs) {
    var codec = new ExplainCodec(refs);
    return List.of(
        new Form<>("locate", Clients.Locate.class, codec::write, Locate.parser(), codec::read),
        new Form<>(
            "located",
            Clients.Located.class,
            ExplainCodec::write,
            Located.parser(),
            ExplainCodec::read),
        new Form<>(
            "explain-stream",
            Dispatcher.ExplainStream.class,
            codec::write,
            ExplainStream.parser(),
            codec::read),
        new Form<>(
            "stream-explained",
            Dispatcher.StreamExplained.class,
            ExplainCodec::write,
            StreamExplained.parser(),
            ExplainCodec::read));
  }

  // ---- The partition ---------------------------------------------------------------------------

  private Locate write(Clients.Locate locate) {
    return Locate.newBuilder()
        .setSequence(locate.sequence())
        .setReplyTo(refs.write(locate.replyTo()))
        .build();
  }

  private Clients.Locate read(Locate written) throws UnreadableMessageException {
    return new Clients.Locate(written.getSequence(), refs.read(written.getReplyTo()));
  }

  private static Located write(Clients.Located located) {
    return Located.newBuilder()
        .setTask(ClientsCodec.write(located.task()))
        .setProfile(Values.written(located.profile()))
        .setAhead(located.place().ahead())
        .setAbout(located.place().about())
        .setExpiresAtMs(located.expiresAtMs())
        .build();
  }

  private static Clients.Located read(Located written) throws UnreadableMessageException {
    return new Clients.Located(
        ClientsCodec.read(written.getTask()),
        Values.profileOf(written.getProfile()),
        new Place(written.getAhead(), written.getAbout()),
        written.getExpiresAtMs());
  }

  // ---- The dispatcher --------------------------------------------------------------------------

  private ExplainStream write(Dispatcher.ExplainStream explain) {
    return ExplainStream.newBuilder()
        .setTaskClass(Values.written(explain.task().taskClass()))
        .setPartition(explain.task().partition())
        .setAhead(explain.task().ahead())
        .setSubmittedMs(explain.task().submittedMs())
        .setReplyTo(refs.write(explain.replyTo()))
        .build();
  }

  private Dispatcher.ExplainStream read(ExplainStream written) throws UnreadableMessageException {
    return new Dispatcher.ExplainStream(
        new ReadyTask(
            Values.classOf(written.getTaskClass()),
            written.getPartition(),
            written.getAhead(),
            written.getSubmittedMs()),
        refs.read(written.getReplyTo()));
  }

  private static StreamExplained write(Dispatcher.StreamExplained explained) {
    var explanation = explained.explanation();
    var written =
        StreamExplained.newBuilder()
            .setEpoch(explained.epoch())
            .setBlocker(explanation.blocker().number())
            .setView(write(explanation.view()));
    if (explanation.startInNanos() != StreamExplanation.NOT_KNOWN) {
      written.setStartInNanos(explanation.startInNanos());
    }
    return written.build();
  }

  private static Dispatcher.StreamExplained read(StreamExplained written) {
    return new Dispatcher.StreamExplained(
        written.getEpoch(),
        new StreamExplanation(
            Blocker.of(written.getBlocker()),
            read(written.getView()),
            written.hasStartInNanos() ? written.getStartInNanos() : StreamExplanation.NOT_KNOWN));
  }

  private static StreamView write(io.reeve.domain.dispatch.StreamView view) {
    var written = StreamView.newBuilder();
    var pause = view.pause();
    if (pause != null) {
      written.setPause(
          StreamPause.newBuilder()
              .setBy(pause.by())
              .setReason(pause.reason())
              .setSinceMs(pause.sinceMs())
              .setUntilMs(pause.untilMs()));
    }
    return written
        .setPartitionHeard(view.partitionHeard())
        .setQueueWorkers(view.queueWorkers())
        .setKindWorkers(view.kindWorkers())
        .setWorkers(view.workers())
        .setDraining(view.draining())
        .setSlots(view.slots())
        .setHeld(view.held())
        .setFree(view.free())
        .setReservedFree(view.reservedFree())
        .setMoving(view.moving())
        .setQuarantined(view.quarantined())
        .setGranted(view.granted())
        .setAhead(view.ahead())
        .setHigherAhead(view.higherAhead())
        .setUrgentAhead(view.urgentAhead())
        .setOthers(view.others())
        .setKindsAhead(view.kindsAhead())
        .setAbout(view.about())
        .build();
  }

  private static io.reeve.domain.dispatch.StreamView read(StreamView written) {
    var pause = written.getPause();
    return new io.reeve.domain.dispatch.StreamView(
        written.getPartitionHeard(),
        written.hasPause()
            ? new Pause(pause.getBy(), pause.getReason(), pause.getSinceMs(), pause.getUntilMs())
            : null,
        written.getQueueWorkers(),
        written.getKindWorkers(),
        written.getWorkers(),
        written.getDraining(),
        written.getSlots(),
        written.getHeld(),
        written.getFree(),
        written.getReservedFree(),
        written.getMoving(),
        written.getQuarantined(),
        written.getGranted(),
        written.getAhead(),
        written.getHigherAhead(),
        written.getUrgentAhead(),
        written.getOthers(),
        written.getKindsAhead(),
        written.getAbout());
  }
}
