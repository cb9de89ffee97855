package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.reeve.client.fake.FakeReeve;
import io.reeve.v1.ListWorkersResponse;
import io.reeve.v1.Worker;
import io.reeve.v1.WorkerReport;
import io.reeve.v1.WorkerState;
import io.reeve.v1.WorkerStatus;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkersCommandTest {

  private static final Worker WREN =
      Worker.newBuilder()
          .setWorkerId("wren")
          .setPool("main")
          .setIncarnation("a1")
          .setStatus(WorkerStatus.WORKER_STATUS_ONLINE)
          .setNodeAddress("10.0.0.1:7355")
          .setNodeName("crane")
          .setCapacity(8)
          .setUrgentReserve(1)
          .setLeases(5)
          .setReport(
              WorkerReport.newBuilder()
                  .setState(WorkerState.WORKER_STATE_RUNNING)
                  .setActive(3)
                  .setActiveUrgent(1)
                  .setQueuedNormal(1)
                  .setQueuedUrgent(1)
                  .setCpuMillicores(125)
                  .setMemoryBytes(64 << 20))
          .setConnectedAt(
              Timestamp.newBuilder()
                  .setSeconds(Instant.parse("2026-11-20T11:00:00Z").getEpochSecond()))
          .setHeardAgo(Duration.newBuilder().setNanos(800_000_000))
          .addQueues("default")
          .addQueues("mail")
          .setMoreQueues(2)
          .addKinds("*")
          .setClient("reeve-worker-java/1.2.3")
          .setHost("box-1")
          .setPid(42)
          .putLabels("zone", "eu")
          .putLabels("disk", "ssd")
          .setMoreLabels(1)
          .build();

  private static final Worker GONE =
      Worker.newBuilder()
          .setWorkerId("robin")
          .setPool("main")
          .setIncarnation("b2")
          .setStatus(WorkerStatus.WORKER_STATUS_OFFLINE)
          .setReason("SLOW_READER")
          .setNodeAddress("10.0.0.2:7355")
          .setCapacity(4)
          .setHeardAgo(Duration.newBuilder().setSeconds(75))
          .addQueues("default")
          .addKinds("echo")
          .build();

  private final FakeReeve server = FakeReeve.start(CommandLineRun.NOON);
  private final CommandLineRun cli = new CommandLineRun();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void showsPeopleOneLineForEachWorkerThoseOnlineFirst() {
    server.workers(answer(GONE, WREN).build());

    assertThat(workers()).isZero();

    assertThat(cli.out().lines())
        .containsExactly(
            "WORKER  POOL  STATUS               NODE           ACTIVE  LEASES  QUEUED  CPU   MEMORY"
                + "  HEARD     QUEUES           KINDS  LABELS               HOST   PID  CLIENT",
            "wren    main  online               crane          3       5/8     2       0.13  64    "
                + "  800 ms    default,mail,+2  *      disk=ssd,zone=eu,+1  box-1  42   reeve-worker-java/1.2.3",
            "robin   main  offline slow-reader  10.0.0.2:7355          0/4                         "
                + "  1 m 15 s  default          echo");
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void linesAreCutToTheTerminal() {
    server.workers(answer(GONE, WREN).build());
    cli.onTerminal(60);

    assertThat(workers()).isZero();

    assertThat(cli.out().lines().map(line -> line.replaceAll("\u001b\\[[0-9]*m", "")))
        .hasSize(3)
        .allMatch(line -> line.codePointCount(0, line.length()) <= 60);
  }

  @Test
  void givesProgramsOneJsonDocumentForEachWorker() {
    server.workers(answer(GONE, WREN).build());

    assertThat(workers("--output", "json")).isZero();

    assertThat(cli.out().lines())
        .containsExactly(
            "{\"workerId\":\"wren\",\"pool\":\"main\",\"incarnation\":\"a1\",\"status\":\"online\","
                + "\"nodeAddress\":\"10.0.0.1:7355\",\"nodeName\":\"crane\","
                + "\"connectedAt\":\"2026-11-20T11:00:00Z\",\"heardAgoMs\":800,\"capacity\":8,"
                + "\"urgentReserve\":1,\"leases\":5,\"state\":\"running\",\"active\":3,"
                + "\"activeUrgent\":1,\"queuedNormal\":1,\"queuedUrgent\":1,\"cpuMillicores\":125,"
                + "\"memoryBytes\":67108864,\"queues\":[\"default\",\"mail\"],\"moreQueues\":2,"
                + "\"kinds\":[\"*\"],\"moreKinds\":0,"
                + "\"labels\":{\"disk\":\"ssd\",\"zone\":\"eu\"},\"moreLabels\":1,"
                + "\"client\":\"reeve-worker-java/1.2.3\","
                + "\"host\":\"box-1\",\"pid\":42}",
            "{\"workerId\":\"robin\",\"pool\":\"main\",\"incarnation\":\"b2\",\"status\":\"offline\","
                + "\"reason\":\"SLOW_READER\",\"nodeAddress\":\"10.0.0.2:7355\",\"nodeName\":\"\","
                + "\"connectedAt\":\"1970-01-01T00:00:00Z\",\"heardAgoMs\":75000,\"capacity\":4,"
                + "\"urgentReserve\":0,\"leases\":0,\"queues\":[\"default\"],\"moreQueues\":0,"
                + "\"kinds\":[\"echo\"],\"moreKinds\":0,\"moreLabels\":0,\"client\":\"\","
                + "\"host\":\"\",\"pid\":0}");
  }

  @Test
  void saysWhatTheListDoesNotShow() {
    server.workers(
        answer(WREN)
            .setOmitted(12)
            .addAllSilentNodes(List.of("10.0.0.3:7355", "10.0.0.4:7355"))
            .build());

    assertThat(workers()).isZero();

    assertThat(cli.out().lines()).hasSize(2);
    assertThat(cli.err())
        .isEqualTo(
            "workers left out, because the list would be too long: 12\n"
                + "nodes that did not answer, whose workers may be missing here: 10.0.0.3:7355,"
                + " 10.0.0.4:7355; see 'reeve nodes'\n");
  }

  @Test
  void saysWhatToDoWhereThereAreNone() {
    assertThat(workers()).isZero();

    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).contains("'reeve worker' starts one");
  }

  @Test
  void textOfOthersIsShownAndNeverObeyed() {
    server.workers(answer(WREN.toBuilder().setHost("\u001b[31mbox").build()).build());

    assertThat(workers()).isZero();

    assertThat(cli.out()).contains("\\u001b[31mbox").doesNotContain("\u001b");
  }

  @Test
  void anOlderServerIsToldApart() {
    server.refuseNext(
        FakeReeve.refusal(Status.Code.UNIMPLEMENTED, "UNKNOWN_METHOD", "no such method", 0));

    assertThat(workers()).isEqualTo(ExitCode.REFUSED.number());

    assertThat(cli.err()).contains("The server is of another version");
  }

  private static ListWorkersResponse.Builder answer(Worker... workers) {
    return ListWorkersResponse.newBuilder().addAllWorkers(List.of(workers));
  }

  private int workers(String... options) {
    var arguments = new String[options.length + 3];
    arguments[0] = "workers";
    arguments[1] = "--endpoint";
    arguments[2] = server.endpoint();
    System.arraycopy(options, 0, arguments, 3, options.length);
    return cli.run(arguments);
  }
}
