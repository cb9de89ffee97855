package io.reeve.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.task.Discarded;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.UniqueMet;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.domain.task.WriterStarted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What any release ever wrote still reads as what it meant. A folder holds the stored bytes of one
 * release; {@code unreleased} those of the next. With its release the folder is renamed to the
 * version and copied, and is never touched again. {@code unbound} holds the rows of the first
 * builds, which bound no row to its place.
 */
class JournalGoldenTest {

  private static final Path FOLDERS = Path.of("src", "test", "resources", "journal");
  private static final Path UNRELEASED = FOLDERS.resolve("unreleased");
  private static final boolean RECORD = Boolean.getBoolean("reeve.golden.record");

  private static final String ROW = "p2";
  private static final String JOURNAL = "journal of p2";
  private static final String FORMER_ROW = "p1";
  private static final String FORMER_JOURNAL = "journal of p1";
  private static final String SNAPSHOT = "s1";

  private static final String WHAT_TO_DO =
      """
      Stored bytes no longer read as what they meant when they were written.
      Do not edit the golden file: journals out there hold the same bytes.
      Give the changed event a new field with a default that repeats the old meaning, or a new \
      run with a new record, and keep reading the old one.
      """;

  private static final String WHAT_TO_DO_UNRELEASED =
      """
      The stored form changed. If that is meant, and no release has written it yet, record it anew:
      mvn -pl actors -am test -Dtest=JournalGoldenTest -Dsurefire.failIfNoSpecifiedTests=false \
      -Dreeve.golden.record=true
      """;

  @TestFactory
  Stream<DynamicTest> everythingEverWrittenStillReadsAsItDid() throws IOException {
    return files(FOLDERS).stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    FOLDERS.relativize(file).toString(),
                    () -> {
                      var golden = Golden.read(file);

                      assertThat(readingOf(golden))
                          .describedAs(WHAT_TO_DO)
                          .containsSubsequence(golden.reading());
                    }));
  }

  @Test
  void theNextReleaseWritesWhatWasRecorded() throws IOException {
    var today = today();
    if (RECORD) {
      for (var file : files(UNRELEASED)) {
        Files.delete(file);
      }
      today.forEach((name, golden) -> golden.write(UNRELEASED.resolve(name)));
      fail("recorded %d files in %s; run again without recording", today.size(), UNRELEASED);
    }

    var recorded = new TreeMap<String, String>();
    for (var file : files(UNRELEASED)) {
      recorded.put(file.getFileName().toString(), Golden.read(file).text());
    }

    var texts = new TreeMap<String, String>();
    today.forEach((name, golden) -> texts.put(name, golden.text()));
    assertThat(texts).describedAs(WHAT_TO_DO_UNRELEASED).isEqualTo(recorded);
  }

  @Test
  void everyKindOfEventHasAGolden() throws IOException {
    var events = new ArrayList<PartitionEvent>();
    for (var file : files(UNRELEASED)) {
      var golden = Golden.read(file);
      if (golden.manifest().equals(ROW)) {
        rowsOf(golden, ROW).forEach(events::addAll);
      }
    }

    assertThat(events.stream().<Object>map(Object::getClass).distinct())
        .describedAs("add a row with the missing kind of event to GoldenSamples, then record")
        .containsAll(List.of(TaskEvent.class.getPermittedSubclasses()))
        .contains(
            Submission.class,
            Redriven.class,
            Discarded.class,
            UniqueTaken.class,
            UniqueMet.class,
            HolderEnded.class,
            WriterStarted.class,
            RulesHeeded.class)
        .containsAll(List.of(ScheduleEvent.class.getPermittedSubclasses()));
  }

  @Test
  void everyStateOfATaskHasAGolden() {
    var states = new LinkedHashSet<Class<?>>();
    GoldenSamples.snapshot().tasks().forEach(task -> states.add(task.getClass()));

    assertThat(states)
        .describedAs("add a task in the missing state to GoldenSamples, then record")
        .hasSize(
            // Absent is never stored, and Finished stands for its four states.
            Task.class.getPermittedSubclasses().length
                - 2
                + Task.Finished.class.getPermittedSubclasses().length);
  }

  /** What today's code writes, by the name of the file. */
  private static Map<String, Golden> today() {
    var goldens = new LinkedHashMap<String, Golden>();
    GoldenSamples.rows()
        .forEach(
            (name, events) ->
                goldens.put(
                    name + ".txt", Golden.of(ROW, Reading.of(events), boundRow(1, events))));
    goldens.put("snapshot.txt", goldenOf(GoldenSamples.snapshot()));
    goldens.put("snapshot-keys.txt", goldenOf(GoldenSamples.snapshotWithKeys()));
    goldens.put("snapshot-with-rules.txt", goldenOf(GoldenSamples.snapshotWithRules()));
    var rows = GoldenSamples.journal();
    goldens.put(
        "whole-journal.txt",
        Golden.of(
            JOURNAL,
            journalReading(rows),
            IntStream.range(0, rows.size())
                .mapToObj(index -> boundRow(index + 1, rows.get(index)))
                .toArray(byte[][]::new)));
    return goldens;
  }

  private static Golden goldenOf(PartitionSnapshot snapshot) {
    return Golden.of(SNAPSHOT, snapshotReading(snapshot), SnapshotCodec.encode(snapshot));
  }

  private static List<String> readingOf(Golden golden) {
    return switch (golden.manifest()) {
      case ROW, FORMER_ROW -> Reading.of(rowsOf(golden, golden.manifest()).get(0));
      case SNAPSHOT -> snapshotReading(SnapshotCodec.decode(golden.stored().get(0)));
      case JOURNAL -> journalReading(rowsOf(golden, ROW));
      case FORMER_JOURNAL -> journalReading(rowsOf(golden, FORMER_ROW));
      default -> throw new AssertionError("no such manifest: " + golden.manifest());
    };
  }

  private static byte[] boundRow(int number, List<? extends PartitionEvent> events) {
    return PartitionRow.of(place(number), events).bytes();
  }

  /** The events of each row. */
  private static List<List<PartitionEvent>> rowsOf(Golden golden, String manifest) {
    var rows = new ArrayList<List<PartitionEvent>>();
    for (var bytes : golden.stored()) {
      rows.add(
          PartitionRow.fromBytes(bytes, manifest)
              .events(place(rows.size() + 1), UnaryOperator.identity()));
    }
    return rows;
  }

  private static RowPlace place(int number) {
    return new RowPlace("partition|3", number);
  }

  private static List<String> snapshotReading(PartitionSnapshot snapshot) {
    var reading = new ArrayList<String>();
    reading.add("state hash = %016x".formatted(StateHash.of(snapshot)));
    reading.addAll(Reading.of(snapshot));
    return reading;
  }

  /** The state in which a replay of the rows ends. */
  private static List<String> journalReading(List<List<PartitionEvent>> rows) {
    var tasks = new TreeMap<Long, Task>();
    for (var row : rows) {
      for (var event : row) {
        if (event instanceof Submission submission) {
          submission.tasks().forEach(task -> tasks.put(task.spec().sequence(), task));
        } else if (event instanceof TaskEvent change) {
          tasks.compute(
              change.sequence(),
              (sequence, before) -> change.applyTo(before == null ? Task.Absent.TASK : before));
        }
      }
    }
    return snapshotReading(
        new PartitionSnapshot(
            tasks.lastKey() + 1,
            null,
            tasks.values().toArray(Task[]::new),
            new PartitionSnapshot.Request[0],
            new HolderEnded[0]));
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
