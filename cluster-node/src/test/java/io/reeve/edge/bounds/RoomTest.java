package io.reeve.edge.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoomTest {

  private final Room room = new Room(1_000, 100);

  @Test
  void aCallerGetsAQuarterAtMost() {
    var caller = room.share();

    assertThat(caller.take(200)).isTrue();
    assertThat(caller.take(51)).isFalse();
    assertThat(caller.take(50)).isTrue();
    assertThat(room.used()).isEqualTo(250);
  }

  @Test
  void aCallerThatHoldsNothingElseGetsOneMessageOfAnySizeThatFits() {
    var caller = room.share();

    assertThat(caller.take(600)).isTrue();
    assertThat(caller.take(1)).isFalse();
    assertThat(room.share().take(401)).isFalse();
    assertThat(room.share().take(400)).isTrue();
  }

  @Test
  void allCallersTogetherGetTheRoomAndNoMore() {
    for (var i = 0; i < 4; i++) {
      assertThat(room.share().take(250)).isTrue();
    }

    assertThat(room.share().take(1)).isFalse();
    assertThat(room.used()).isEqualTo(1_000);
  }

  @Test
  void twoOfTheLargestMessagesFitIntoTheSmallestRoom() {
    var small = new Room(10, 100);

    assertThat(small.share().take(100)).isTrue();
    assertThat(small.share().take(100)).isTrue();
  }

  @Test
  void bytesGivenBackWakeThoseWhoWaitOnce() {
    var caller = room.share();
    var woken = new AtomicInteger();
    caller.take(250);
    room.whenFreed(woken::incrementAndGet);

    caller.give(10);
    caller.give(10);

    assertThat(woken).hasValue(1);
    assertThat(caller.held()).isEqualTo(230);
  }

  @Test
  void whoeverWaitsMayRegisterAgainWhenWoken() {
    var caller = room.share();
    var woken = new AtomicInteger();
    caller.take(250);
    room.whenFreed(() -> room.whenFreed(woken::incrementAndGet));

    caller.give(10);
    assertThat(woken).hasValue(0);
    caller.give(10);

    assertThat(woken).hasValue(1);
  }

  @Test
  void aCallerThatIsGoneHoldsNothingWhateverItsCallsGiveBackLater() {
    var caller = room.share();
    caller.take(200);

    caller.close();
    caller.give(200);

    assertThat(room.used()).isZero();
    assertThat(caller.take(1)).isFalse();
  }
}
