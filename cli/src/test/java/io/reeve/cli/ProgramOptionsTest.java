package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Options of the programs that run until they are stopped become their settings. */
@Timeout(60)
class ProgramOptionsTest extends CommandTest {

  @Test
  void aSettingThatNoWorkerReadsIsFound() {
    assertThat(
            Programs.unreadByWorker(
                Set.of(
                    "reeve.worker.id",
                    "reeve.worker.idd", // the worker tells it
                    "reeve.wroker.id",
                    "reeve.grpc.port",
                    "pekko.loglevel")))
        .containsExactly("reeve.grpc.port", "reeve.wroker.id");
  }

  @Test
  void aFileOfSettingsIsHandedOnAndMustBeThere(@TempDir Path directory) throws IOException {
    var file = Files.writeString(directory.resolve("own.conf"), "reeve.grpc.port = 25100");

    assertThat(cli.run("node", "--config", file.toString())).isZero();
    assertThat(cli.run("worker", "--config", file.toString())).isZero();
    assertThat(cli.run("node", "--config", "/no/such.conf")).isEqualTo(2);
    assertThat(cli.run("worker", "--config", "/no/such.conf")).isEqualTo(2);

    assertThat(cli.files).containsExactly(file, file);
    assertThat(cli.err())
        .startsWith(
            "reeve: expected --config to name a file that can be read, got '/no/such.conf'\n");
    assertThat(Programs.workerConfiguration(file, Map.of()).getInt("reeve.grpc.port"))
        .isEqualTo(25100);
  }

  @Test
  void aWorkersFileOfSettingsThatCannotBeReadEndsWithTwoAndNamesThePlace(@TempDir Path directory)
      throws IOException {
    var file = Files.writeString(directory.resolve("own.conf"), "reeve {\n  worker = [\n");

    assertThat(cli.run(Programs.ofThisInstallation(), "worker", "--config", file.toString()))
        .isEqualTo(2);

    assertThat(cli.err()).startsWith("reeve: " + file + ": 3: ").hasLineCount(1);
  }

  @Test
  void theWorkersEndpointMayLeaveOutThePort() {
    cli.run("worker", "-e", "localhost");

    assertThat(cli.started)
        .containsExactly(Map.of("reeve.worker.endpoints", List.of("localhost:7460")));
  }

  @Test
  void optionsOfTheNodeBecomeItsSettings() {
    assertThat(cli.run("node", "--port", "7470", "--set", "reeve.node.name=a")).isZero();
    assertThat(cli.run("node", "--http-port", "off")).isZero();

    assertThat(cli.started)
        .containsExactly(
            Map.of("reeve.grpc.port", 7470, "reeve.node.name", "a"),
            Map.of("reeve.http.port", "off"));
  }

  @Test
  void aDataDirectoryWithAnEmptyNameIsRefused() {
    assertThat(cli.run("node", "--data-dir", "")).isEqualTo(2);

    assertThat(cli.err()).contains("expected the name of a directory, got an empty one");
    assertThat(cli.started).isEmpty();
  }

  @Test
  void aStoreIsASettingAndAPasswordInItAWarningThatDoesNotRepeatIt() {
    assertThat(cli.run("node", "--store", "postgres://reeve@db.example/tasks")).isZero();
    assertThat(cli.err()).isEmpty();
    assertThat(cli.run("node", "--store", "postgres://reeve:canary7@db.example/tasks")).isZero();

    assertThat(cli.started)
        .containsExactly(
            Map.of("reeve.store.url", "postgres://reeve@db.example/tasks"),
            Map.of("reeve.store.url", "postgres://reeve:canary7@db.example/tasks"));
    assertThat(cli.err()).contains("can read the password in --store").doesNotContain("canary7");
  }

  @Test
  void optionsOfTheWorkerBecomeItsSettings() {
    cli.run(
        "worker",
        "-e",
        "a:1,b:2",
        "--slots",
        "8",
        "-q",
        "mail",
        "-q",
        "default",
        "--label",
        "zone=eu",
        "--label",
        "example.org/disk=ssd",
        "--allow-exec",
        "/bin/true");

    assertThat(cli.started)
        .containsExactly(
            Map.of(
                "reeve.worker.endpoints",
                List.of("a:1", "b:2"),
                "reeve.worker.pool.slots",
                8,
                "reeve.worker.pool.queues",
                List.of("mail", "default"),
                "reeve.worker.labels.zone",
                "eu",
                "reeve.worker.labels.\"example.org/disk\"",
                "ssd",
                "reeve.worker.builtin.exec.allowed",
                List.of("/bin/true")));
  }
}
