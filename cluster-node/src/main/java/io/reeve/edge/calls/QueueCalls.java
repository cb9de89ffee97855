package io.reeve.edge.calls;

import io.reeve.dispatch.Queues;
import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.QueueChange;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.edge.QueueView;
import io.reeve.v1.GetQueueRequest;
import io.reeve.v1.GetQueueResponse;
import io.reeve.v1.LaneMode;
import io.reeve.v1.ListQueuesRequest;
import io.reeve.v1.ListQueuesResponse;
import io.reeve.v1.PauseQueueRequest;
import io.reeve.v1.PauseQueueResponse;
import io.reeve.v1.Queue;
import io.reeve.v1.QueuePause;
import io.reeve.v1.QueueSettings;
import io.reeve.v1.ResumeQueueRequest;
import io.reeve.v1.ResumeQueueResponse;
import io.reeve.v1.SetQueueRequest;
import io.reeve.v1.SetQueueResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/** The calls about queues, whatever transport they came by. */
public final class QueueCalls {

  private static final int BY_CHARS_MAX = 128;
  private static final int REASON_CHARS_MAX = 1_000;
  private static final int PAGE_SIZE_MAX = 1_000;
  private static final int PAGE_SIZE_DEFAULT = 100;

  private final QueueView queues;

  public QueueCalls(QueueView queues) {
    this.queues = queues;
  }

  // ---- Changes

  public CompletionStage<SetQueueResponse> set(SetQueueRequest in) {
    var settings = in.getSettings();
    var change =
        new QueueChange.Configure(
            Expect.name("name", in.getName()),
            settings.getWeight() == 0
                ? 1
                : Expect.between(
                    "settings.weight",
                    settings.getWeight(),
                    1,
                    io.reeve.domain.rules.QueueSettings.WEIGHT_MAX),
            lanes(settings.getLanes()),
            in.hasExpectedVersion()
                ? Expect.between("expected_version", in.getExpectedVersion(), 0, Long.MAX_VALUE)
                : QueueChange.ANY_VERSION,
            by(in.getBy()),
            reason(in.getReason()));
    return change(change)
        .thenApply(done -> SetQueueResponse.newBuilder().setQueue(queue(done.queue())).build());
  }

  private static LanePreference lanes(io.reeve.v1.LanePreference in) {
    var mode = in.getMode();
    if (mode == LaneMode.LANE_MODE_WEIGHTED) {
      return LanePreference.weighted(
          share("settings.lanes.urgent_share", in.getUrgentShare()),
          share("settings.lanes.normal_share", in.getNormalShare()));
    }
    Expect.between("settings.lanes.urgent_share", in.getUrgentShare(), 0, 0);
    Expect.between("settings.lanes.normal_share", in.getNormalShare(), 0, 0);
    return switch (mode) {
      case LANE_MODE_UNSPECIFIED, LANE_MODE_STRICT -> LanePreference.STRICT;
      case LANE_MODE_ALTERNATE -> LanePreference.ALTERNATE;
      default ->
          throw EdgeRefusal.invalid(
              "settings.lanes.mode", "expected a known mode, got " + in.getModeValue());
    };
  }

  private static int share(String field, int share) {
    return Expect.between(field, share, 1, LanePreference.SHARE_MAX);
  }

  public CompletionStage<PauseQueueResponse> pause(PauseQueueRequest in) {
    var untilMs = in.hasUntil() ? Expect.epochMillis("until", in.getUntil()) : 0;
    if (in.hasUntil() && untilMs == 0) {
      throw EdgeRefusal.invalid("until", "expected an instant in the future, got one before 1970");
    }
    var change =
        new QueueChange.PauseUntil(
            Expect.name("name", in.getName()), untilMs, by(in.getBy()), reason(in.getReason()));
    return change(change)
        .thenApply(
            done ->
                PauseQueueResponse.newBuilder()
                    .setQueue(queue(done.queue()))
                    .addAllOwingPartitions(done.owing())
                    .build());
  }

  public CompletionStage<ResumeQueueResponse> resume(ResumeQueueRequest in) {
    var change =
        new QueueChange.Resume(
            Expect.name("name", in.getName()), by(in.getBy()), reason(in.getReason()));
    return change(change)
        .thenApply(
            done ->
                ResumeQueueResponse.newBuilder()
                    .setQueue(queue(done.queue()))
                    .addAllOwingPartitions(done.owing())
                    .build());
  }

  private static String by(String by) {
    return Expect.text("by", by, BY_CHARS_MAX);
  }

  private static String reason(String reason) {
    return Expect.text("reason", reason, REASON_CHARS_MAX);
  }

