package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.reeve.client.fake.FakeReeve;
import io.reeve.v1.GetDemandResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DemandCommandTest {

  private static final GetDemandResponse BUSY =
      GetDemandResponse.newBuilder()
          .setWantedWorkers(3)
          .setWantedSlots(12)
          .setWorkers(1)
          .setSlots(4)
          .setHeld(4)
          .setReady(120)
          .setHoldTime(Duration.newBuilder().setSeconds(2).setNanos(40_000_000))
          .build();

  private final FakeReeve server = FakeReeve.start(CommandLineRun.NOON);
  private final CommandLineRun cli = new CommandLineRun();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void showsPeopleOneLine() {
    server.demand(BUSY);

    assertThat(demand()).isZero();

    assertThat(cli.out().lines())
        .containsExactly(
            "WANTED  WORKERS  WANTED SLOTS  SLOTS  HELD  READY  UNSERVED  HOLD",
            "3       1        12            4      4     120    0         2.0 s");
    assertThat(cli.err()).isEmpty();
    assertThat(server.demandAsked().getQueuesList()).isEmpty();
  }

  @Test
  void givesProgramsOneJsonDocument() {
    server.demand(BUSY);

    assertThat(demand("--output", "json")).isZero();

    assertThat(cli.out())
        .isEqualTo(
            "{\"wantedWorkers\":3,\"wantedSlots\":12,\"workers\":1,\"slots\":4,\"held\":4,"
                + "\"ready\":120,\"unserved\":0,\"unheardPartitions\":0,\"holdMs\":2040}\n");
  }

  @Test
  void asksForTheWorkersThatAreMeant() {
    assertThat(demand("--queue", "mail", "-q", "default", "--kind", "email")).isZero();

    assertThat(server.demandAsked().getQueuesList()).containsExactly("mail", "default");
    assertThat(server.demandAsked().getKindsList()).containsExactly("email");
  }

  @Test
  void tellsWhatTheFigureDoesNotTell() {
    server.demand(BUSY.toBuilder().setUnserved(7).setUnheardPartitions(2).clearHoldTime().build());

    assertThat(demand()).isZero();

    assertThat(cli.err().lines())
        .containsExactly(
            "7 ready tasks have a queue or a kind that no connected worker serves; start a worker for them",
            "2 partitions are moving, so more tasks may be ready; ask again in a moment");
  }

  @Test
  void nobodyKnowsWhileNoDispatcherWorks() {
    server.refuseNext(
        FakeReeve.refusal(Status.Code.UNAVAILABLE, "NO_ANSWER", "no dispatcher", 60_000));

    assertThat(demand("--call-timeout", "300ms")).isEqualTo(ExitCode.UNREACHABLE.number());

    assertThat(cli.err()).contains("no dispatcher");
  }

  private int demand(String... options) {
    var arguments = new String[options.length + 3];
    arguments[0] = "demand";
    arguments[1] = "--endpoint";
    arguments[2] = server.endpoint();
    System.arraycopy(options, 0, arguments, 3, options.length);
    return cli.run(arguments);
  }
}
