package io.reeve.simulation;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskId;
import io.reeve.partition.Assignment;
import io.reeve.session.Session;
import org.jspecify.annotations.Nullable;

/** One lease in the hands of a simulated worker. */
final class Attempt {

  final int partition;
  final Assignment assignment;
  boolean revoked;

  /** In which it was delivered. */
  String session = "";

  /** Whether its end gives credit in this session. */
  boolean counted = true;

  @Nullable Settlement settlement;

  Attempt(int partition, Assignment assignment) {
    this.partition = partition;
    this.assignment = assignment;
  }

  Session.Lease lease() {
    return new Session.Lease(new TaskId(partition, assignment.sequence()), assignment.fence());
  }

  boolean urgent() {
    return assignment.lane() == Lane.URGENT;
  }
}
