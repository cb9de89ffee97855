package io.reeve.worker.slot;

import org.jspecify.annotations.Nullable;

/** One slot as the workload sees it; all of it is guarded by the workload. */
final class Place {
  SlotState state = SlotState.DOWN;
  @Nullable SlotRunner runner;
  @Nullable Attempt attempt;
  int restarts;
  String lastError = "";
}
