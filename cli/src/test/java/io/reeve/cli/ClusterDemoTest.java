package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reeve.bench.process.ReeveProcesses;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ClusterDemoTest {

  private final CommandLineRun cli = new CommandLineRun();

  /**
   * With real nodes, real workers and a real server; takes as long as a crash does. The bound is
   * not that of a machine which does nothing else: the rig measures times, this asks that nothing
   * is lost.
   */
  @Test
  @Tag("slow")
  @Timeout(300)
  void nothingIsLostOrDoneTwiceWhenNodesGo() throws IOException {
    var programs =
        new Programs(
            (file, settings) -> 1,
            (file, settings) -> 1,
            ReeveProcesses.thisProgram(ReeveMain.class.getName()));

    var exitCode =
        cli.realTime()
            .environment(System.getenv())
            .run(
                programs, "cluster-demo", "--profile=fast", "--seconds=5", "--within=20", "-ojson");

    var report = new ObjectMapper().readTree(cli.out());
    assertThat(exitCode).as(cli.err() + cli.out()).isZero();
    assertThat(report.get("acknowledged").asInt()).isGreaterThan(1_000);
    assertThat(report.get("lost").asInt()).isZero();
    assertThat(report.get("double").asInt()).isZero();
    assertThat(report.get("wrong").asInt()).isZero();
    assertThat(report.get("phases"))
        .extracting(phase -> phase.get("event").asText())
        .containsExactly("steady", "killed", "restarted", "stopped", "restarted");
    assertThat(ProcessHandle.current().descendants()).isEmpty();
  }

  @Test
  void aRateOutOfItsBoundsIsAMistakeOfTheCaller() {
    assertThat(cli.run("cluster-demo", "--rate", "10")).isEqualTo(2);

    assertThat(cli.err()).contains("expected --rate of 50 to 2000, got 10");
    assertThat(cli.run("cluster-demo", "--within", "0")).isEqualTo(2);
    assertThat(cli.err()).contains("expected --within of 1 to 600, got 0");
  }
}
