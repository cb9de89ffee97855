package io.reeve.cli.cluster;

import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The outcome of the tasks.
 *
 * @param acknowledged tasks that the cluster acknowledged to the client
 * @param unanswered submissions that never got an answer, which may have arrived or not
 * @param attempts leases over all tasks
 * @param redeliveries leases beyond the first of each task
 * @param lost acknowledged or shown by a node, and not completed by the journal or for a node
 * @param doubled ended twice, submitted twice, or with two results
 * @param wrong completed with another result than expected
 */
public record ClusterVerdict(
    int acknowledged,
    int unanswered,
    long attempts,
    long redeliveries,
    Set<String> lost,
    Set<String> doubled,
    Set<String> wrong) {

  /** Whether nothing is lost, doubled or wrong. */
  public boolean good() {
    return lost.isEmpty() && doubled.isEmpty() && wrong.isEmpty();
  }

  /**
   * Judges.
   *
   * @param numberById the number of each task that the cluster acknowledged to the client
   * @param seenByNode all tasks with their results, as each node shows them
   */
  static ClusterVerdict of(
      Map<String, Integer> numberById,
      int unanswered,
      Audit audit,
      List<? extends Iterable<Task>> seenByNode) {
    var lost = new TreeSet<String>();
    var doubled = new TreeSet<>(audit.doubled());
    var wrong = new TreeSet<String>();
    var idOfNumber = new HashMap<Integer, String>();
    numberById.keySet().stream().filter(id -> !audit.completedOnce(id)).forEach(lost::add);
    for (var seen : seenByNode) {
      var missing = new TreeSet<>(numberById.keySet());
      for (var task : seen) {
        var number = DemoTask.number(task.getSpec().getName());
        if (number.isEmpty()) {
          continue;
        }
        missing.remove(task.getId());
        var first = idOfNumber.putIfAbsent(number.getAsInt(), task.getId());
        if (first != null && !first.equals(task.getId())) {
          doubled.add(task.getId());
        }
        if (task.getState() != TaskState.TASK_STATE_COMPLETED) {
          lost.add(task.getId());
        } else if (!task.getResult().toStringUtf8().equals(DemoTask.result(number.getAsInt()))) {
          wrong.add(task.getId());
        }
        var told = numberById.get(task.getId());
        if (told != null && told != number.getAsInt()) {
          // The client holds this id for another task.
          wrong.add(task.getId());
        }
      }
      lost.addAll(missing);
    }
    return new ClusterVerdict(
        numberById.size(), unanswered, audit.leases(), audit.redeliveries(), lost, doubled, wrong);
  }
}
