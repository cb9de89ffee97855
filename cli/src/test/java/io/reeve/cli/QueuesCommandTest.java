package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.reeve.client.fake.FakeReeve;
import io.reeve.v1.LaneMode;
import io.reeve.v1.LanePreference;
import io.reeve.v1.Queue;
import io.reeve.v1.QueuePause;
import io.reeve.v1.QueueSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueuesCommandTest {

  private static final Queue MAIL =
      Queue.newBuilder()
          .setName("mail")
          .setVersion(7)
          .setSettings(
              QueueSettings.newBuilder()
                  .setWeight(4)
                  .setLanes(
                      LanePreference.newBuilder()
                          .setMode(LaneMode.LANE_MODE_WEIGHTED)
                          .setUrgentShare(80)
                          .setNormalShare(20)))
          .setPause(
              QueuePause.newBuilder()
                  .setBy("ann")
                  .setReason("the provider is down")
                  .setSince(Timestamp.newBuilder().setSeconds(1_800_000_000)))
          .setReadyUrgent(2)
          .setReadyNormal(40)
          .build();
  private static final Queue PRINT =
      Queue.newBuilder()
          .setName("print")
          .setSettings(QueueSettings.newBuilder().setWeight(1))
          .setReadyNormal(3)
          .build();

  private final FakeReeve server = FakeReeve.start(CommandLineRun.NOON);
  private final CommandLineRun cli = new CommandLineRun();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void listsAllPagesInColumns() {
    server.queue(MAIL);
    server.queue(PRINT);

    assertThat(queues("list")).isZero();

    assertThat(cli.out().lines())
        .containsExactly(
            "QUEUE  WEIGHT  LANES   READY  URGENT  PAUSED         BY   REASON",
            "mail   4       80:20   42     2       until resumed  ann  the provider is down",
            "print  1       strict  3      0");
  }

  @Test
  void givesProgramsOneLineForEachQueue() {
    server.queue(MAIL);

    assertThat(queues("list", "--output", "json")).isZero();

    assertThat(cli.out())
        .isEqualTo(
            "{\"queue\":\"mail\",\"version\":7,\"weight\":4,\"lanes\":\"80:20\",\"readyUrgent\":2,"
                + "\"readyNormal\":40,\"pause\":{\"by\":\"ann\",\"reason\":\"the provider is down\","
                + "\"since\":\"2027-01-15T08:00:00Z\"}}\n");
  }

  @Test
  void saysThatThereIsNone() {
    assertThat(queues("list")).isZero();

    assertThat(cli.err()).contains("no queue has rules or ready tasks");
  }

  @Test
  void changesOnlyWhatIsGiven() {
    server.queue(MAIL.toBuilder().clearPause().build());

    assertThat(queues("set", "mail", "--weight", "9")).isZero();

    assertThat(cli.out()).isEqualTo("queue mail: weight 9, lanes 80:20\n");
  }

  @Test
  void takesLanesAsWordsAndAsShares() {
    assertThat(queues("set", "print", "--lanes", "70:30")).isZero();
    assertThat(cli.out()).isEqualTo("queue print: weight 1, lanes 70:30\n");
  }

  @Test
  void refusesLanesThatItDoesNotKnow() {
    assertThat(queues("set", "print", "--lanes", "sometimes")).isEqualTo(2);

    assertThat(cli.err())
        .contains(
            "expected strict, alternate or shares such as 80:20 for --lanes, got 'sometimes'");
  }

  @Test
  void pausesAndNamesWhoOwesIt() {
    server.owing(3, 5);

    assertThat(queues("pause", "mail", "--reason", "down", "--until", "2099-12-24T18:00:00Z"))
        .isEqualTo(6);

    assertThat(cli.out())
        .isEqualTo("queue mail: weight 1, lanes strict, paused until 2099-12-24T18:00:00Z\n");
    assertThat(cli.err())
        .contains(
            "partitions that did not answer and may still start tasks of the queue until they do:"
                + " 3, 5");
  }

  @Test
  void resumes() {
    server.queue(MAIL);

    assertThat(queues("resume", "mail", "--output", "json")).isZero();

    assertThat(cli.out()).doesNotContain("pause").contains("\"owingPartitions\":[]");
  }

  @Test
  void showsOneQueue() {
    server.queue(PRINT);

    assertThat(queues("get", "print")).isZero();

    assertThat(cli.out().lines()).hasSize(2);
  }

  private int queues(String... arguments) {
    var all = new ArrayList<>(List.of("queues"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--endpoint", server.endpoint()));
    return cli.run(all.toArray(String[]::new));
  }
}