  private CompletionStage<Queues.Changed> change(QueueChange change) {
    return queues
        .change(change)
        .handle(
            (answer, failure) -> {
              if (failure != null) {
                throw unanswered(failure);
              }
              if (answer instanceof Queues.Refused refused) {
                throw refusal(refused);
              }
              return (Queues.Changed) answer;
            });
  }

  private static RuntimeException unanswered(Throwable failure) {
    return EdgeRefusal.unwrap(failure) instanceof TimeoutException
        ? new EdgeRefusal(
            Reason.NO_DISPATCHER,
            "expected an answer of the dispatcher in time, got none; the change may have taken"
                + " effect, and repeating it does no harm")
        : new CompletionException(EdgeRefusal.unwrap(failure));
  }

  private static EdgeRefusal refusal(Queues.Refused refused) {
    return refused.code() == QueueDecision.Code.PAUSE_IS_OVER
        ? EdgeRefusal.invalid("until", refused.message())
        : new EdgeRefusal(reason(refused.code()), refused.message());
  }

  /** Total: a new code does not compile until it is mapped. */
  private static Reason reason(QueueDecision.Code code) {
    return switch (code) {
      case VERSION_CHANGED -> Reason.VERSION_CHANGED;
      case TOO_MANY_QUEUES -> Reason.TOO_MANY_QUEUES;
      case TOO_MANY_PAUSES -> Reason.TOO_MANY_PAUSES;
      case PAUSE_IS_OVER -> Reason.INVALID_REQUEST;
      case NO_DISPATCHER -> Reason.NO_DISPATCHER;
    };
  }

  // ---- Reads

  public CompletionStage<GetQueueResponse> get(GetQueueRequest in) {
    return shown(queues.queue(Expect.name("name", in.getName())))
        .thenApply(
            shown -> GetQueueResponse.newBuilder().setQueue(queue(shown.queues().get(0))).build());
  }

  public CompletionStage<ListQueuesResponse> list(ListQueuesRequest in) {
    var size =
        in.getPageSize() == 0
            ? PAGE_SIZE_DEFAULT
            : Expect.between("page_size", in.getPageSize(), 1, PAGE_SIZE_MAX);
    return shown(queues.queues(after(in.getPageToken()), size))
        .thenApply(
            shown -> {
              var page = ListQueuesResponse.newBuilder();
              shown.queues().forEach(line -> page.addQueues(queue(line)));
              if (shown.more() && !shown.queues().isEmpty()) {
                page.setNextPageToken(token(shown.queues().get(shown.queues().size() - 1)));
              }
              return page.build();
            });
  }

  /** Pages begin behind a name, which the token hides, so that its form may change. */
  private static String token(Queues.Line last) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(last.queue().getBytes(StandardCharsets.UTF_8));
  }

  private static String after(String token) {
    Expect.text("page_token", token, 2 * BY_CHARS_MAX);
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw EdgeRefusal.invalid(
          "page_token", "expected a token of an earlier page, got another text");
    }
  }

  private static CompletionStage<Queues.Shown> shown(CompletionStage<Queues.Shown> answer) {
    return answer.handle(
        (shown, failure) -> {
          if (failure != null) {
            throw unanswered(failure);
          }
          if (shown.epoch() == 0) {
            throw new EdgeRefusal(
                Reason.NO_DISPATCHER, "expected a running dispatcher, got one that is starting");
          }
          return shown;
        });
  }

  // ---- Words of the protocol

  private static Queue queue(Queues.Line line) {
    var rule = line.rule();
    var queue =
        Queue.newBuilder()
            .setName(line.queue())
            .setVersion(rule.version())
            .setSettings(
                QueueSettings.newBuilder()
                    .setWeight(rule.settings().weight())
                    .setLanes(lanes(rule.settings().lanes())))
            .setReadyUrgent(line.readyUrgent())
            .setReadyNormal(line.readyNormal());
    var pause = rule.settings().pause();
    if (pause != null) {
      var shown =
          QueuePause.newBuilder()
              .setBy(pause.by())
              .setReason(pause.reason())
              .setSince(WireTime.instant(pause.sinceMs()));
      if (pause.untilMs() != 0) {
        shown.setUntil(WireTime.instant(pause.untilMs()));
      }
      queue.setPause(shown);
    }
    return queue.build();
  }

  private static io.reeve.v1.LanePreference lanes(LanePreference lanes) {
    return io.reeve.v1.LanePreference.newBuilder()
        .setMode(mode(lanes.mode()))
        .setUrgentShare(lanes.urgent())
        .setNormalShare(lanes.normal())
        .build();
  }

  private static LaneMode mode(LanePreference.Mode mode) {
    return switch (mode) {
      case STRICT -> LaneMode.LANE_MODE_STRICT;
      case WEIGHTED -> LaneMode.LANE_MODE_WEIGHTED;
      case ALTERNATE -> LaneMode.LANE_MODE_ALTERNATE;
    };
  }
}
