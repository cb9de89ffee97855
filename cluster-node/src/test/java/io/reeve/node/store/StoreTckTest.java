package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.scalatest.tools.Runner;

/** Pekko's own tests of journals and snapshot stores, on the configuration that ships. */
class StoreTckTest {

  private static Config configuration = ConfigFactory.empty();

  /** What the suites run on; they are created by their runner, by name. */
  static Config configuration() {
    return configuration;
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void theStorePassesAllTestsThatPekkoHasForJournalsAndSnapshotStores(
      StoreKind kind, @TempDir Path directory) {
    TckResults.PASSED.clear();
    TckResults.NOT_PASSED.clear();
    try (var opened = kind.open(directory)) {
      // The suites check what Pekko does with objects that only Java's serialization can write, and
      // replay rows behind deleted ones without a snapshot, which a store of ours refuses.
      configuration =
          ConfigFactory.parseString(
                  "pekko.actor.allow-java-serialization = on, jdbc-journal.refuse-gaps = off")
              .withFallback(TestStores.system(opened.store()));

      run(JournalTck.class);
      run(SnapshotTck.class);
    }

    assertThat(TckResults.NOT_PASSED).isEmpty();
    assertThat(TckResults.PASSED).hasSize(28);
  }

  private static void run(Class<?> suite) {
    Runner.run(new String[] {"-s", suite.getName(), "-C", TckResults.class.getName()});
  }
}
