package io.reeve.check;

import io.reeve.domain.task.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Submissions by their request ids: what was asked for, stored and answered. */
final class Calls {

  private final BiConsumer<Invariant, String> wrong;
  private final Function<TaskId, @Nullable TaskLife> lives;
  private final Map<String, List<String>> submissions = new HashMap<>();
  private final Map<String, Integer> called = new HashMap<>();
  private final Map<String, Fact.SubmitAnswered> answered = new LinkedHashMap<>();

  /**
   * @param lives gives what is known of a task
   */
  Calls(BiConsumer<Invariant, String> wrong, Function<TaskId, @Nullable TaskLife> lives) {
    this.wrong = wrong;
    this.lives = lives;
  }

  void called(Fact.SubmitCalled call) {
    called.merge(call.requestId(), call.tasks(), Math::max);
  }

  /** Tasks were stored. */
  void stored(String requestId, List<String> ids) {
    if (requestId.isEmpty()) {
      return;
    }
    var earlier = submissions.putIfAbsent(requestId, List.copyOf(ids));
    if (earlier != null) {
      wrong.accept(
          Invariant.ONE_SUBMISSION_PER_REQUEST,
          "request %s: submitted %s and again %s".formatted(requestId, earlier, ids));
    }
  }

  /** Whether somebody asked for so many tasks. */
  void wasAskedFor(String requestId, int tasks) {
    if (called.getOrDefault(requestId, -1) != tasks) {
      wrong.accept(
          Invariant.NO_GHOST,
          "request %s: stored %d tasks, asked for %s"
              .formatted(requestId, tasks, called.get(requestId)));
    }
  }

  void answered(Fact.SubmitAnswered answer) {
    var before = answered.putIfAbsent(answer.requestId(), answer);
    if (before != null && !before.equals(answer)) {
      wrong.accept(
          Invariant.ONE_SUBMISSION_PER_REQUEST,
          "request %s: answered %s and then %s".formatted(answer.requestId(), before, answer));
    }
  }

  /** Whether what a client was told is stored. */
  void isStored(Fact.SubmitAnswered answer) {
    if (answer.count() == 0
        && lives.apply(new TaskId(answer.partition(), answer.firstSequence())) == null) {
      wrong.accept(Invariant.NO_LOST_ACK, "names a task that is not stored: " + answer);
    }
    for (var i = 0; i < answer.count(); i++) {
      var id = new TaskId(answer.partition(), answer.firstSequence() + i);
      var life = lives.apply(id);
      if (life == null || !life.requestId.equals(answer.requestId())) {
        wrong.accept(
            Invariant.NO_LOST_ACK,
            "%s: acknowledged to request %s, not stored".formatted(id, answer.requestId()));
        return;
      }
    }
  }

  /** Nothing follows, and the journal was judged apart from what clients said. */
  void endOfJournal() {
    if (!called.isEmpty()) {
      submissions.forEach((requestId, ids) -> wasAskedFor(requestId, ids.size()));
    }
  }

  /** Nothing follows: every answer has to be stored. */
  void areStored() {
    answered.values().forEach(this::isStored);
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
}
