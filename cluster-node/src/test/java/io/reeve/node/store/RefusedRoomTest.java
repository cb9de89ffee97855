package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.journal.JournalRoom;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusedRoomTest {

  private final AtomicLong seconds = new AtomicLong();
  private final RefusedRoom room = new RefusedRoom(this::now);

  @Test
  void aRefusalStopsAllRowsForAWhileAndNewTasksUntilARowIsStored() {
    assertThat(room.now()).isEqualTo(JournalRoom.ENOUGH);

    room.refused();
    assertThat(room.now()).isEqualTo(JournalRoom.NONE);
    seconds.addAndGet(1);
    assertThat(room.now()).isEqualTo(JournalRoom.LOW);
    room.stored(now());
    assertThat(room.now()).isEqualTo(JournalRoom.ENOUGH);
  }

  @Test
  void aRowThatBeganBeforeTheEndOfThePauseSaysNothingOfTheRoom() {
    var before = now();
    room.refused();
    seconds.addAndGet(1);

    room.stored(before);
    assertThat(room.now()).isEqualTo(JournalRoom.LOW);
    room.refused();
    seconds.addAndGet(1);
    assertThat(room.now()).as("the pause goes on doubling").isEqualTo(JournalRoom.NONE);
  }

  @Test
  void aRefusalWithinFiveMinutesGoesOnFromTheLastPause() {
    for (var pause : new int[] {1, 2, 4}) {
      room.refused();
      seconds.addAndGet(pause - 1);
      assertThat(room.now()).isEqualTo(JournalRoom.NONE);
      seconds.addAndGet(1);
      room.stored(now());
      assertThat(room.now()).isEqualTo(JournalRoom.ENOUGH);
      seconds.addAndGet(300);
    }
    seconds.addAndGet(1);
    room.refused();
    seconds.addAndGet(1);
    assertThat(room.now()).isEqualTo(JournalRoom.LOW);
  }

  @Test
  void eachRefusalAfterAPauseDoublesItUpToHalfAMinute() {
    for (var pause : new int[] {1, 2, 4, 8, 16, 30, 30}) {
      room.refused();
      room.refused();
      seconds.addAndGet(pause - 1);
      assertThat(room.now()).isEqualTo(JournalRoom.NONE);
      seconds.addAndGet(1);
      assertThat(room.now()).isEqualTo(JournalRoom.LOW);
    }
  }

  @Test
  void whenNothingTriesAnyMoreNewTasksDo() {
    room.refused();
    seconds.addAndGet(31);

    assertThat(room.now()).isEqualTo(JournalRoom.ENOUGH);
  }

  @Test
  void theGuardOfASharedStoreTellsRefusalsForWantOfRoomFromOthers() {
    try (var guard = StoreGuard.ofShared("full", this::now)) {
      guard.notStored("partition|0", new SQLException("no connection", "08006"));
      assertThat(guard.room()).isEqualTo(JournalRoom.ENOUGH);

      guard.notStored("partition|0", new SQLException("could not extend file", "53100"));
      assertThat(guard.room()).isEqualTo(JournalRoom.NONE);

      guard.committed("partition|1", 3, guard.begin());
      assertThat(guard.room()).isEqualTo(JournalRoom.NONE);

      seconds.addAndGet(1);
      guard.committed("partition|1", 4, guard.begin());
      assertThat(guard.room()).isEqualTo(JournalRoom.ENOUGH);
    }
  }

  private long now() {
    return TimeUnit.SECONDS.toNanos(seconds.get());
  }
}
