package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

class StoreGuardTest {

  @Test
  void aRowThatAnotherWriterTookSaysNothingAgainstTheStore() {
    try (var guard = StoreGuard.ofShared("taken", () -> 0)) {
      guard.notStored(
          "partition|0",
          new IllegalStateException(
              new SQLiteException("taken", SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY)));
      guard.notStored("partition|1", new SQLException("taken", "23505"));

      assertThat(guard.failing()).isEmpty();
    }
  }

  @Test
  void anyOtherFailureIsToldUntilTheNextRowIsStored() {
    try (var guard = StoreGuard.ofShared("failing", () -> 0)) {
      guard.notStored("partition|3", new SQLException("no connection", "08006"));
      assertThat(guard.failing())
          .hasValue("the last row of partition 3 was not stored: no connection");

      guard.committed("partition|3", 7, guard.begin());
      assertThat(guard.failing()).isEmpty();
    }
  }

  @Test
  void aFailureIsForgottenWhenNoRowFollowsForAMinute() {
    var nanos = new AtomicLong(-TimeUnit.SECONDS.toNanos(30));
    try (var guard = StoreGuard.ofShared("moved", nanos::get)) {
      guard.notStored("partition|3", new SQLException("no connection", "08006"));

      nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
      assertThat(guard.failing()).isPresent();

      nanos.incrementAndGet();
      assertThat(guard.failing()).isEmpty();
    }
  }
}
