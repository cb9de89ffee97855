package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import io.reeve.node.store.EmbeddedStore;
import io.reeve.node.store.StoreSenses;
import io.reeve.node.store.StoreSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command says; what it does is tested where it is done. */
class StoreAcceptLossTest {

  private final CommandLineRun cli = new CommandLineRun();

  @Test
  void whatIsLostIsTold(@TempDir Path directory) throws IOException {
    open(directory);
    Files.delete(directory.resolve("marks"));

    assertThat(cli.run("store", "accept-loss", "--data-dir", directory.toString())).isZero();

    assertThat(cli.out())
        .contains("store         " + directory.toRealPath())
        .contains("lost          the marks are missing");
    open(directory);
  }

  @Test
  void whatIsLostIsJsonWhereThatIsWanted(@TempDir Path directory) throws IOException {
    open(directory);

    cli.run("store", "accept-loss", "--data-dir", directory.toString(), "-o", "json");

    var json = new ObjectMapper().readTree(cli.out());
    assertThat(json.get("directory").asText()).isEqualTo(directory.toRealPath().toString());
    assertThat(json.get("lost")).isEmpty();
  }

  @Test
  void aDirectoryThatIsNotThereIsNotMade(@TempDir Path directory) {
    var missing = directory.resolve("data");

    assertThat(cli.run("store", "accept-loss", "--data-dir", missing.toString())).isEqualTo(2);

    assertThat(cli.err()).contains("expected a data directory, got " + missing);
    assertThat(missing).doesNotExist();
  }

  @Test
  void anEmptyNameIsNoDirectory() {
    assertThat(cli.run("store", "accept-loss", "--data-dir", "")).isEqualTo(2);

    assertThat(cli.err()).contains("expected the name of a directory, got an empty one");
  }

  @Test
  void aDatabaseWhoseStructureIsDamagedIsToldInOneLine(@TempDir Path directory) throws IOException {
    open(directory);
    var journal = directory.toRealPath().resolve("journal.db");
    try (var file = FileChannel.open(journal, StandardOpenOption.WRITE)) {
      file.truncate(3000);
    }

    assertThat(cli.run("store", "accept-loss", "--data-dir", directory.toString())).isEqualTo(7);

    assertThat(cli.err().strip())
        .contains("STORE_DAMAGED: " + journal)
        .contains("restore the whole data directory from a backup")
        .hasLineCount(1);
  }

  private static void open(Path directory) {
    var senses = new StoreSenses(System::nanoTime, new SecureRandom());
    EmbeddedStore.open(StoreSettings.of(ConfigFactory.load()).in(directory), senses).close();
  }
}
