package io.reeve.domain.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Words with numbers and properties that others rely on. */
class StoredWordsTest {

  @Test
  void aTypeOfFailureComesBackByItsNumberAndAnUnknownOneIsAnError() {
    assertThat(Arrays.stream(FailureType.values()).map(FailureType::number))
        .containsExactly(1, 2, 3, 4, 5);
    for (var type : FailureType.values()) {
      assertThat(FailureType.of(type.number())).isEqualTo(type);
    }
    assertThat(FailureType.of(99)).isEqualTo(FailureType.ERROR);
  }

  @Test
  void aTaskStaysInTheStatesOfItsEnd() {
    assertThat(TaskState.values())
        .filteredOn(TaskState::terminal)
        .containsExactly(
            TaskState.COMPLETED, TaskState.DEAD, TaskState.CANCELLED, TaskState.EXPIRED);
  }

  @Test
  void anAbsentTaskHasNoPast() {
    assertThat(Task.Absent.TASK.past()).isEqualTo(Past.NONE);
  }
}
