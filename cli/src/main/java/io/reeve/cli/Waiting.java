package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.TaskStates;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * Waits for the end of many tasks, a bounded number of watches at a time.
 *
 * <p>Tasks end in about the order in which they were submitted, so the watches move through them as
 * the workers do. A task that has ended already costs one short call.
 */
final class Waiting {

  private static final int WATCHES_MAX = 32;

  private final ReeveClient client;
  private final Duration timeout;
  private final Runnable onEnd;

  Waiting(ReeveClient client, Duration timeout, Runnable onEnd) {
    this.client = client;
    this.timeout = timeout;
    this.onEnd = onEnd;
  }

  /** How many tasks ended in which state. */
  record Counts(Map<TaskState, Integer> byState) {

    int completed() {
      return byState.getOrDefault(TaskState.TASK_STATE_COMPLETED, 0);
    }

    Map<String, Integer> byName() {
      var named = new TreeMap<String, Integer>();
      byState.forEach((state, count) -> named.put(TaskStates.name(state), count));
      return named;
    }

    String inWords() {
      return byName().entrySet().stream()
          .map(entry -> String.format(Locale.ROOT, "%,d %s", entry.getValue(), entry.getKey()))
          .collect(Collectors.joining(", "));
    }
  }

  Counts await(List<String> ids) {
    var counts = new EnumMap<TaskState, Integer>(TaskState.class);
    var open = new ArrayDeque<CompletableFuture<Task>>();
    for (var id : ids) {
      if (open.size() == WATCHES_MAX) {
        count(counts, open.remove());
      }
      open.add(client.awaitResultAsync(id, timeout));
    }
    while (!open.isEmpty()) {
      count(counts, open.remove());
    }
    return new Counts(counts);
  }

  private void count(Map<TaskState, Integer> counts, CompletableFuture<Task> ended) {
    try {
      counts.merge(ended.join().getState(), 1, Integer::sum);
      onEnd.run();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof ReeveException failure) {
        throw failure;
      }
      throw failed;
    }
  }
}
