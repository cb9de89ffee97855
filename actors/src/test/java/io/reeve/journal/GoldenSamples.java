package io.reeve.journal;

import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.task.Attempt;
import io.reeve.domain.task.Decision;
import io.reeve.domain.task.Discarded;
import io.reeve.domain.task.Disposal;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureReport;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.History;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.LossRule;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Past;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.ScheduleEvent.Cause;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueMet;
import io.reeve.domain.task.UniqueScope;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.domain.task.WriterStarted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the golden files of the next release are made from: every kind of event and every state. */
final class GoldenSamples {

  /** Saturday, 1 November 2025, noon. */
  private static final long NOON = 1_761_998_400_000L;

  private static final Failure DISK_FULL = new Failure(FailureType.ERROR, "disk full", "28");
  private static final Failure LOST =
      new Failure(FailureType.WORKER_LOST, "no heartbeat for 10 s", "");

  private static final TaskProfile MAIL =
      new TaskProfile(
          new TaskClass("mail", "io.example.send", Lane.NORMAL, Priority.NORMAL),
          300_000,
          0,
          new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2),
          "");
  private static final TaskProfile CAREFUL =
      new TaskProfile(
          new TaskClass("mail", "io.example.pay", Lane.NORMAL, Priority.NORMAL),
          300_000,
          0,
          new RetryPolicy(
              4,
              Duration.ofSeconds(10),
              Duration.ofMinutes(10),
              2.0,
              0.2,
              List.of("NO_FUNDS", "NO_ACCOUNT")),
          "");
  private static final TaskProfile NEEDING =
      new TaskProfile(
          new TaskClass(
              "mail",
              "io.example.send",
              Lane.NORMAL,
              Priority.NORMAL,
              Labels.of(Map.of("zone", "eu", "disk", "ssd"))),
          300_000,
          0,
          new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2),
          "");
  private static final TaskProfile ALARM =
      new TaskProfile(
          new TaskClass("alarm", "io.example.ring", Lane.URGENT, Priority.CRITICAL),
          5_000,
          60_000,
          new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 1.5, 0.0),
          "Grüße & Söhne");

  private static final ScheduleDefinition NIGHTLY =
      new ScheduleDefinition(
          "nightly/Grüße",
          new ScheduleTiming(
              ScheduleRule.Cron.of("30 2 * * *", "Europe/Berlin"),
              0,
              0,
              0,
              0,
              Missed.ONCE,
              Overlap.SKIP),
          MAIL,
          utf8("template"));
  private static final ScheduleDefinition EVERY_MINUTE =
      new ScheduleDefinition(
          "every-minute",
          new ScheduleTiming(
              new ScheduleRule.Interval(60_000, NOON),
              NOON - 86_400_000,
              NOON + 86_400_000,
              5_000,
              100,
              Missed.all(20),
              Overlap.QUEUE_ONE),
          ALARM,
          utf8("alarm"));
  private static final ScheduleDefinition TWICE =
      new ScheduleDefinition(
          "twice",
          new ScheduleTiming(
              new ScheduleRule.Dates(NOON + 1, NOON + 86_400_000),
              0,
              0,
              0,
              0,
              Missed.NONE,
              Overlap.CANCEL),
          MAIL,
          utf8(""));
  private static final RulesHeeded HEEDED =
      new RulesHeeded(
          7, new HeededRules(12, new TreeMap<>(Map.of("mail", 0L, "alarm", NOON + 60_000))), NOON);

  private GoldenSamples() {}

  /** Rows by the name of their file. */
  static Map<String, List<PartitionEvent>> rows() {
    var rows = new LinkedHashMap<String, List<PartitionEvent>>();
    rows.put("submitted-one", List.of(submission("", 1, queued(1, MAIL, NOON))));
    rows.put("submitted-requiring", List.of(submission("", 1, queued(1, NEEDING, NOON))));
    rows.put(
        "submitted-many",
        List.of(
            submission(
                "r-1",
                2,
                queued(2, MAIL, NOON),
                Task.Queued.entering(spec(3, ALARM, NOON), NOON + 90_000)),
            submission("r-2", 4, queued(4, ALARM, NOON))));
    rows.put(
        "leased",
        List.of(
            new TaskEvent.Leased(2, 1, 1, "h-1", "w-1", NOON + 1, NOON + 30_001),
            new TaskEvent.Leased(900, 3, 4, "h-1", "w-1", NOON + 1, NOON + 30_001),
            new TaskEvent.Leased(5, 1, 1, "h-2", "w-2", NOON + 1, NOON + 30_001)));
    rows.put(
        "completed",
        List.of(
            new TaskEvent.Completed(2, 1, utf8("{\"sent\":true}"), NOON + 2),
            new TaskEvent.Completed(3, 1, utf8(""), NOON + 2)));
    rows.put(
        "completed-without-results",
        List.of(
            new TaskEvent.Completed(7, 1, utf8(""), NOON + 2),
            new TaskEvent.Completed(8, 2, utf8(""), NOON + 2)));
    rows.put(
        "attempt-failed",
        List.of(
            new TaskEvent.AttemptFailed(2, 1, DISK_FULL, NOON + 10_417, NOON + 3),
            new TaskEvent.AttemptFailed(
                3, 2, new Failure(FailureType.TIMED_OUT, "ran 5 s", ""), NOON + 3, NOON + 3)));
    rows.put(
        "attempt-failed-alike",
        List.of(
            new TaskEvent.AttemptFailed(4, 1, LOST, NOON + 3, NOON + 3),
            new TaskEvent.AttemptFailed(9, 1, LOST, NOON + 3, NOON + 3)));
    rows.put(
        "died",
        List.of(
            new TaskEvent.Died(2, 4, DISK_FULL, NOON + 4),
            new TaskEvent.Died(
                3, 1, new Failure(FailureType.REJECTED, "unknown kind", "KIND"), NOON + 4)));
    rows.put(
        "lost",
        List.of(
            new TaskEvent.Lost(2, 1, LOST, NOON + 5),
            new TaskEvent.Lost(3, 4, LOST, NOON + 5),
            new TaskEvent.Lost(4, 1, DISK_FULL, NOON + 6)));
    rows.put("released", List.of(new TaskEvent.Released(2, 1, "draining", NOON + 5)));
    rows.put(
        "cancelled",
        List.of(
            new TaskEvent.Cancelled(3, "not needed", NOON + 6),
            new TaskEvent.Cancelled(2, "not needed", NOON + 6)));
    rows.put("expired", List.of(new TaskEvent.Expired(4, NOON + 150_000)));
    rows.put(
        "holder-ended",
        List.of(
            new HolderEnded("h-1", 1, NOON + 7),
            new HolderEnded("h-2", 3, NOON + 7),
            new HolderEnded("h-3", 1, NOON + 8)));
    rows.put(
        "redriven",
        List.of(
            redriven(5, spec(40, MAIL, NOON + 9)),
            redriven(3, spec(41, ALARM, NOON + 9)),
            redriven(9, spec(50, CAREFUL, NOON + 9))));
    rows.put("redriven-alike", List.of(redriven(5, spec(40, MAIL, NOON + 9))));
    rows.put(
        "discarded",
        List.of(new Discarded(7, "local", NOON + 9), new Discarded(2, "local", NOON + 9)));
    rows.put(
        "schedule-set",
        List.of(
            new ScheduleEvent.Set(9, 1, NIGHTLY, NOON, NOON),
            new ScheduleEvent.Set(10, 4, EVERY_MINUTE, NOON + 60_000, NOON),
            new ScheduleEvent.Set(11, 1, TWICE, NOON, NOON)));
    rows.put(
        "schedule-deleted",
        List.of(new ScheduleEvent.Deleted(9, NOON + 9), new ScheduleEvent.Deleted(7, NOON + 9)));
    rows.put(
        "schedule-paused",
        List.of(new ScheduleEvent.Paused(9, "the disk is full", "Jörg", NOON + 10)));
    rows.put("schedule-resumed", List.of(new ScheduleEvent.Resumed(9, NOON + 11)));
    rows.put(
        "schedule-fired",
        List.of(
            fired(9, Cause.RULE, 12, "", NOON + 60_000, NOON + 120_000),
            fired(9, Cause.BY_HAND, 14, "r-3", NOON + 60_321),
            fired(10, Cause.BACKFILL, 15, "", NOON - 60_000, NOON),
            fired(10, Cause.RULE, 0, "")));
    rows.put(
        "schedule-backfilled",
        List.of(
            new ScheduleEvent.Backfilled(10, "r-4", NOON - 60_000, NOON, 2, NOON + 12),
            new ScheduleEvent.Backfilled(10, "", 0, 0, 0, NOON + 13)));
    rows.put(
        "unique-taken",
        List.of(
            taken(1, UniqueScope.WHILE_WAITING, 0),
            taken(2, UniqueScope.UNTIL_ENDED, 0),
            taken(3, UniqueScope.FOR_PERIOD, NOON + 60_000)));
    rows.put("unique-met", List.of(new UniqueMet("r-5", 0xfedcba9876543210L, 2, NOON + 14)));
    rows.put("writer-started", List.of(new WriterStarted(3, 0x1234L, 1L << 50, NOON)));
    rows.put("rules-heeded", List.of(HEEDED));
    return rows;
  }

  private static UniqueTaken taken(long sequence, UniqueScope scope, long untilMs) {
    var key = new UniqueKey(sequence == 1 ? "" : "acme", "order-" + sequence);
    return new UniqueTaken(key, sequence, scope, untilMs, NOON);
  }

  /** Two tasks that wait, and a key that each of them holds; and one that outlived its task. */
  static PartitionSnapshot snapshotWithKeys() {
    return new PartitionSnapshot(
        4,
        new WriterStarted(3, 0x1234L, 8, NOON),
        PartitionSnapshot.Tasks.of(
            Task.Queued.entering(spec(1, MAIL, NOON), NOON),
            Task.Queued.entering(spec(2, ALARM, NOON), NOON)),
        new PartitionSnapshot.Request[] {new PartitionSnapshot.Request("r-5", 7, 2, 0, NOON)},
        new HolderEnded[0],
        new Schedule[0],
        new UniqueTaken[] {
          taken(1, UniqueScope.WHILE_WAITING, 0),
          taken(2, UniqueScope.UNTIL_ENDED, 0),
          taken(3, UniqueScope.FOR_PERIOD, NOON + 60_000)
        },
        RulesHeeded.NONE);
  }

  /** One task in every state, and a request id. */
  static PartitionSnapshot snapshot() {
    return new PartitionSnapshot(
        8,
        new WriterStarted(3, 0x1234L, 8, NOON),
        new Task[] {
          Task.Queued.entering(spec(1, MAIL, NOON), NOON + 90_000),
          new Task.Queued(spec(2, MAIL, NOON), 2, 3, NOON + 20_000, past("w-1", DISK_FULL)),
          new Task.Leased(spec(3, MAIL, NOON), 1, 1, NOON, "h-1", NOON + 30_001, past("w-1", null)),
          new Task.Completed(
              spec(4, MAIL, NOON), 1, 1, NOON, utf8("ok"), past("w-1", null), NOON + 2),
          new Task.Dead(spec(5, ALARM, NOON), 1, 1, NOON, past("w-2", LOST), NOON + 4),
          new Task.Dead(
              spec(8, CAREFUL, NOON),
              2,
              2,
              NOON,
              new Past(
                  "w-2",
                  NOON + 3,
                  LOST,
                  NOON + 4,
                  2,
                  new History(
                      5,
                      List.of(
                          new Attempt(1, "w-1", NOON + 1, NOON + 2, DISK_FULL),
                          new Attempt(2, "w-2", NOON + 3, NOON + 4, LOST)))),
              NOON + 4,
              new Disposal(40, "local", NOON + 9)),
          new Task.Dead(
              spec(9, MAIL, NOON),
              1,
              1,
              NOON,
              past("w-2", LOST),
              NOON + 4,
              new Disposal(0, "local", NOON + 9)),
          new Task.Cancelled(
              spec(6, ALARM, NOON), 1, 2, NOON, "not needed", past("w-2", LOST), NOON + 6),
          new Task.Expired(spec(7, ALARM, NOON), 0, 0, NOON, Past.NONE, NOON + 60_000)
        },
        new PartitionSnapshot.Request[] {
          new PartitionSnapshot.Request("r-1", 0xfedcba9876543210L, 2, 3, NOON)
        },
        new HolderEnded[] {new HolderEnded("h-1", 2, NOON + 7)},
        new Schedule(
            10,
            4,
            EVERY_MINUTE,
            NOON,
            NOON + 1,
            new Schedule.Pause("the disk is full", "Jörg", NOON + 10),
            new Schedule.Progress(NOON + 60_000, 7, 2, 3, NOON, 3, NOON + 5, NOON + 60_000),
            new Schedule.Backfill(NOON - 60_000, NOON, NOON - 60_000, 1, 2)),
        new Schedule(
            9,
            1,
            NIGHTLY,
            NOON,
            NOON,
            null,
            new Schedule.Progress(NOON, 0, 0, 0, 0, 0, 0, 0),
            null));
  }

  /** The same with rules. */
  static PartitionSnapshot snapshotWithRules() {
    var plain = snapshot();
    return new PartitionSnapshot(
        plain.nextSequence(),
        plain.lastStart(),
        plain.tasks(),
        plain.requests(),
        plain.ended(),
        plain.schedules(),
        plain.unique(),
        HEEDED);
  }

  /** The rows of a journal in which some tasks lived as the rules of today have it. */
  static List<List<PartitionEvent>> journal() {
    var random = new Random(7);
    var tasks = new TreeMap<Long, Task>();
    var rows = new ArrayList<List<PartitionEvent>>();
    var nowMs = NOON;
    for (var round = 0; round < 30; round++) {
      var row = new ArrayList<PartitionEvent>();
      nowMs += random.nextInt(20_000);
      if (round % 10 == 0) {
        var first = tasks.size() + 1L;
        var submission =
            new Submission(
                "r-" + round,
                round,
                first,
                nowMs,
                List.of(
                    queued(first, MAIL, nowMs), queued(first + 1, ALARM, nowMs),
                    queued(first + 2, MAIL, nowMs), queued(first + 3, MAIL, nowMs)));
        row.add(submission);
        submission.tasks().forEach(task -> tasks.put(task.spec().sequence(), task));
      }
      for (var sequence : List.copyOf(tasks.keySet())) {
        var before = tasks.getOrDefault(sequence, Task.Absent.TASK);
        if (anyCommand(random, before, nowMs) instanceof TaskEvent event) {
          row.add(event);
          tasks.put(sequence, event.applyTo(before));
        }
      }
      rows.add(row);
    }
    return rows;
  }

  private static Decision anyCommand(Random random, Task task, long nowMs) {
    return switch (random.nextInt(14)) {
      case 0, 1, 2 -> task.lease("h-" + random.nextInt(2), "w-1", nowMs, nowMs + 30_000);
      case 3 -> task.complete(task.fence(), utf8("done at " + nowMs), nowMs);
      case 4, 5 ->
          task.fail(
              task.fence(), new FailureReport(DISK_FULL, false, 0, random.nextDouble()), nowMs);
      case 6 -> task.lose(task.fence(), LOST, LossRule.DEFAULT, nowMs);
      case 7 -> task.release(task.fence(), "draining", nowMs);
      case 8 -> random.nextInt(6) == 0 ? task.cancel("not needed", nowMs) : Decision.Already.SO;
      case 9 -> task.expire(nowMs);
      default -> Decision.Already.SO;
    };
  }

  private static Redriven redriven(long sequence, Task.Spec spec) {
    return new Redriven(
        sequence, Task.Queued.redriving(sequence, spec), "local", spec.submittedAtMs());
  }

  private static ScheduleEvent.Fired fired(
      long number, Cause cause, long firstSequence, String requestId, long... plannedMs) {
    return new ScheduleEvent.Fired(
        number,
        cause,
        plannedMs,
        firstSequence,
        plannedMs.length == 0 ? 3 : 0,
        NOON + 120_000,
        plannedMs.length == 0 ? NOON + 120_000 : 0,
        requestId,
        NOON + 120_001);
  }

  private static Submission submission(String requestId, long first, Task.Queued... tasks) {
    return new Submission(requestId, 0x0123456789abcdefL, first, NOON, List.of(tasks));
  }

  private static Task.Queued queued(long sequence, TaskProfile profile, long atMs) {
    return Task.Queued.entering(spec(sequence, profile, atMs), atMs);
  }

  private static Past past(String workerId, @Nullable Failure failure) {
    return failure == null
        ? new Past(workerId, NOON + 1, null, 0, 0)
        : new Past(workerId, NOON + 1, failure, NOON + 2, 1);
  }

  private static Task.Spec spec(long sequence, TaskProfile profile, long atMs) {
    return new Task.Spec(sequence, profile, utf8("spec " + sequence), atMs);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
