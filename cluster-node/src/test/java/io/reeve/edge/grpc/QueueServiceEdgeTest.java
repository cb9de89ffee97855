package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Timestamp;
import io.grpc.StatusRuntimeException;
import io.reeve.dispatch.Queues;
import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.Pause;
import io.reeve.domain.rules.QueueChange;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.domain.rules.QueueRule;
import io.reeve.domain.rules.QueueSettings;
import io.reeve.edge.calls.Reason;
import io.reeve.v1.GetQueueRequest;
import io.reeve.v1.LaneMode;
import io.reeve.v1.ListQueuesRequest;
import io.reeve.v1.PauseQueueRequest;
import io.reeve.v1.Queue;
import io.reeve.v1.QueueServiceGrpc;
import io.reeve.v1.ResumeQueueRequest;
import io.reeve.v1.SetQueueRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueServiceEdgeTest {

  private static final Queues.Line MAIL =
      new Queues.Line(
          "mail",
          new QueueRule(
              7,
              new QueueSettings(
                  5, LanePreference.weighted(80, 20), new Pause("ann", "upgrade", 1_000, 0))),
          2,
          3);

  private final EdgeFixture edge = EdgeFixture.start();
  private final QueueServiceGrpc.QueueServiceBlockingStub client =
      QueueServiceGrpc.newBlockingStub(edge.channel());

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void setsWhatIsGivenAndTheDefaultOfWhatIsNot() {
    edge.queues.answer = new Queues.Changed(MAIL, List.of());

    var queue =
        client
            .setQueue(
                SetQueueRequest.newBuilder()
                    .setName("mail")
                    .setSettings(io.reeve.v1.QueueSettings.newBuilder().setWeight(5))
                    .setExpectedVersion(0)
                    .setBy("ann")
                    .setReason("more of them")
                    .build())
            .getQueue();

    assertThat(edge.queues.changes)
        .containsExactly(
            new QueueChange.Configure("mail", 5, LanePreference.STRICT, 0, "ann", "more of them"));
    assertThat(queue.getVersion()).isEqualTo(7);
    assertThat(queue.getSettings().getWeight()).isEqualTo(5);
    assertThat(queue.getSettings().getLanes().getMode()).isEqualTo(LaneMode.LANE_MODE_WEIGHTED);
    assertThat(queue.getSettings().getLanes().getUrgentShare()).isEqualTo(80);
  }

  @Test
  void withoutAnExpectedVersionAnyWillDo() {
    edge.queues.answer = new Queues.Changed(MAIL, List.of());

    client.setQueue(SetQueueRequest.newBuilder().setName("mail").build());

    assertThat(edge.queues.changes)
        .containsExactly(
            new QueueChange.Configure(
                "mail", 1, LanePreference.STRICT, QueueChange.ANY_VERSION, "", ""));
  }

  @Test
  void aPauseNamesThePartitionsThatOweIt() {
    edge.queues.answer = new Queues.Changed(MAIL, List.of(3));

    var paused =
        client.pauseQueue(
            PauseQueueRequest.newBuilder()
                .setName("mail")
                .setReason("upgrade")
                .setBy("ann")
                .setUntil(Timestamp.newBuilder().setSeconds(2))
                .build());

    assertThat(edge.queues.changes)
        .containsExactly(new QueueChange.PauseUntil("mail", 2_000, "ann", "upgrade"));
    assertThat(paused.getOwingPartitionsList()).containsExactly(3);
    assertThat(paused.getQueue().getPause().getBy()).isEqualTo("ann");
    assertThat(paused.getQueue().getPause().getSince().getSeconds()).isEqualTo(1);
    assertThat(paused.getQueue().getPause().hasUntil()).isFalse();
  }

  @Test
  void aQueueIsResumed() {
    edge.queues.answer = new Queues.Changed(MAIL, List.of());

    client.resumeQueue(ResumeQueueRequest.newBuilder().setName("mail").setBy("bob").build());

    assertThat(edge.queues.changes).containsExactly(new QueueChange.Resume("mail", "bob", ""));
  }

  @Test
  void refusalsOfTheRulesHaveTheirReasons() {
    assertThat(refused(QueueDecision.Code.VERSION_CHANGED)).isEqualTo("VERSION_CHANGED");
    assertThat(refused(QueueDecision.Code.TOO_MANY_QUEUES)).isEqualTo("TOO_MANY_QUEUES");
    assertThat(refused(QueueDecision.Code.TOO_MANY_PAUSES)).isEqualTo("TOO_MANY_PAUSES");
    assertThat(refused(QueueDecision.Code.PAUSE_IS_OVER)).isEqualTo("INVALID_REQUEST");
    assertThat(refused(QueueDecision.Code.NO_DISPATCHER)).isEqualTo("NO_DISPATCHER");
  }

  private String refused(QueueDecision.Code code) {
    edge.queues.answer = new Queues.Refused(code, "expected this, got that");
    return pauseRefusal().getReason();
  }

  @Test
  void withoutADispatcherACallMayBeRepeated() {
    assertThat(pauseRefusal().getReason()).isEqualTo(Reason.NO_DISPATCHER.name());
    edge.queues.shown = new Queues.Shown(0, List.of(), false);
    var refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> client.listQueues(ListQueuesRequest.getDefaultInstance()));
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("NO_DISPATCHER");
    assertThat(EdgeFixture.retryInfo(refusal)).isPresent();
  }

  private com.google.rpc.ErrorInfo pauseRefusal() {
    return EdgeFixture.errorInfo(
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> client.pauseQueue(PauseQueueRequest.newBuilder().setName("mail").build())));
  }

  @Test
  void aQueueIsShown() {
    edge.queues.shown = new Queues.Shown(1, List.of(MAIL), false);

    var queue = client.getQueue(GetQueueRequest.newBuilder().setName("mail").build()).getQueue();

    assertThat(queue.getReadyUrgent()).isEqualTo(2);
    assertThat(queue.getReadyNormal()).isEqualTo(3);
  }

  @Test
  void queuesAreListedPageByPage() {
    edge.queues.shown = new Queues.Shown(1, List.of(MAIL), true);

    var first = client.listQueues(ListQueuesRequest.newBuilder().setPageSize(1).build());
    client.listQueues(
        ListQueuesRequest.newBuilder().setPageToken(first.getNextPageToken()).build());

    assertThat(first.getQueuesList()).extracting(Queue::getName).containsExactly("mail");
    assertThat(edge.queues.asked).containsExactly(List.of("", 1), List.of("mail", 100));
  }

  @Test
  void fieldsOutOfBoundsAreRefusedByName() {
    assertThat(field(SetQueueRequest.newBuilder().setName("not a name"))).isEqualTo("name");
    assertThat(field(weight(1_001))).isEqualTo("settings.weight");
    assertThat(field(weight(-1))).isEqualTo("settings.weight");
    assertThat(field(lanes(LaneMode.LANE_MODE_WEIGHTED, 0, 20)))
        .isEqualTo("settings.lanes.urgent_share");
    assertThat(field(lanes(LaneMode.LANE_MODE_WEIGHTED, 80, 1_001)))
        .isEqualTo("settings.lanes.normal_share");
    assertThat(field(lanes(LaneMode.LANE_MODE_ALTERNATE, 80, 0)))
        .isEqualTo("settings.lanes.urgent_share");
    assertThat(field(SetQueueRequest.newBuilder().setName("q").setExpectedVersion(-1)))
        .isEqualTo("expected_version");
    assertThat(field(SetQueueRequest.newBuilder().setName("q").setBy("b".repeat(129))))
        .isEqualTo("by");
    assertThat(field(SetQueueRequest.newBuilder().setName("q").setReason("r".repeat(1_001))))
        .isEqualTo("reason");
    assertThat(edge.queues.changes).isEmpty();
  }

  private static SetQueueRequest.Builder weight(int weight) {
    return SetQueueRequest.newBuilder()
        .setName("q")
        .setSettings(io.reeve.v1.QueueSettings.newBuilder().setWeight(weight));
  }

  private static SetQueueRequest.Builder lanes(LaneMode mode, int urgent, int normal) {
    return SetQueueRequest.newBuilder()
        .setName("q")
        .setSettings(
            io.reeve.v1.QueueSettings.newBuilder()
                .setLanes(
                    io.reeve.v1.LanePreference.newBuilder()
                        .setMode(mode)
                        .setUrgentShare(urgent)
                        .setNormalShare(normal)));
  }

  private String field(SetQueueRequest.Builder request) {
    return EdgeFixture.field(
        catchThrowableOfType(StatusRuntimeException.class, () -> client.setQueue(request.build())));
  }
}
