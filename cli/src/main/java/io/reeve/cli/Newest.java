package io.reeve.cli;

import io.reeve.v1.Task;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the tasks that were submitted last, a bounded number of any number that it sees. */
final class Newest {

  private static final Comparator<Task> BY_AGE =
      Comparator.comparing(Newest::submittedAt).thenComparing(Task::getId);

  private final int max;
  private final PriorityQueue<Task> oldestFirst = new PriorityQueue<>(BY_AGE);
  private long seen;

  /**
   * @param max tasks that are kept; at least 1
   */
  Newest(int max) {
    this.max = max;
  }

  void add(Task task) {
    seen++;
    oldestFirst.add(task);
    if (oldestFirst.size() > max) {
      oldestFirst.remove();
    }
  }

  /** How many it has seen. */
  long seen() {
    return seen;
  }

  /** The kept ones, the newest first. */
  List<Task> tasks() {
    return oldestFirst.stream().sorted(BY_AGE.reversed()).toList();
  }

  private static Instant submittedAt(Task task) {
    var timestamp = task.getSubmittedAt();
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }
}
