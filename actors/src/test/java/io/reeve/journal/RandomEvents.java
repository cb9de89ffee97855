package io.reeve.journal;

import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.task.Attempt;
import io.reeve.domain.task.Discarded;
import io.reeve.domain.task.Disposal;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.History;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Past;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.ScheduleEvent;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Random values of everything that is stored. They need not make sense as a life; extreme numbers
 * and texts are likely, and so are runs of events that share their values.
 */
final class RandomEvents {

  private static final int KINDS = 22;

  private final RandomGenerator random;

  RandomEvents(RandomGenerator random) {
    this.random = random;
  }

  /** A row's worth of events, most of them in runs. */
  List<PartitionEvent> row() {
    return Stream.generate(this::run).limit(random.nextInt(6)).flatMap(List::stream).toList();
  }

  PartitionSnapshot snapshot() {
    return new PartitionSnapshot(
        number(),
        random.nextBoolean() ? start() : null,
        PartitionSnapshot.Tasks.of(Stream.generate(this::task).limit(random.nextInt(30)).toList()),
        Stream.generate(this::request)
            .limit(random.nextInt(5))
            .toArray(PartitionSnapshot.Request[]::new),
        Stream.generate(() -> new HolderEnded(name(), random.nextInt(), instant()))
            .limit(random.nextInt(5))
            .toArray(HolderEnded[]::new),
        Stream.generate(this::schedule).limit(random.nextInt(3)).toArray(Schedule[]::new),
        Stream.generate(this::taken).limit(random.nextInt(3)).toArray(UniqueTaken[]::new),
        random.nextBoolean() ? RulesHeeded.NONE : heeded());
  }

  private List<PartitionEvent> run() {
    var kind = random.nextInt(KINDS);
    return Stream.generate(() -> event(kind)).limit(1 + random.nextInt(5)).toList();
  }

  private PartitionEvent event(int kind) {
    return switch (kind) {
      case 0 -> submission();
      case 1 ->
          new TaskEvent.Leased(
              number(), random.nextInt(), number(), name(), name(), instant(), instant());
      case 2 -> new TaskEvent.Completed(number(), number(), bytes(), instant());
      case 3 -> new TaskEvent.AttemptFailed(number(), number(), failure(), instant(), instant());
      case 4 -> new TaskEvent.Died(number(), number(), failure(), instant());
      case 5 -> new TaskEvent.Released(number(), number(), name(), instant());
      case 6 -> new TaskEvent.Cancelled(number(), name(), instant());
      case 7 -> new HolderEnded(name(), random.nextInt(), instant());
      case 8 -> start();
      case 9 -> redriven();
      case 17 -> taken();
      case 18 -> new UniqueMet(name(), random.nextLong(), number(), instant());
      case 10 -> new Discarded(number(), name(), instant());
      case 19 -> new TaskEvent.Lost(number(), number(), failure(), instant());
      case 15 -> new ScheduleEvent.Set(number(), number(), definition(), instant(), instant());
      case 16 -> new ScheduleEvent.Deleted(number(), instant());
      case 11 -> new ScheduleEvent.Paused(number(), name(), name(), instant());
      case 12 -> new ScheduleEvent.Resumed(number(), instant());
      case 13 ->
          new ScheduleEvent.Fired(
              number(),
              pick(ScheduleEvent.Cause.values()),
              random.longs(random.nextInt(4)).toArray(),
              number(),
              number(),
              instant(),
              instant(),
              name(),
              instant());
      case 14 ->
          new ScheduleEvent.Backfilled(
              number(), name(), instant(), instant(), random.nextInt(), instant());
      case 20 -> heeded();
      default -> new TaskEvent.Expired(number(), instant());
    };
  }

  private Redriven redriven() {
    var sequence = number();
    var spec = new Task.Spec(number(), profile(), bytes(), instant());
    return new Redriven(
        sequence, Task.Queued.redriving(sequence, spec), name(), spec.submittedAtMs());
  }

  private UniqueTaken taken() {
    return new UniqueTaken(
        new UniqueKey(name(), name()), number(), pick(UniqueScope.values()), instant(), instant());
  }

  private Schedule schedule() {
    return new Schedule(
        number(),
        number(),
        definition(),
        instant(),
        instant(),
        random.nextBoolean() ? new Schedule.Pause(name(), name(), instant()) : null,
        new Schedule.Progress(
            instant(), number(), number(), number(), instant(), number(), instant(), instant()),
        random.nextBoolean()
            ? new Schedule.Backfill(
                instant(), instant(), instant(), random.nextInt(), random.nextInt())
            : null);
  }

