package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code reeve cancel}, of one task and of several. */
@Timeout(60)
class CancelCommandTest extends CommandTest {

  @Test
  void endsTheTask() {
    given("submit", "echo");

    assertThat(reeve("cancel", "t-1", "--reason", "ordered twice")).isZero();

    assertThat(cli.out()).isEqualTo("cancelled t-1\n");
    assertThat(server.task("t-1").getCancelReason()).isEqualTo("ordered twice");
  }

  @Test
  void ofAnEndedTaskIsRefusedWithFour() {
    given("submit", "echo");
    server.complete("t-1", "");

    assertThat(reeve("cancel", "t-1")).isEqualTo(4);

    assertThat(cli.err())
        .startsWith("reeve: the server refused: expected task t-1 to be live")
        .endsWith("(WRONG_STATE)\nLook at the state of the task with 'reeve get'.\n");
  }

  @Test
  void ofSeveralTasksGoesOnOverRefusalsAndSaysWhich() {
    given("submit", "echo", "--count", "3");
    server.complete("t-1", "");

    assertThat(reeve("cancel", "t-1", "t-2", "t-99", "t-3")).isEqualTo(6);

    assertThat(cli.out()).isEqualTo("cancelled t-2\ncancelled t-3\n");
    assertThat(cli.err().lines())
        .satisfiesExactly(
            line ->
                assertThat(line).startsWith("reeve: t-1: the server refused: expected task t-1"),
            line -> assertThat(line).startsWith("reeve: t-99: expected a known task, got t-99"));
  }

  @Test
  void ofSeveralTasksNamesTheRefusedOnesToProgramsToo() throws IOException {
    given("submit", "echo");

    assertThat(reeve("cancel", "t-1", "t-99", "-o", "json")).isEqualTo(6);

    assertThat(new ObjectMapper().readTree(cli.err()).at("/error/taskId").asText())
        .isEqualTo("t-99");
  }

  @Test
  void thatIsRefusedAltogetherEndsAsOneRefusalDoes() {
    assertThat(reeve("cancel", "t-98", "t-99")).isEqualTo(5);
  }

  @Test
  void stopsWhenTheServerIsAway() {
    server.close();

    assertThat(reeve("cancel", "t-1", "t-2", "--tries", "1")).isEqualTo(3);

    assertThat(cli.err())
        .startsWith("stopped at t-1, number 1 of 2\nreeve: the server did not answer");
  }
}
