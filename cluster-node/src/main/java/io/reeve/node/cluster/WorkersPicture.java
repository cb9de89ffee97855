package io.reeve.node.cluster;

import io.reeve.v1.ListWorkersResponse;
import io.reeve.v1.NodeState;
import io.reeve.v1.Worker;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** What is made of the membership and of what nodes know of workers. */
final class WorkersPicture {

  private WorkersPicture() {}

  /**
   * Every worker that some node knows, and which members said nothing, or nothing to be understood.
   *
   * @param bytesMax of the answer
   */
  static ListWorkersResponse of(List<MemberView> members, List<WorkersHere> answers, int bytesMax) {
    var known = new ArrayList<Worker>();
    var omitted = 0;
    var answered = new HashSet<String>();
    for (var answer : answers) {
      var here = answer.read();
      if (here.isPresent()) {
        answered.add(answer.node().incarnation());
        here.get().getWorkersList().forEach(worker -> known.add(at(answer.node(), worker)));
        omitted += here.get().getOmitted();
      }
    }
    var silent =
        members.stream()
            .filter(WorkersPicture::mayServe)
            .filter(member -> !answered.contains(member.incarnation()))
            .map(MemberView::address)
            .toList();
    return WorkerList.of(known, omitted, silent, bytesMax);
  }

  private static Worker at(NodeFacts.Identity node, Worker worker) {
    return worker.toBuilder().setNodeAddress(node.address()).setNodeName(node.name()).build();
  }

  /** A member without roles is of a version that knows none: it does everything. */
  private static boolean mayServe(MemberView member) {
    return member.state() != NodeState.NODE_STATE_DOWN
        && (member.roles().isEmpty() || member.roles().contains(Role.EDGE.word()));
  }
}