  private ScheduleDefinition definition() {
    var bounded = random.nextBoolean();
    return new ScheduleDefinition(
        "s" + random.nextInt(3),
        new ScheduleTiming(
            rule(),
            bounded ? 1 + random.nextInt(1_000_000) : 0,
            bounded ? 1_763_640_000_000L : 0,
            random.nextInt(1_000),
            random.nextInt(3),
            pick(new Missed[] {Missed.NONE, Missed.ONCE, Missed.all(1), Missed.all(9)}),
            pick(Overlap.values())),
        profile(),
        bytes());
  }

  private ScheduleRule rule() {
    return switch (random.nextInt(4)) {
      case 3 -> ScheduleRule.taken("@daily", "Mars/Olympus");
      case 0 -> ScheduleRule.Cron.of("*/7 1 * * MON#2", pick(new String[] {"UTC", "+05:30"}));
      case 1 -> new ScheduleRule.Interval(1_000 + random.nextInt(1_000), random.nextInt(10));
      default -> new ScheduleRule.Dates(1, 2 + random.nextInt(100));
    };
  }

  private RulesHeeded heeded() {
    var paused = new TreeMap<String, Long>();
    for (var i = random.nextInt(3); i > 0; i--) {
      paused.put(name(), instant());
    }
    return new RulesHeeded(number(), new HeededRules(number(), paused), instant());
  }

  private WriterStarted start() {
    return new WriterStarted(number(), random.nextLong(), number(), instant());
  }

  private Submission submission() {
    var firstSequence = number();
    var atMs = instant();
    var tasks =
        IntStream.range(0, 1 + random.nextInt(4))
            .mapToObj(
                i ->
                    Task.Queued.entering(
                        new Task.Spec(firstSequence + i, profile(), bytes(), atMs),
                        random.nextBoolean() ? atMs : instant()))
            .toList();
    return new Submission(name(), random.nextLong(), firstSequence, atMs, tasks);
  }

  private Task task() {
    var spec = new Task.Spec(number(), profile(), bytes(), instant());
    var attempt = random.nextInt();
    var fence = number();
    return switch (random.nextInt(6)) {
      case 0 -> new Task.Queued(spec, attempt, fence, instant(), past(random.nextBoolean()));
      case 1 ->
          new Task.Leased(
              spec, attempt, fence, instant(), name(), instant(), past(random.nextBoolean()));
      case 2 ->
          new Task.Completed(
              spec, attempt, fence, instant(), bytes(), past(random.nextBoolean()), instant());
      case 3 ->
          new Task.Dead(
              spec,
              attempt,
              fence,
              instant(),
              past(true),
              instant(),
              random.nextBoolean() ? null : new Disposal(number(), name(), instant()));
      case 4 ->
          new Task.Cancelled(
              spec, attempt, fence, instant(), name(), past(random.nextBoolean()), instant());
      default ->
          new Task.Expired(spec, attempt, fence, instant(), past(random.nextBoolean()), instant());
    };
  }

  private Past past(boolean failed) {
    return failed
        ? new Past(name(), instant(), failure(), instant(), number(), history())
        : new Past(name(), instant(), null, 0, 0);
  }

  private History history() {
    var attempts =
        Stream.generate(
                () -> new Attempt(random.nextInt(), name(), instant(), instant(), failure()))
            .limit(random.nextInt(3))
            .toList();
    return new History(random.nextBoolean() ? 0 : number(), random.nextInt(3), attempts);
  }

  private PartitionSnapshot.Request request() {
    return new PartitionSnapshot.Request(
        name(), random.nextLong(), number(), random.nextInt(), instant());
  }

  private TaskProfile profile() {
    return new TaskProfile(
        new TaskClass(name(), name(), pick(Lane.values()), pick(Priority.values()), labels()),
        instant(),
        instant(),
        new RetryPolicy(
            1 + random.nextInt(3),
            Duration.ofMillis(random.nextInt(3)),
            Duration.ofMillis(random.nextInt(3)),
            1 + random.nextDouble(),
            random.nextDouble(),
            Stream.generate(this::name).limit(random.nextInt(3)).toList()),
        name());
  }

  private Labels labels() {
    return random.nextBoolean()
        ? Labels.NONE
        : Labels.of(Map.of(name() + "a", name(), "b", name()));
  }

  private Failure failure() {
    return new Failure(pick(FailureType.values()), name(), name());
  }

  private long number() {
    return random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(300);
  }

  private long instant() {
    return random.nextInt(20) == 0 ? random.nextLong() : 1_763_640_000_000L;
  }

  private String name() {
    return pick(
        new String[] {"", "a", "a", "a", "\u0000", "Grüße, 世界 \ud83d\ude80", "x".repeat(200)});
  }

  private byte[] bytes() {
    var bytes = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(150)];
    random.nextBytes(bytes);
    return bytes;
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
