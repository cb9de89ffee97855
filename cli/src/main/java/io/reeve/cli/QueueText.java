package io.reeve.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reeve.v1.LanePreference;
import io.reeve.v1.Queue;
import java.util.List;
import java.util.stream.Collectors;

/** Queues, as people and as programs read them. */
final class QueueText {

  private QueueText() {}

  static TextTable table(List<Queue> queues) {
    var table =
        new TextTable("QUEUE", "WEIGHT", "LANES", "READY", "URGENT", "PAUSED", "BY", "REASON");
    for (var queue : queues) {
      var pause = queue.getPause();
      table.row(
          Words.printable(queue.getName()),
          Integer.toString(queue.getSettings().getWeight()),
          lanes(queue.getSettings().getLanes()),
          Long.toString(queue.getReadyUrgent() + queue.getReadyNormal()),
          Long.toString(queue.getReadyUrgent()),
          paused(queue),
          Words.printable(pause.getBy()),
          Words.printable(pause.getReason()));
    }
    return table;
  }

  private static String paused(Queue queue) {
    if (!queue.hasPause()) {
      return "";
    }
    return queue.getPause().hasUntil()
        ? "until " + Words.toInstant(queue.getPause().getUntil())
        : "until resumed";
  }

  private static String lanes(LanePreference lanes) {
    return switch (lanes.getMode()) {
      case LANE_MODE_WEIGHTED -> lanes.getUrgentShare() + ":" + lanes.getNormalShare();
      case LANE_MODE_ALTERNATE -> "alternate";
      case LANE_MODE_UNSPECIFIED, LANE_MODE_STRICT, UNRECOGNIZED -> "strict";
    };
  }

  /** After a change, in one line. */
  static String sentence(Queue queue) {
    var paused = paused(queue);
    return "queue "
        + Words.printable(queue.getName())
        + ": weight "
        + queue.getSettings().getWeight()
        + ", lanes "
        + lanes(queue.getSettings().getLanes())
        + (paused.isEmpty() ? "" : ", paused " + paused);
  }

  static String numbers(List<Integer> partitions) {
    return partitions.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** As {@code --output json} prints it, under the promise of {@link Json}. */
  static ObjectNode json(Queue queue) {
    var json =
        Json.object()
            .put("queue", queue.getName())
            .put("version", queue.getVersion())
            .put("weight", queue.getSettings().getWeight())
            .put("lanes", lanes(queue.getSettings().getLanes()))
            .put("readyUrgent", queue.getReadyUrgent())
            .put("readyNormal", queue.getReadyNormal());
    if (queue.hasPause()) {
      var pause = queue.getPause();
      var shown =
          json.putObject("pause")
              .put("by", pause.getBy())
              .put("reason", pause.getReason())
              .put("since", Words.toInstant(pause.getSince()).toString());
      if (pause.hasUntil()) {
        shown.put("until", Words.toInstant(pause.getUntil()).toString());
      }
    }
    return json;
  }

  /**
   * @param owing partitions that do not keep the change yet
   */
  static ObjectNode json(Queue queue, List<Integer> owing) {
    var json = json(queue);
    var partitions = json.putArray("owingPartitions");
    owing.forEach(partitions::add);
    return json;
  }
}
