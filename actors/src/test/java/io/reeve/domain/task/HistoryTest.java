package io.reeve.domain.task;

import static io.reeve.domain.task.TaskSamples.NOON;
import static io.reeve.domain.task.TaskSamples.WORKER;
import static io.reeve.domain.task.TaskSamples.completed;
import static io.reeve.domain.task.TaskSamples.dead;
import static io.reeve.domain.task.TaskSamples.failed;
import static io.reeve.domain.task.TaskSamples.leased;
import static io.reeve.domain.task.TaskSamples.queued;
import static io.reeve.domain.task.TaskSamples.redriving;
import static io.reeve.domain.task.TaskSamples.released;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HistoryTest {

  @Test
  void eachFailedAttemptStaysWithTheTask() {
    var attempts = dead().past().history().attempts();

    assertThat(attempts).extracting(Attempt::number).containsExactly(1, 2, 3);
    assertThat(attempts).extracting(Attempt::workerId).containsOnly(WORKER);
    assertThat(attempts.get(0).startedAtMs()).isEqualTo(NOON);
    assertThat(attempts.get(0).endedAtMs()).isEqualTo(NOON + 20);
    assertThat(attempts.get(2).failure()).isSameAs(dead().past().failure());
  }

  @Test
  void aTaskThatNeverFailedHasNone() {
    assertThat(leased(queued()).past().history()).isSameAs(History.NONE);
    assertThat(completed(leased(queued())).past().history()).isSameAs(History.NONE);
    assertThat(released(leased(queued())).past().history()).isSameAs(History.NONE);
    assertThat(leased(queued()).past().attemptBytes()).isZero();
  }

  @Test
  void theAttemptsStayHoweverTheTaskEnds() {
    assertThat(completed(leased(failed(leased(queued())))).past().history().attempts()).hasSize(1);
  }

  @Test
  void theFirstThreeAndTheLastThirteenStay() {
    var history = History.NONE;
    for (var number = 1; number <= 30; number++) {
      history = history.with(attempt(number, "no"));
    }

    assertThat(history.attempts())
        .extracting(Attempt::number)
        .containsExactly(1, 2, 3, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  }

  @Test
  void aLongMessageIsCutBetweenLetters() {
    var cut = attempt(1, "\u4e16".repeat(2_000)).failure().message();

    assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSize(1_023);
    assertThat(cut).isEqualTo("\u4e16".repeat(341));
    assertThat(attempt(1, "x".repeat(1_025)).failure().message()).hasSize(1_024);
    assertThat(attempt(1, "x".repeat(1_024)).failure().message()).hasSize(1_024);
  }

  @Test
  void aRedrivenTaskBeginsWithoutAttemptsAndNamesTheDeadOne() {
    var task = redriving();

    assertThat(task.attempt()).isZero();
    assertThat(task.past().failure()).isNull();
    assertThat(task.past().history()).isEqualTo(History.redriveOf(7));
    assertThat(task.withoutAttempts().past().history().redriveOf()).isEqualTo(7);
  }

  private static Attempt attempt(int number, String message) {
    return Attempt.ended(
        number, WORKER, NOON, NOON + 1, new Failure(FailureType.ERROR, message, ""));
  }
}
