package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.reeve.v1.Blocker;
import io.reeve.v1.EstimateQuality;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.Failure;
import io.reeve.v1.FailureType;
import io.reeve.v1.Lane;
import io.reeve.v1.Priority;
import io.reeve.v1.QueuePause;
import io.reeve.v1.RunningAttempt;
import io.reeve.v1.StartEstimate;
import io.reeve.v1.TaskEnd;
import io.reeve.v1.TaskState;
import io.reeve.v1.TasksAhead;
import io.reeve.v1.WorkersOfTask;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code reeve explain}: what it says of each blocker. */
@Timeout(60)
class ExplainCommandTest extends CommandTest {

  private static final Timestamp NOON = Timestamp.newBuilder().setSeconds(1_795_176_000L).build();

  static Stream<Arguments> sentences() {
    return Stream.of(
        said(
            told(Blocker.BLOCKER_NO_WORKER_FOR_QUEUE),
            "t-1  no worker for queue",
            "  No worker serves queue mail. Start one with queue mail and kind send."),
        said(
            told(Blocker.BLOCKER_NO_WORKER_FOR_QUEUE).setKind("echo"),
            "t-1  no worker for queue",
            "  No worker serves queue mail. Start one: reeve worker --queue mail"),
        said(
            told(Blocker.BLOCKER_NO_WORKER_FOR_KIND),
            "t-1  no worker for kind",
            "  Workers serve queue mail, but none of them runs kind send. Start one with queue mail"
                + " and kind send."),
        said(
            told(Blocker.BLOCKER_NO_WORKER_WITH_LABELS)
                .putRequires("zone", "eu")
                .putRequires("disk", "ssd"),
            "t-1  no worker with labels",
            "  Workers serve queue mail and run kind send, but none of them has all labels that the"
                + " task requires: disk=ssd, zone=eu. Start a worker with these labels."),
        said(
            told(Blocker.BLOCKER_BEHIND)
                .setExpiresAt(NOON)
                .setEstimate(
                    StartEstimate.newBuilder()
                        .setStartAt(NOON)
                        .setQuality(EstimateQuality.ESTIMATE_QUALITY_ROUGH)),
            "t-1  behind",
            "  About 12 tasks start before it (9 urgent, 2 of higher priority), on 4 slots. Wait,"
                + " or start more workers.",
            "  It starts at about 2026-11-20 12:00:00Z.",
            "  It expires at 2026-11-20 12:00:00Z unless it starts."),
        said(
            told(Blocker.BLOCKER_DEAD),
            "t-1  dead",
            "  Attempt 1 of 4 failed for good at 2026-11-20 12:00:00Z (unspecified). Mend the"
                + " cause, then repeat the task with 'reeve dead redrive t-1'."),
        said(
            told(Blocker.BLOCKER_BACKING_OFF)
                .setFailure(
                    Failure.newBuilder()
                        .setType(FailureType.FAILURE_TYPE_ERROR)
                        .setCode("28")
                        .setMessage("disk\u001b full")),
            "t-1  backing off",
            "  Attempt 1 of 4 failed (error 28: disk\\u001b full). The next attempt is due at"
                + " 2026-11-20 12:00:00Z."),
        said(
            told(Blocker.BLOCKER_QUEUE_PAUSED)
                .setPause(
                    QueuePause.newBuilder()
                        .setBy("ada")
                        .setReason("too many bounces")
                        .setSince(NOON)
                        .setUntil(NOON)),
            "t-1  queue paused",
            "  Queue mail is paused since 2026-11-20 12:00:00Z by ada (too many bounces), until"
                + " 2026-11-20 12:00:00Z. Resume it: reeve queues resume mail"),
        said(
            told(Blocker.BLOCKER_LANE_RESERVED),
            "t-1  lane reserved",
            "  Only slots for urgent tasks are free, and this is a normal task. Wait until one of"
                + " the other 4 slots is free, or start workers with a lower --urgent-percentage."),
        said(
            ExplainResponse.newBuilder()
                .setTaskId("t-1")
                .setBlocker(Blocker.BLOCKER_PARTITION_AWAY)
                .setPartition(3),
            "t-1  partition away",
            "  Partition 3, which owns the task, does not answer: it moves to another node,"
                + " recovers, or is overloaded. Ask again in a moment, or look at 'reeve nodes'."),
        said(
            told(Blocker.BLOCKER_EXPIRED),
            "t-1  expired",
            "  No worker started the task within its queue timeout of 30.0 s, so it expired at"
                + " 2026-11-20 12:00:00Z. Allow more time, or start more workers."));
  }

