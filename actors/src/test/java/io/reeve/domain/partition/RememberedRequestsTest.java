package io.reeve.domain.partition;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.partition.PartitionSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How many request ids the settings of a release remember, as the README promises. */
class RememberedRequestsTest {

  private static final int CALLS = 100_000;

  /** The longest that a call may name. */
  private static final int LENGTH = 128;

  private static final long DAY_MS = Duration.ofHours(24).toMillis();

  @Test
  void anIdIsRememberedForADayThoughAHundredThousandCallsCameSince() {
    var limits = PartitionSettings.of(ConfigFactory.load()).partition().limits().requests();
    var book = new RequestBook(limits);

    fill(book, 0);
    assertThat(book.find(id(0), DAY_MS - 1)).isNotNull();
    assertThat(book.find(id(CALLS), DAY_MS - 1)).isNotNull();
    assertThat(book.find(id(0), DAY_MS)).isNull();

    book.sweep(DAY_MS + 1);
    fill(book, DAY_MS + 1);
    assertThat(book.find(id(0), DAY_MS + 1)).as("one that came again").isNotNull();
  }

  private static void fill(RequestBook book, long nowMs) {
    for (var call = 0; call <= CALLS; call++) {
      assertThat(book.noRoomFor(id(call), nowMs)).isNull();
      book.add(new PartitionSnapshot.Request(id(call), call, 1 + call, 1, nowMs));
    }
  }

  private static String id(int call) {
    return ("%0" + LENGTH + "d").formatted(call);
  }
}
