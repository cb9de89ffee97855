package io.reeve.edge.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.session.Session;
import io.reeve.v1.Failed;
import io.reeve.v1.Failure;
import io.reeve.v1.Goodbye;
import io.reeve.v1.Hello;
import io.reeve.v1.Progress;
import io.reeve.v1.Released;
import io.reeve.v1.Settlement;
import io.reeve.v1.Settlements;
import io.reeve.v1.WorkerMessage;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkerMessagesTest {

  private static final String EMOJI = "\uD83D\uDE00";

  private final WorkerMessages messages = new WorkerMessages(4, 100, 1000);

  @Test
  void aTextIsNotCutInsideASurrogatePair() {
    var text = "x".repeat(255) + "\uD83D\uDE00";

    assertThat(WorkerMessages.cut(text, 256)).isEqualTo("x".repeat(255));
    assertThat(WorkerMessages.cut(text, 257)).isEqualTo(text);
    assertThat(WorkerMessages.cut(text, 255)).isEqualTo("x".repeat(255));
    assertThat(WorkerMessages.cut("\uD83D\uDE00", 1)).isEmpty();
  }

  /** Where a text of a worker is kept or shown, and how many units or bytes of it. */
  enum Place {
    FAILURE_MESSAGE(8192, 4),
    FAILURE_CODE(256, 2),
    RELEASE(1024, 2),
    PROGRESS(1024, 2),
    GOODBYE(1024, 2),
    CLIENT(1024, 2),
    HOST(1024, 2),
    ID_OF_A_REFUSED_SETTLEMENT(1024, 2);

    private final int max;

    /** What an emoji counts of it. */
    private final int emoji;

    Place(int max, int emoji) {
      this.max = max;
      this.emoji = emoji;
    }
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void noTextOfAWorkerEndsWithHalfACharacter(Place place) {
    for (var before = place.max - place.emoji - 1; before <= place.max; before++) {
      var letters = "x".repeat(before);
      var fits = before + place.emoji <= place.max;

      assertThat(stored(place, letters + EMOJI + "tail"))
          .isEqualTo(
              fits ? (letters + EMOJI + "tail").substring(0, length(place, before)) : letters);
    }
  }

  /** UTF-16 units that are left of so many letters, an emoji that fits, and a tail. */
  private static int length(Place place, int letters) {
    return letters + EMOJI.length() + (place.max - letters - place.emoji);
  }

  private String stored(Place place, String text) {
    return switch (place) {
      case FAILURE_MESSAGE -> failure(Failure.newBuilder().setMessage(text)).message();
      case FAILURE_CODE -> failure(Failure.newBuilder().setCode(text)).code();
      case RELEASE ->
          settled(settlement().setReleased(Released.newBuilder().setReason(text)))
              .parts()
              .get(0)
              .settlements()
              .get(0)
              .reason();
      case PROGRESS ->
          ((Session.ProgressMade)
                  later(
                      WorkerMessage.newBuilder()
                          .setProgress(Progress.newBuilder().setTaskId("1-2").setMessage(text))))
              .message();
      case GOODBYE ->
          ((Session.Goodbye)
                  later(
                      WorkerMessage.newBuilder().setGoodbye(Goodbye.newBuilder().setReason(text))))
              .reason();
      case CLIENT -> hello(Hello.newBuilder().setClient(text)).client();
      case HOST -> hello(Hello.newBuilder().setHost(text)).host();
      case ID_OF_A_REFUSED_SETTLEMENT ->
          settled(settlement().setTaskId(text)).malformed().get(0).taskId();
    };
  }

  private io.reeve.domain.task.Failure failure(Failure.Builder failure) {
    var failed = settlement().setFailed(Failed.newBuilder().setFailure(failure));
    return Objects.requireNonNull(settled(failed).parts().get(0).settlements().get(0).failure());
  }

  private static Settlement.Builder settlement() {
    return Settlement.newBuilder().setTaskId("1-2").setFence(1);
  }

  private Session.Settled settled(Settlement.Builder settlement) {
    return (Session.Settled)
        later(
            WorkerMessage.newBuilder()
                .setSettlements(Settlements.newBuilder().setBatch(1).addSettlements(settlement)));
  }

  private Session.FromWorker later(WorkerMessage.Builder message) {
    return Objects.requireNonNull(messages.later(message.build()));
  }

  private Session.Hello hello(Hello.Builder hello) {
    hello.setWorkerId("w").setPool("p").setIncarnation("i").addKinds("k").setCapacity(1);
    return messages.hello(WorkerMessage.newBuilder().setHello(hello).build());
  }
}
