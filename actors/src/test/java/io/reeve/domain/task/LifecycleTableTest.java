package io.reeve.domain.task;

import static io.reeve.domain.task.TaskSamples.DISK_FULL;
import static io.reeve.domain.task.TaskSamples.HOLDER;
import static io.reeve.domain.task.TaskSamples.LOST;
import static io.reeve.domain.task.TaskSamples.NOON;
import static io.reeve.domain.task.TaskSamples.NO_JITTER;
import static io.reeve.domain.task.TaskSamples.OTHER_RESULT;
import static io.reeve.domain.task.TaskSamples.QUEUE_TIMEOUT_MS;
import static io.reeve.domain.task.TaskSamples.RESULT;
import static io.reeve.domain.task.TaskSamples.WORKER;
import static io.reeve.domain.task.TaskSamples.cancelled;
import static io.reeve.domain.task.TaskSamples.completed;
import static io.reeve.domain.task.TaskSamples.dead;
import static io.reeve.domain.task.TaskSamples.delayed;
import static io.reeve.domain.task.TaskSamples.discardedDead;
import static io.reeve.domain.task.TaskSamples.expired;
import static io.reeve.domain.task.TaskSamples.failed;
import static io.reeve.domain.task.TaskSamples.lastAttempt;
import static io.reeve.domain.task.TaskSamples.leased;
import static io.reeve.domain.task.TaskSamples.lost;
import static io.reeve.domain.task.TaskSamples.onlyAttempt;
import static io.reeve.domain.task.TaskSamples.quarantined;
import static io.reeve.domain.task.TaskSamples.queued;
import static io.reeve.domain.task.TaskSamples.redrivenDead;
import static io.reeve.domain.task.TaskSamples.released;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every state against every command. The tables are the ones in docs/lifecycle.md, which is read
 * here: a rule that changes without them fails, and so does a state or a command that is missing.
 */
class LifecycleTableTest {

  private static final Path DOCUMENT = Path.of("..", "docs", "lifecycle.md");

  /** After the first instant at which everything that waits is due. */
  private static final long LATER = NOON + 40_000;

  private record State(String name, Task task, long nowMs) {}

  private record Command(String name, Function<State, Decision> decide) {}

  private static final List<State> STATES =
      List.of(
          new State("Absent", Task.Absent.TASK, LATER),
          new State("Queued, not yet due", delayed(), NOON),
          new State("Queued, due", queued(), LATER),
          new State("Queued too long", queued(), NOON + QUEUE_TIMEOUT_MS),
          new State("Queued after a failure", failed(leased(queued())), LATER),
          new State("Queued after a loss", lost(leased(queued())), LATER),
          new State("Queued after a release", released(leased(queued())), LATER),
          new State(
              "Queued too long, after a release",
              released(leased(queued())),
              NOON + QUEUE_TIMEOUT_MS),
          new State("Leased", leased(queued()), LATER),
          new State("Leased, last attempt", lastAttempt(), LATER),
          new State("Leased, only attempt", onlyAttempt(), LATER),
          new State("Leased in quarantine", quarantined(), LATER),
          new State("Completed", completed(leased(queued())), LATER),
          new State("Dead", dead(), LATER),
          new State("Dead, redriven", redrivenDead(), LATER),
          new State("Dead, discarded", discardedDead(), LATER),
          new State("Cancelled", cancelled(leased(queued())), LATER),
          new State("Expired", expired(queued()), LATER));

  /** A table of the document, found by the first cell of its header. */
  private record Table(String title, List<Command> commands) {

    /** As it must stand in the document: rows of cells, the header first. */
    List<List<String>> rows() {
      var rows = new ArrayList<List<String>>();
      rows.add(row(title, commands.stream().map(Command::name)));
      for (var state : STATES) {
        rows.add(row(state.name(), commands.stream().map(c -> answer(c.decide().apply(state)))));
      }
      return rows;
    }

    private static List<String> row(String first, Stream<String> rest) {
      return Stream.concat(Stream.of(first), rest).toList();
    }
  }

  /** What others say, who hold no lease; then what a worker says of its latest, and of an older. */
  static List<Table> tables() {
    return List.of(
        new Table(
            "without a fence",
            List.of(
                new Command(
                    "lease", s -> s.task().lease(HOLDER, WORKER, s.nowMs(), s.nowMs() + 30_000)),
                new Command("cancel", s -> s.task().cancel("not needed", s.nowMs())),
                new Command("expire", s -> s.task().expire(s.nowMs())),
                new Command(
                    "redrive",
                    s -> s.task().redrive(9, profile -> profile, new byte[0], "anna", s.nowMs())),
                new Command("discard", s -> s.task().discard("anna", s.nowMs())))),
        new Table("under the latest fence", reports(0)),
        new Table("under an older fence", reports(-1)));
  }