  private static Arguments said(ExplainResponse.Builder told, String... lines) {
    return Arguments.of(told.build(), List.of(lines));
  }

  @ParameterizedTest
  @MethodSource("sentences")
  void saysWhatBlocksAndWhatToDo(ExplainResponse told, List<String> lines) {
    server.explain(told);

    assertThat(reeve("explain", "t-1")).isZero();

    assertThat(cli.out().lines()).containsExactlyElementsOf(lines);
  }

  @ParameterizedTest
  @EnumSource
  void hasASentenceForEachBlocker(Blocker blocker) {
    if (blocker == Blocker.UNRECOGNIZED) {
      return;
    }
    server.explain(told(blocker).build());

    assertThat(reeve("explain", "t-1")).isZero();

    assertThat(cli.out().lines().skip(1)).allMatch(line -> line.matches("  [A-Z].*[.a-z]"));
  }

  @Test
  void givesProgramsOneJsonDocumentForEachTask() throws IOException {
    server.explain(told(Blocker.BLOCKER_BEHIND).build());

    assertThat(reeve("explain", "t-1", "--output", "json")).isZero();

    var json = new ObjectMapper().readTree(cli.out());
    assertThat(json.at("/blocker").asText()).isEqualTo("behind");
    assertThat(json.at("/explanation").asText()).startsWith("About 12 tasks start before it");
    assertThat(json.at("/ahead/urgent").asLong()).isEqualTo(9);
    assertThat(json.at("/workers/slots").asLong()).isEqualTo(4);
    assertThat(json.at("/running/workerId").asText()).isEqualTo("w-1");
    assertThat(json.at("/end/queueTimeoutMs").asLong()).isEqualTo(30_000);
    assertThat(json.at("/dueAt").asText()).isEqualTo("2026-11-20T12:00:00Z");
  }

  @Test
  void ofATaskThatIsNotKnownIsRefused() {
    assertThat(reeve("explain", "t-9")).isNotZero();

    assertThat(cli.err()).contains("expected a known task, got t-9");
  }

  @Test
  void getNamesItWhileATaskWaits() {
    given("submit", "echo", "--count", "2");
    server.complete("t-2", "");

    assertThat(reeve("get", "t-1", "t-2")).isZero();

    assertThat(cli.err().lines())
        .containsExactly("'reeve explain t-1' tells why it has not started");
  }

  /** Everything that any answer has. */
  private static ExplainResponse.Builder told(Blocker blocker) {
    return ExplainResponse.newBuilder()
        .setTaskId("t-1")
        .setBlocker(blocker)
        .setPartition(3)
        .setState(TaskState.TASK_STATE_READY)
        .setQueue("mail")
        .setKind("send")
        .setLane(Lane.LANE_NORMAL)
        .setPriority(Priority.PRIORITY_NORMAL)
        .setAttempt(1)
        .setAttemptsMax(4)
        .setDueAt(NOON)
        .setWorkers(WorkersOfTask.newBuilder().setServingQueue(2).setSlots(4).setHeld(4))
        .setAhead(
            TasksAhead.newBuilder()
                .setTotal(12)
                .setSameClass(3)
                .setHigherPriority(2)
                .setUrgent(9)
                .setAbout(true))
        .setRunning(
            RunningAttempt.newBuilder()
                .setWorkerId("w-1")
                .setAttempt(1)
                .setLeasedAt(NOON)
                .setTimesOutAt(NOON))
        .setEnd(
            TaskEnd.newBuilder()
                .setFinishedAt(NOON)
                .setWorkerId("w-1")
                .setQueueTimeout(Duration.newBuilder().setSeconds(30)));
  }
}
