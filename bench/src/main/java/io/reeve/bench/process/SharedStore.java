package io.reeve.bench.process;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A store that the nodes of a run share.
 *
 * @param environment variables that name it to a node; they may hold a password
 * @param pids its processes on this machine now; empty where it runs on another
 * @param rows what it has taken in
 */
public record SharedStore(
    Map<String, String> environment, Supplier<List<Long>> pids, JournalRows rows) {

  public SharedStore {
    environment = Map.copyOf(environment);
  }
}
