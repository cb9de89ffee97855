package io.reeve.edge.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkerMessagesTest {

  @Test
  void aTextIsNotCutInsideASurrogatePair() {
    var text = "x".repeat(255) + "\uD83D\uDE00";

    assertThat(WorkerMessages.cut(text, 256)).isEqualTo("x".repeat(255));
    assertThat(WorkerMessages.cut(text, 257)).isEqualTo(text);
    assertThat(WorkerMessages.cut(text, 255)).isEqualTo("x".repeat(255));
    assertThat(WorkerMessages.cut("\uD83D\uDE00", 1)).isEmpty();
  }
}