  @ParameterizedTest
  @DisplayName("The tables of states and commands in docs/lifecycle.md are those of the rules")
  @MethodSource("tables")
  void everyStateAnswersEveryCommandAsDocumented(Table table) throws IOException {
    var documented =
        tablesIn(Files.readString(DOCUMENT)).stream()
            .filter(rows -> rows.get(0).get(0).equals(table.title))
            .toList();

    assertThat(documented)
        .describedAs(
            "the table in docs/lifecycle.md; if the rule is meant, it must read%n%s",
            text(table.rows()))
        .containsExactly(table.rows());
  }

  @Test
  @DisplayName("The diagram of states in docs/lifecycle.md has every state and every command")
  void everyStateAndEveryCommandIsInTheDiagram() throws IOException {
    var document = Files.readString(DOCUMENT);
    var begin = document.indexOf("```") + 3;
    var diagram = document.substring(begin, document.indexOf("```", begin));

    for (var state : STATES) {
      assertThat(diagram).contains(state.task().getClass().getSimpleName());
    }
    assertThat(diagram).contains("lease", "complete", "fail", "release", "expire", "cancel");
  }

  @Test
  void everyStateIsInTheTable() {
    var states =
        Stream.of(Task.class.getPermittedSubclasses())
            .flatMap(
                type ->
                    type == Task.Finished.class
                        ? Stream.of(Task.Finished.class.getPermittedSubclasses())
                        : Stream.of(type));

    assertThat(STATES.stream().<Object>map(state -> state.task().getClass()).distinct())
        .containsExactlyInAnyOrderElementsOf(states.toList());
    assertThat(STATES)
        .allSatisfy(
            state -> assertThat(state.name()).startsWith(state.task().getClass().getSimpleName()));
  }

  @Test
  void everyCommandIsInTheTable() {
    var commands =
        Stream.of(Task.class.getDeclaredMethods())
            .filter(method -> method.getReturnType() == Decision.class)
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .map(Method::getName)
            .toList();

    assertThat(
            tables().stream()
                .flatMap(table -> table.commands.stream())
                .map(command -> command.name().split(" ", 2)[0])
                .distinct())
        .containsExactlyInAnyOrderElementsOf(commands);
  }

  @Test
  void everyStateThatIsShownIsExplained() throws IOException {
    var document = Files.readString(DOCUMENT);

    assertThat(Stream.of(TaskState.values()).map(state -> "| `" + state + "` |"))
        .allSatisfy(row -> assertThat(document).contains(row));
  }

  /** What a worker says of its lease, under the latest fence plus {@code shift}. */
  private static List<Command> reports(int shift) {
    return List.of(
        new Command("complete", s -> s.task().complete(fence(s, shift), RESULT, s.nowMs())),
        new Command(
            "complete with another result",
            s -> s.task().complete(fence(s, shift), OTHER_RESULT, s.nowMs())),
        new Command("fail", s -> fail(s, shift, DISK_FULL, false)),
        new Command("fail with another failure", s -> fail(s, shift, LOST, false)),
        new Command("fail for good", s -> fail(s, shift, DISK_FULL, true)),
        new Command("lose", s -> s.task().lose(fence(s, shift), LOST, LossRule.DEFAULT, s.nowMs())),
        new Command("release", s -> s.task().release(fence(s, shift), "draining", s.nowMs())));
  }

  private static Decision fail(State state, int shift, Failure failure, boolean permanent) {
    var report = new FailureReport(failure, permanent, 0, NO_JITTER);
    return state.task().fail(fence(state, shift), report, state.nowMs());
  }

  private static long fence(State state, int shift) {
    return state.task().fence() + shift;
  }

  private static String answer(Decision decision) {
    if (decision instanceof Decision.Refused refused) {
      return refused.reason().code().name();
    }
    return decision == Decision.Already.SO ? "already so" : decision.getClass().getSimpleName();
  }

  private static List<List<List<String>>> tablesIn(String markdown) {
    var tables = new ArrayList<List<List<String>>>();
    var rows = new ArrayList<List<String>>();
    for (var line : (markdown + "\n").split("\n", -1)) {
      if (line.startsWith("|")) {
        rows.add(Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList());
      } else if (!rows.isEmpty()) {
        rows.remove(1); // the line of dashes under the header
        tables.add(List.copyOf(rows));
        rows.clear();
      }
    }
    return tables;
  }

  private static String text(List<List<String>> rows) {
    var lines = new ArrayList<String>();
    for (var row : rows) {
      lines.add("| " + String.join(" | ", row) + " |");
    }
    lines.add(1, "|---".repeat(rows.get(0).size()) + "|");
    return String.join("\n", lines);
  }
}
