package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command says; what it does is tested where it is done. */
class StoreMigrateTest {

  private static final String TARGET = "postgres://reeve@127.0.0.1:1/tasks";

  private final CommandLineRun cli = new CommandLineRun();

  @Test
  void aDirectoryWithoutAStoreIsAMistakeOfTheCaller(@TempDir Path empty) {
    var exitCode = cli.run("store", "migrate", "--from", empty.toString(), "--to", TARGET);

    assertThat(exitCode).isEqualTo(2);
    assertThat(cli.err()).contains("expected a data directory with a journal.db");
  }

  @Test
  void anEmptyNameIsNoDirectory() {
    assertThat(cli.run("store", "migrate", "--from", "", "--to", TARGET)).isEqualTo(2);

    assertThat(cli.err()).contains("expected the name of a directory, got an empty one");
  }

  @Test
  void anErrorIsJsonWhereThatIsWanted(@TempDir Path empty) throws IOException {
    cli.run("store", "migrate", "--from", empty.toString(), "--to", TARGET, "-o", "json");

    assertThat(new ObjectMapper().readTree(cli.err()).at("/error/exitCode").asInt()).isEqualTo(2);
  }

  @Test
  void aUrlOfAnotherShapeIsAMistakeAndIsNotRepeated(@TempDir Path empty) {
    var exitCode =
        cli.run("store", "migrate", "--from", empty.toString(), "--to", "mysql://me:secret@host");

    assertThat(exitCode).isEqualTo(2);
    assertThat(cli.err()).contains("reeve.store.url").doesNotContain("secret");
  }

  @Test
  void aMissingCommandIsAsked() {
    assertThat(cli.run("store")).isEqualTo(2);

    assertThat(cli.err()).contains("migrate");
  }
}
