package io.reeve.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reeve.v1.GetDemandResponse;

/** How many workers are wanted, as people and as programs read it. */
final class DemandText {

  private DemandText() {}

  /** One line; unknown values are blank. */
  static TextTable table(GetDemandResponse demand) {
    return new TextTable(
            "WANTED", "WORKERS", "WANTED SLOTS", "SLOTS", "HELD", "READY", "UNSERVED", "HOLD")
        .row(
            Long.toString(demand.getWantedWorkers()),
            Long.toString(demand.getWorkers()),
            Long.toString(demand.getWantedSlots()),
            Long.toString(demand.getSlots()),
            Long.toString(demand.getHeld()),
            Long.toString(demand.getReady()),
            Long.toString(demand.getUnserved()),
            demand.hasHoldTime() ? DurationText.of(Words.toDuration(demand.getHoldTime())) : "");
  }

  /** As {@code --output json} prints it, under the promise of {@link Json}. */
  static ObjectNode json(GetDemandResponse demand) {
    var json =
        Json.object()
            .put("wantedWorkers", demand.getWantedWorkers())
            .put("wantedSlots", demand.getWantedSlots())
            .put("workers", demand.getWorkers())
            .put("slots", demand.getSlots())
            .put("held", demand.getHeld())
            .put("ready", demand.getReady())
            .put("unserved", demand.getUnserved())
            .put("unheardPartitions", demand.getUnheardPartitions());
    return demand.hasHoldTime()
        ? json.put("holdMs", Words.toDuration(demand.getHoldTime()).toMillis())
        : json;
  }
}
