package io.reeve.worker.builtin;

import static io.reeve.worker.builtin.BuiltinKinds.handlers;
import static io.reeve.worker.builtin.BuiltinKinds.run;
import static io.reeve.worker.builtin.BuiltinKinds.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.reeve.worker.Failed;
import io.reeve.worker.PermanentFailure;
import io.reeve.worker.Rejected;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuiltinTest {

  @Test
  void servesTheKindsOfTheReference() {
    assertThat(handlers("").keySet()).containsExactlyInAnyOrderElementsOf(BuiltinSettings.ALL);
    assertThat(handlers("kinds = [echo]").keySet()).containsExactly("echo");
    assertThatThrownBy(() -> handlers("kinds = [shell]"))
        .hasMessageContaining("reeve.worker.builtin.kinds: expected some of")
        .hasMessageContaining("got shell");
  }

  @Test
  void echoAnswersItsPayload() throws Exception {
    assertThat((byte[]) run("echo", "", "as it is")).isEqualTo("as it is".getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0                        | PT0S
          0s                       | PT0S
          500ms                    | PT0.5S
          5m                       | PT5M
          ' 1 s '                  | PT1S
          """)
  void timesHaveAUnit(String text, Duration expected) throws Exception {
    assertThat(Times.text(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"soon", "100", "0.5", "-1", "-5s", "''", "1e999", "366d"})
  void aTextThatIsNoTimeIsRejected(String text) {
    assertThatThrownBy(() -> Times.text(text))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("such as \"500ms\", \"2s\" or \"5m\", got \"" + text);
  }

  @Test
  void sleepTakesItsTimeInAnyForm() throws Exception {
    for (var payload : List.of("10ms", "\"10ms\"", "{\"duration\":\"10ms\"}")) {
      var start = System.nanoTime();
      run("sleep", "", payload);
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(10_000_000);
    }
    for (var payload : List.of("{}", "{\"millis\":100}", "{\"duration\":null}", "{\"duration\":")) {
      assertThatThrownBy(() -> run("sleep", "", payload))
          .isInstanceOf(Rejected.class)
          .hasMessageStartingWith(
              "expected a payload such as 500ms or {\"duration\": \"500ms\"}; got ");
    }
    assertThatThrownBy(() -> run("sleep", "", "{\"duration\":[]}")).isInstanceOf(Rejected.class);
    assertThatThrownBy(() -> run("sleep", "", "100")).isInstanceOf(Rejected.class);
  }

  @Test
  void failFailsAsOftenAsAskedAndTheSameEachTime() {
    var payload = "{\"rate\":0.3,\"seed\":11}";
    int failures = 0;
    for (int task = 0; task < 1000; task++) {
      var first = failing("t" + task, payload);
      assertThat(failing("t" + task, payload)).isEqualTo(first);
      failures += first ? 1 : 0;
    }
    assertThat(failures).isBetween(250, 350);
    assertThatThrownBy(() -> run("fail", "", "")).isInstanceOf(Failed.class);
    assertThatThrownBy(() -> run("fail", "", "{\"permanent\":true,\"message\":\"no\"}"))
        .isInstanceOf(PermanentFailure.class)
        .hasMessage("no");
    assertThatThrownBy(() -> run("fail", "", "{\"rate\":2}"))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("got a rate outside of 0 to 1");
    assertThatThrownBy(() -> run("fail", "", "{\"rate\":\"often\"}"))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("in the field \"rate\"");
  }

  @Test
  void simulateMixesFastAndSlowAndFailsAsOftenAsSet() throws Exception {
    var handler =
        handlers("simulate { fast = 1ms, slow = 2ms, fast-failure-percentage = 5 }")
            .get("simulate");
    int fast = 0;
    int failures = 0;
    for (int task = 0; task < 400; task++) {
      try {
        fast += "fast".equals(Objects.requireNonNull(handler).handle(task("s" + task, ""))) ? 1 : 0;
      } catch (Failed failed) {
        failures++;
      }
    }
    assertThat(fast).isBetween(270, 350);
    assertThat(failures).isBetween(4, 36);
  }

  private boolean failing(String taskId, String payload) {
    return catchThrowable(
            () -> Objects.requireNonNull(handlers("").get("fail")).handle(task(taskId, payload)))
        != null;
  }
}
