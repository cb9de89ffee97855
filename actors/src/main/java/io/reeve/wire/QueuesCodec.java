package io.reeve.wire;

import io.reeve.dispatch.Queues;
import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.Pause;
import io.reeve.domain.rules.QueueChange;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.domain.rules.QueueRule;
import io.reeve.wire.v1.ChangeQueue;
import io.reeve.wire.v1.ConfigureQueue;
import io.reeve.wire.v1.QueueChanged;
import io.reeve.wire.v1.QueueLine;
import io.reeve.wire.v1.QueuePause;
import io.reeve.wire.v1.QueueRefused;
import io.reeve.wire.v1.QueueSettings;
import io.reeve.wire.v1.QueuesShown;
import io.reeve.wire.v1.ShowQueue;
import io.reeve.wire.v1.ShowQueues;
import java.util.ArrayList;
import java.util.List;

/** What nodes ask the dispatcher about queues, as {@code queues.proto} has it. */
final class QueuesCodec {

  private final Refs refs;

  private QueuesCodec(Refs refs) {
    this.refs = refs;
  }

  static List<Form<?, ?>> forms(Refs refs) {
    var codec = new QueuesCodec(refs);
    return List.of(
        new Form<>(
            "change-queue", Queues.Change.class, codec::write, ChangeQueue.parser(), codec::read),
        new Form<>("show-queue", Queues.Show.class, codec::write, ShowQueue.parser(), codec::read),
        new Form<>(
            "show-queues", Queues.ShowAll.class, codec::write, ShowQueues.parser(), codec::read),
        new Form<>(
            "queue-changed",
            Queues.Changed.class,
            QueuesCodec::write,
            QueueChanged.parser(),
            QueuesCodec::read),
        new Form<>(
            "queue-refused",
            Queues.Refused.class,
            QueuesCodec::write,
            QueueRefused.parser(),
            QueuesCodec::read),
        new Form<>(
            "queues-shown",
            Queues.Shown.class,
            QueuesCodec::write,
            QueuesShown.parser(),
            QueuesCodec::read));
  }

  // ---- Questions -------------------------------------------------------------------------------

  private ChangeQueue write(Queues.Change call) {
    var change = call.change();
    var written =
        ChangeQueue.newBuilder()
            .setQueue(change.queue())
            .setBy(change.by())
            .setReason(change.reason())
            .setReplyTo(refs.write(call.replyTo()));
    if (change instanceof QueueChange.Configure configure) {
      written.setConfigure(
          ConfigureQueue.newBuilder()
              .setSettings(
                  write(
                      new io.reeve.domain.rules.QueueSettings(
                          configure.weight(), configure.lanes(), null)))
              .setExpectedVersion(configure.expectedVersion()));
    } else if (change instanceof QueueChange.PauseUntil pause) {
      written.setPauseUntilMs(pause.untilMs());
    } else {
      written.setResume(true);
    }
    return written.build();
  }

  private Queues.Change read(ChangeQueue written) throws UnreadableMessageException {
    return new Queues.Change(changeOf(written), refs.read(written.getReplyTo()));
  }

  private static QueueChange changeOf(ChangeQueue written) throws UnreadableMessageException {
    var queue = written.getQueue();
    var by = written.getBy();
    var reason = written.getReason();
    return switch (written.getChangeCase()) {
      case CONFIGURE -> {
        var settings = read(written.getConfigure().getSettings());
        yield new QueueChange.Configure(
            queue,
            settings.weight(),
            settings.lanes(),
            written.getConfigure().getExpectedVersion(),
            by,
            reason);
      }
      case PAUSE_UNTIL_MS ->
          new QueueChange.PauseUntil(queue, written.getPauseUntilMs(), by, reason);
      case RESUME -> new QueueChange.Resume(queue, by, reason);
      case CHANGE_NOT_SET -> throw Values.unknown("change of a queue", 0);
    };
  }

  private ShowQueue write(Queues.Show show) {
    return ShowQueue.newBuilder()
        .setQueue(show.queue())
        .setReplyTo(refs.write(show.replyTo()))
        .build();
  }

  private Queues.Show read(ShowQueue written) throws UnreadableMessageException {
    return new Queues.Show(written.getQueue(), refs.read(written.getReplyTo()));
  }

  private ShowQueues write(Queues.ShowAll show) {
    return ShowQueues.newBuilder()
        .setAfter(show.after())
        .setMax(show.max())
        .setReplyTo(refs.write(show.replyTo()))
        .build();
  }

