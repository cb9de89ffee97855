package io.reeve.edge.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DoorTest {

  private static final Duration CALL_WITHIN = Duration.ofSeconds(1);

  private final AtomicLong now = new AtomicLong();
  private final AtomicLong descriptors = new AtomicLong(1_000);

  @Test
  void theConnectionThatIsIdleForLongestMakesWay() {
    var door = door(2);
    var older = enter(door, 1);
    var newer = enter(door, 2);
    call(older);
    call(newer);
    var closed = new AtomicInteger();
    older.onClose(closed::incrementAndGet);

    enter(door, 3);

    assertThat(closed).hasValue(1);
    assertThat(door.connections()).isEqualTo(2);
  }

  @Test
  void aConnectionThatMadeNoCallInTimeMakesWayFirst() {
    var door = door(2);
    var used = enter(door, 1);
    call(used);
    now.addAndGet(1_000);
    var silent = enter(door, 2);
    now.addAndGet(CALL_WITHIN.toNanos());
    var closed = new AtomicInteger();
    silent.onClose(closed::incrementAndGet);

    enter(door, 3);

    assertThat(closed).hasValue(1);
  }

  @Test
  void newcomersDoNotMakeWayForEachOtherWhileAnotherIsIdleForLonger() {
    var door = door(3);
    var used = enter(door, 1);
    call(used);
    now.addAndGet(1_000);
    var newcomer = enter(door, 2);
    now.addAndGet(CALL_WITHIN.toNanos() - 1);
    var later = enter(door, 3);
    var closed = new AtomicInteger();
    newcomer.onClose(closed::incrementAndGet);
    later.onClose(closed::incrementAndGet);
    var usedClosed = new AtomicInteger();
    used.onClose(usedClosed::incrementAndGet);

    enter(door, 4);

    assertThat(usedClosed).hasValue(1);
    assertThat(closed).hasValue(0);
  }

  @Test
  void aConnectionThatIsClosedBeforeItBeginsEndsAsSoonAsItBegins() {
    var door = door(1);
    var early = enter(door, 1);
    enter(door, 2);
    var closed = new AtomicInteger();

    early.onClose(closed::incrementAndGet);

    assertThat(closed).hasValue(1);
  }

  @Test
  void aConnectionWithACallIsNeverClosedForAnother() {
    var door = door(1);
    var call = new Call(enter(door, 1));

    assertThat(door.enter(address(2))).isNull();

    call.end();
    assertThat(door.enter(address(2))).isNotNull();
  }

  @Test
  void fewerConnectionsAreTakenThanDescriptorsAllow() {
    descriptors.set(25);

    assertThat(door(100).connectionsMax()).isEqualTo(15);
  }

  @Test
  void nobodyIsAcceptedWhileTheReserveOfDescriptorsIsUsedUp() {
    var door = door(100);
    assertThat(door.mayAccept()).isTrue();

    descriptors.set(5);

    assertThat(door.mayAccept()).isFalse();
  }

  @Test
  void aNewConnectionTakesTheDescriptorOfAnIdleOneWhenTheReserveIsReached() {
    var door = door(100);
    var idle = enter(door, 1);
    var closed = new AtomicInteger();
    idle.onClose(closed::incrementAndGet);

    descriptors.set(9);
    enter(door, 2);

    assertThat(closed).hasValue(1);
    assertThat(door.connections()).isEqualTo(1);
  }

  @Test
  void aConnectionThatEndsGivesItsRoomBack() {
    var room = new Room(1_000, 100);
    var door = new Door(settings(1), room, descriptors::get, now::get);
    var connection = enter(door, 1);
    new Call(connection).take(100);

    door.left(connection);

    assertThat(room.used()).isZero();
    assertThat(door.connections()).isZero();
  }

  private void call(Connection connection) {
    now.incrementAndGet();
    new Call(connection).end();
  }

  private Door door(int connectionsMax) {
    return new Door(settings(connectionsMax), new Room(1_000, 100), descriptors::get, now::get);
  }

  private static Door.Settings settings(int connectionsMax) {
    return new Door.Settings("test", connectionsMax, 10, CALL_WITHIN, false);
  }

  private static Connection enter(Door door, int port) {
    return Objects.requireNonNull(door.enter(address(port)));
  }

  private static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
