package io.reeve.scenario;

import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges a whole history by what was promised, without the rules that wrote it: a second opinion on
 * {@code io.reeve.domain.task.Task}, kept apart from it on purpose.
 *
 * <ul>
 *   <li>Each task is submitted once, and one request id stands for one submission.
 *   <li>Fences grow by one with each lease, and a lease begins only when none is open and the task
 *       is due.
 *   <li>What ends an attempt carries the fence of the open lease.
 *   <li>Attempts stay within the bound of the task's policy; a release gives one back.
 *   <li>A task ends at most once, and nothing follows.
 * </ul>
 *
 * <p>Used by one thread: {@link #add} for each event in the order of the journal, then questions.
 */
final class JournalChecker {

  private static final int VIOLATIONS_KEPT_MAX = 100;

  /** What is known of one task. */
  private static final class Life {
    final int attemptsMax;
    long dueAtMs;
    int attempt;
    long fence;
    boolean leased;
    boolean ended;
    boolean completed;

    Life(int attemptsMax, long dueAtMs) {
      this.attemptsMax = attemptsMax;
      this.dueAtMs = dueAtMs;
    }
  }

  private final Map<TaskId, Life> lives = new HashMap<>();
  private final Map<String, List<String>> submissions = new HashMap<>();
  private final List<String> violations = new ArrayList<>();
  private long events;

  /** What was found wrong so far, in the order of the journal. */
  List<String> violations() {
    return List.copyOf(violations);
  }

  /** What is missing of what clients were told: the ids of tasks by request id. */
  List<String> missing(Map<String, List<String>> acknowledged) {
    var found = new ArrayList<String>();
    acknowledged.forEach(
        (requestId, taskIds) -> {
          var stored = submissions.get(requestId);
          if (!taskIds.equals(stored)) {
            found.add(
                "request %s: acknowledged %s, stored %s".formatted(requestId, taskIds, stored));
          }
        });
    return found;
  }

  /** Tasks that have not ended. */
  List<TaskId> unfinished() {
    return lives.entrySet().stream()
        .filter(entry -> !entry.getValue().ended)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** How much was judged, for the log of a test. */
  String summary() {
    var completed = lives.values().stream().filter(life -> life.completed).count();
    var again = lives.values().stream().filter(life -> life.fence > 1).count();
    return "%d events, %d tasks, %d completed, %d leased more than once"
        .formatted(events, lives.size(), completed, again);
  }

  /** The next event of a partition. */
  void add(int partition, PartitionEvent event) {
    events++;
    if (event instanceof Submission submission) {
      submitted(partition, submission);
    } else if (event instanceof TaskEvent change) {
      var id = new TaskId(partition, change.sequence());
      var life = lives.get(id);
      if (life == null) {
        violated("%s: %s of a task that was never submitted".formatted(id, name(change)));
      } else if (life.ended) {
        violated("%s: %s after its end".formatted(id, name(change)));
      } else {
        changed(id, life, change);
      }
    }
  }

  private void submitted(int partition, Submission submission) {
    var ids = new ArrayList<String>();
    for (var task : submission.tasks()) {
      var id = new TaskId(partition, task.spec().sequence());
      ids.add(id.toString());
      var life = new Life(task.spec().profile().retry().attemptsMax(), task.dueAtMs());
      if (lives.putIfAbsent(id, life) != null) {
        violated("%s: submitted twice".formatted(id));
      }
    }
    var requestId = submission.requestId();
    if (!requestId.isEmpty()) {
      var earlier = submissions.putIfAbsent(requestId, List.copyOf(ids));
      if (earlier != null) {
        violated("request %s: submitted %s and again %s".formatted(requestId, earlier, ids));
      }
    }
  }

  private void changed(TaskId id, Life life, TaskEvent event) {
    if (event instanceof TaskEvent.Leased leased) {
      leased(id, life, leased);
    } else if (event instanceof TaskEvent.Completed completed) {
      settled(id, life, event, completed.fence());
      life.ended = true;
      life.completed = true;
    } else if (event instanceof TaskEvent.AttemptFailed failed) {
      settled(id, life, event, failed.fence());
      life.dueAtMs = failed.retryAtMs();
    } else if (event instanceof TaskEvent.Died died) {
      settled(id, life, event, died.fence());
      life.ended = true;
    } else if (event instanceof TaskEvent.Released released) {
      settled(id, life, event, released.fence());
      life.attempt--;
      life.dueAtMs = 0;
    } else if (event instanceof TaskEvent.Expired) {
      if (life.fence > 0) {
        violated(
            "%s: expired while queued, though it was leased %d times".formatted(id, life.fence));
      }
      life.ended = true;
    } else if (event instanceof TaskEvent.Cancelled) {
      life.ended = true;
    } else {
      throw new IllegalStateException("an event that the checker does not know: " + event);
    }
  }

  private void leased(TaskId id, Life life, TaskEvent.Leased event) {
    if (life.leased) {
      violated(
          "%s: leased under fence %d while %d is open".formatted(id, event.fence(), life.fence));
    }
    if (event.fence() != life.fence + 1) {
      violated("%s: leased under fence %d after %d".formatted(id, event.fence(), life.fence));
    }
    if (event.attempt() != life.attempt + 1) {
      violated("%s: attempt %d after %d".formatted(id, event.attempt(), life.attempt));
    }
    if (event.attempt() > life.attemptsMax) {
      violated("%s: attempt %d of at most %d".formatted(id, event.attempt(), life.attemptsMax));
    }
    if (event.atMs() < life.dueAtMs) {
      violated("%s: leased %d ms before it was due".formatted(id, life.dueAtMs - event.atMs()));
    }
    life.leased = true;
    life.fence = event.fence();
    life.attempt = event.attempt();
  }

  private void settled(TaskId id, Life life, TaskEvent event, long fence) {
    if (!life.leased) {
      violated("%s: %s under fence %d, and no lease is open".formatted(id, name(event), fence));
    } else if (fence != life.fence) {
      violated("%s: %s under fence %d, expected %d".formatted(id, name(event), fence, life.fence));
    }
    life.leased = false;
  }

  private void violated(String what) {
    if (violations.size() < VIOLATIONS_KEPT_MAX) {
      violations.add(what);
    }
  }

  private static String name(TaskEvent event) {
    return event.getClass().getSimpleName();
  }
}