  private Queues.ShowAll read(ShowQueues written) throws UnreadableMessageException {
    return new Queues.ShowAll(
        written.getAfter(), written.getMax(), refs.read(written.getReplyTo()));
  }

  // ---- Answers ---------------------------------------------------------------------------------

  private static QueueChanged write(Queues.Changed changed) {
    return QueueChanged.newBuilder()
        .setQueue(write(changed.queue()))
        .addAllOwing(changed.owing())
        .build();
  }

  private static Queues.Changed read(QueueChanged written) throws UnreadableMessageException {
    return new Queues.Changed(read(written.getQueue()), List.copyOf(written.getOwingList()));
  }

  private static QueueRefused write(Queues.Refused refused) {
    return QueueRefused.newBuilder()
        .setCode(numberOf(refused.code()))
        .setMessage(refused.message())
        .build();
  }

  private static Queues.Refused read(QueueRefused written) {
    return new Queues.Refused(codeOf(written.getCode()), written.getMessage());
  }

  private static QueuesShown write(Queues.Shown shown) {
    return QueuesShown.newBuilder()
        .setEpoch(shown.epoch())
        .addAllQueues(shown.queues().stream().map(QueuesCodec::write).toList())
        .setMore(shown.more())
        .build();
  }

  private static Queues.Shown read(QueuesShown written) throws UnreadableMessageException {
    var lines = new ArrayList<Queues.Line>(written.getQueuesCount());
    for (var line : written.getQueuesList()) {
      lines.add(read(line));
    }
    return new Queues.Shown(written.getEpoch(), lines, written.getMore());
  }

  // ---- What they are made of -------------------------------------------------------------------

  private static QueueLine write(Queues.Line line) {
    return QueueLine.newBuilder()
        .setQueue(line.queue())
        .setVersion(line.rule().version())
        .setSettings(write(line.rule().settings()))
        .setReadyUrgent(line.readyUrgent())
        .setReadyNormal(line.readyNormal())
        .build();
  }

  private static Queues.Line read(QueueLine written) throws UnreadableMessageException {
    return new Queues.Line(
        written.getQueue(),
        new QueueRule(written.getVersion(), read(written.getSettings())),
        written.getReadyUrgent(),
        written.getReadyNormal());
  }

  private static QueueSettings write(io.reeve.domain.rules.QueueSettings settings) {
    var lanes = settings.lanes();
    var written =
        QueueSettings.newBuilder()
            .setWeight(settings.weight())
            .setLanes(numberOf(lanes.mode()))
            .setUrgentShare(lanes.urgent())
            .setNormalShare(lanes.normal());
    var pause = settings.pause();
    if (pause != null) {
      written.setPause(
          QueuePause.newBuilder()
              .setBy(pause.by())
              .setReason(pause.reason())
              .setSinceMs(pause.sinceMs())
              .setUntilMs(pause.untilMs()));
    }
    return written.build();
  }

  private static io.reeve.domain.rules.QueueSettings read(QueueSettings written)
      throws UnreadableMessageException {
    var pause = written.getPause();
    return new io.reeve.domain.rules.QueueSettings(
        written.getWeight() == 0 ? 1 : written.getWeight(),
        new LanePreference(
            modeOf(written.getLanes()), written.getUrgentShare(), written.getNormalShare()),
        written.hasPause()
            ? new Pause(pause.getBy(), pause.getReason(), pause.getSinceMs(), pause.getUntilMs())
            : null);
  }

  // As in Values, the numbers are written out.

  private static int numberOf(LanePreference.Mode mode) {
    return switch (mode) {
      case STRICT -> 0;
      case WEIGHTED -> 1;
      case ALTERNATE -> 2;
    };
  }

  private static LanePreference.Mode modeOf(int number) throws UnreadableMessageException {
    return switch (number) {
      case 0 -> LanePreference.Mode.STRICT;
      case 1 -> LanePreference.Mode.WEIGHTED;
      case 2 -> LanePreference.Mode.ALTERNATE;
      default -> throw Values.unknown("lane preference", number);
    };
  }

  private static int numberOf(QueueDecision.Code code) {
    return switch (code) {
      case VERSION_CHANGED -> 1;
      case TOO_MANY_QUEUES -> 2;
      case TOO_MANY_PAUSES -> 3;
      case PAUSE_IS_OVER -> 4;
      case NO_DISPATCHER -> 5;
    };
  }

  private static QueueDecision.Code codeOf(int number) {
    for (var code : QueueDecision.Code.values()) {
      if (numberOf(code) == number) {
        return code;
      }
    }
    return QueueDecision.Code.NO_DISPATCHER;
  }
}
