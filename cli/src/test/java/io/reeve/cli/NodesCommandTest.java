package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.reeve.client.fake.FakeReeve;
import io.reeve.v1.Node;
import io.reeve.v1.NodeReport;
import io.reeve.v1.NodeState;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NodesCommandTest {

  private static final Node CRANE =
      Node.newBuilder()
          .setAddress("10.0.0.1:7355")
          .setIncarnation("a1")
          .setState(NodeState.NODE_STATE_UP)
          .setReachable(true)
          .setAnswered(true)
          .setDispatcher(true)
          .addRoles("edge")
          .addRoles("tasks")
          .setReport(
              NodeReport.newBuilder()
                  .setName("crane")
                  .setEndpoint("10.0.0.1:7460")
                  .setHost("box-1")
                  .setPid(42)
                  .setVersion("1.2.3")
                  .setStartedAt(
                      Timestamp.newBuilder()
                          .setSeconds(Instant.parse("2026-11-20T12:00:00Z").getEpochSecond()))
                  .addPartitions(0)
                  .addPartitions(2)
                  .setSessions(3)
                  .setCpuMillicores(125)
                  .setHeapUsedBytes(64 << 20)
                  .setHeapMaxBytes(512 << 20)
                  .setDispatcherEpoch(7))
          .build();

  private static final Node NEVER_HEARD_OF =
      Node.newBuilder()
          .setAddress("10.0.0.2:7355")
          .setIncarnation("b2")
          .setState(NodeState.NODE_STATE_JOINING)
          .setReachable(true)
          .addRoles("tasks")
          .build();

  private final FakeReeve server = FakeReeve.start(CommandLineRun.NOON);
  private final CommandLineRun cli = new CommandLineRun();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void showsPeopleOneLineForEachNode() {
    server.nodes(CRANE, NEVER_HEARD_OF);

    assertThat(nodes()).isZero();

    var lines = cli.out().lines().toList();
    assertThat(lines)
        .startsWith(
            "NAME   STATE   ROLES       DISPATCHER  ENDPOINT       PARTITIONS  SESSIONS  CPU   HEAP"
                + "    STARTED               PID  HOST   VERSION  ADDRESS",
            "crane  up      edge,tasks  epoch 7     10.0.0.1:7460  2           3         0.13 "
                + " 64/512  2026-11-20 12:00:00Z  42   box-1  1.2.3    10.0.0.1:7355");
    assertThat(lines.get(2)).matches("\\?      silent  tasks +10\\.0\\.0\\.2:7355");
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void givesProgramsOneJsonDocumentForEachNode() {
    server.nodes(CRANE, NEVER_HEARD_OF);

    assertThat(nodes("--output", "json")).isZero();

    assertThat(cli.out().lines())
        .containsExactly(
            "{\"address\":\"10.0.0.1:7355\",\"incarnation\":\"a1\",\"state\":\"up\",\"reachable\":true,"
                + "\"answered\":true,\"dispatcher\":true,\"roles\":[\"edge\",\"tasks\"],\"name\":\"crane\","
                + "\"endpoint\":\"10.0.0.1:7460\",\"host\":\"box-1\",\"pid\":42,\"version\":\"1.2.3\","
                + "\"startedAt\":\"2026-11-20T12:00:00Z\",\"partitions\":[0,2],\"sessions\":3,"
                + "\"cpuMillicores\":125,\"heapUsedBytes\":67108864,\"heapMaxBytes\":536870912,"
                + "\"dispatcherEpoch\":7}",
            "{\"address\":\"10.0.0.2:7355\",\"incarnation\":\"b2\",\"state\":\"joining\","
                + "\"reachable\":true,\"answered\":false,\"dispatcher\":false,\"roles\":[\"tasks\"]}");
  }

  @Test
  void saysWhatIsMostWorthKnowingOfANode() {
    var unreachable = CRANE.toBuilder().setReachable(false).setAnswered(false).build();
    var leaving = CRANE.toBuilder().setState(NodeState.NODE_STATE_LEAVING).build();
    var down = unreachable.toBuilder().setState(NodeState.NODE_STATE_DOWN).build();

    assertThat(NodeText.state(unreachable)).isEqualTo("unreachable");
    assertThat(NodeText.state(leaving)).isEqualTo("leaving");
    assertThat(NodeText.state(down)).isEqualTo("down");
  }

  @Test
  void tellsWhenNoDispatcherWorks() {
    server.nodes(CRANE.toBuilder().setDispatcher(false).build());

    assertThat(nodes()).isZero();

    assertThat(cli.err())
        .isEqualTo("no reachable node has the dispatcher; no task starts until one has it\n");
  }

  @Test
  void anOlderServerIsToldApart() {
    server.refuseNext(
        FakeReeve.refusal(Status.Code.UNIMPLEMENTED, "UNKNOWN_METHOD", "no such method", 0));

    assertThat(nodes()).isEqualTo(ExitCode.REFUSED.number());

    assertThat(cli.err()).contains("The server is of another version");
  }

  private int nodes(String... options) {
    var arguments = new String[options.length + 3];
    arguments[0] = "nodes";
    arguments[1] = "--endpoint";
    arguments[2] = server.endpoint();
    System.arraycopy(options, 0, arguments, 3, options.length);
    return cli.run(arguments);
  }
}
