package io.reeve.domain.partition;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueScope;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.partition.PartitionSettings;
import org.junit.jupiter.api.Test;

/** How many unique keys the settings of a release have room for. */
class UniqueBookTest {

  /** As reference.conf says. */
  private static final int KEYS = 160_000;

  private static final int LENGTH = 36;

  private final UniqueBook book =
      new UniqueBook(PartitionSettings.of(ConfigFactory.load()).partition().limits().uniqueKeys());

  @Test
  void thereIsRoomForAsManyKeysAsTheSettingsSay() {
    for (var task = 1; task <= KEYS; task++) {
      assertThat(book.noRoomFor(key(task))).isNull();
      book.taken(new UniqueTaken(key(task), task, UniqueScope.UNTIL_ENDED, 0, 0));
    }

    assertThat(book.size()).isEqualTo(KEYS);
    assertThat(book.bytes()).isEqualTo(KEYS * (320L + 2 * LENGTH));
  }

  /** A claim is no reason to keep the room of one that is gone. */
  @Test
  void whoeverTakesAKeyFromAnotherNeedsNoMoreRoom() {
    book.taken(new UniqueTaken(key(1), 1, UniqueScope.FOR_PERIOD, 1_000, 0));
    var bytes = book.bytes();

    for (var task = 2; task < 10_000; task++) {
      book.taken(new UniqueTaken(key(1), task, UniqueScope.FOR_PERIOD, 1_000, 0));
    }

    assertThat(book.size()).isEqualTo(1);
    assertThat(book.bytes()).isEqualTo(bytes);
    book.sweep(999);
    assertThat(book.size()).isEqualTo(1);
    book.sweep(1_000);
    assertThat(book.size()).isZero();
    assertThat(book.bytes()).isZero();
  }

  private static UniqueKey key(int number) {
    return new UniqueKey("", ("%0" + LENGTH + "d").formatted(number));
  }
}
