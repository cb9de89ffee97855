package io.reeve.partition;

import io.reeve.domain.partition.DeadLetters;
import io.reeve.domain.partition.LeaseRules;
import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.PartitionEvent;
import java.util.List;

/**
 * A batch in hand.
 *
 * @param now the instant at which all of it happens
 * @param events what happened so far, in order: the row to be
 */
record Draft(PartitionState state, Now now, List<PartitionEvent> events) {

  DeadLetters dead() {
    return state.dead();
  }

  LeaseRules leases() {
    return state.leases();
  }
}
