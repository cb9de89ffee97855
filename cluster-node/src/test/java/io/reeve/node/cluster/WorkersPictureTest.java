package io.reeve.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.v1.ListWorkersResponse;
import io.reeve.v1.NodeState;
import io.reeve.v1.Worker;
import io.reeve.v1.WorkerStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkersPictureTest {

  private static final int MUCH = 1 << 20;

  private static final MemberView CRANE = member("crane", NodeState.NODE_STATE_UP, "edge", "tasks");
  private static final MemberView HERON = member("heron", NodeState.NODE_STATE_UP, "edge");

  @Test
  void eachWorkerHasTheNodeThatKnowsItBest() {
    var picture =
        WorkersPicture.of(
            List.of(CRANE, HERON),
            List.of(
                here("crane", worker("wren", WorkerStatus.WORKER_STATUS_OFFLINE)),
                here("heron", worker("wren", WorkerStatus.WORKER_STATUS_ONLINE))),
            MUCH);

    assertThat(picture.getSilentNodesList()).isEmpty();
    assertThat(picture.getWorkersList())
        .singleElement()
        .satisfies(
            worker -> {
              assertThat(worker.getNodeName()).isEqualTo("heron");
              assertThat(worker.getNodeAddress()).isEqualTo("heron:7355");
              assertThat(worker.getStatus()).isEqualTo(WorkerStatus.WORKER_STATUS_ONLINE);
            });
  }

  @Test
  void whoServesWorkersAndSaidNothingIsNamed() {
    var owner = member("owner", NodeState.NODE_STATE_UP, "tasks");
    var older = member("older", NodeState.NODE_STATE_UP);
    var down = member("down", NodeState.NODE_STATE_DOWN, "edge");

    var picture =
        WorkersPicture.of(List.of(CRANE, HERON, owner, older, down), List.of(here("crane")), MUCH);

    assertThat(picture.getSilentNodesList()).containsExactly("heron:7355", "older:7355");
  }

  @Test
  void anAnswerThatCannotBeReadIsNone() {
    var odd = new WorkersHere(identity("heron"), new byte[] {-1, -1, -1});

    var picture = WorkersPicture.of(List.of(CRANE, HERON), List.of(here("crane"), odd), MUCH);

    assertThat(picture.getSilentNodesList()).containsExactly("heron:7355");
  }

  @Test
  void whatNodesLeftOutIsCounted() {
    var crane = WorkersHere.of(identity("crane"), omitting(2));
    var heron = WorkersHere.of(identity("heron"), omitting(3));

    assertThat(WorkersPicture.of(List.of(CRANE, HERON), List.of(crane, heron), MUCH).getOmitted())
        .isEqualTo(5);
  }

  static WorkersHere here(String name, Worker... workers) {
    return WorkersHere.of(
        identity(name), ListWorkersResponse.newBuilder().addAllWorkers(List.of(workers)).build());
  }

  private static ListWorkersResponse omitting(int count) {
    return ListWorkersResponse.newBuilder().setOmitted(count).build();
  }

  private static NodeFacts.Identity identity(String name) {
    return new NodeFacts.Identity(name + ":7355", "of-" + name, name, "box", 1, "1.2.3", 0);
  }

  private static MemberView member(String name, NodeState state, String... roles) {
    return new MemberView(name + ":7355", "of-" + name, state, true, List.of(roles));
  }

  static Worker worker(String id, WorkerStatus status) {
    return Worker.newBuilder().setWorkerId(id).setPool("main").setStatus(status).build();
  }
}
