package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Submission;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Request ids that make a repeated submission harmless, the oldest first.
 *
 * <p>An id is remembered for a longest time while there is room, and for a least time whatever
 * comes: without room for another id, the submission that brings it is refused until the oldest has
 * had its least time.
 */
final class RequestBook {

  /** Heap of an id beside its characters: entry, key, value and their share of the table. */
  static final int OVERHEAD = 160;

  private final Limits.Requests limits;
  private final LinkedHashMap<String, PartitionSnapshot.Request> byId = new LinkedHashMap<>();
  private long bytes;

  RequestBook(Limits.Requests limits) {
    this.limits = limits;
  }

  /** The submission that had this id; null when none is remembered. */
  PartitionSnapshot.@Nullable Request find(String requestId, long nowMs) {
    var known = requestId.isEmpty() ? null : byId.get(requestId);
    return known == null || nowMs - known.atMs() >= limits.keptMs() ? null : known;
  }

  /** Why a new id finds no room, or null. */
  @Nullable Rejection noRoomFor(String requestId, long nowMs) {
    if (requestId.isEmpty()) {
      return null;
    }
    var free = limits.bytesMax() - bytes;
    var needed = cost(requestId);
    for (var oldest : byId.values()) {
      if (free >= needed || isYoung(oldest, nowMs)) {
        break;
      }
      free += cost(oldest.requestId());
    }
    return free >= needed
        ? null
        : new Rejection(
            Rejection.Code.OVERLOADED,
            "expected request ids of the last %d s within %d bytes in a partition, got more"
                .formatted(limits.keptMinMs() / 1_000, limits.bytesMax()));
  }

  void add(Submission submission) {
    if (!submission.requestId().isEmpty()) {
      add(
          new PartitionSnapshot.Request(
              submission.requestId(),
              submission.bodyHash(),
              submission.firstSequence(),
              submission.tasks().size(),
              submission.atMs()));
    }
  }

  /** Takes in an id, and forgets the oldest over the bound. */
  void add(PartitionSnapshot.Request request) {
    // An id that comes again after its time is the newest now.
    if (byId.remove(request.requestId()) == null) {
      bytes += cost(request.requestId());
    }
    byId.put(request.requestId(), request);
    while (bytes > limits.bytesMax() && byId.size() > 1) {
      forget(byId.values().iterator().next());
    }
  }

  /** Forgets ids whose longest time is over. */
  void sweep(long nowMs) {
    var beforeMs = TimeBounds.minus(nowMs, limits.keptMs());
    var ids = byId.values().iterator();
    while (ids.hasNext()) {
      var oldest = ids.next();
      if (oldest.atMs() >= beforeMs) {
        return;
      }
      bytes -= cost(oldest.requestId());
      ids.remove();
    }
  }

  /** The ids, the oldest first. */
  PartitionSnapshot.Request[] snapshot() {
    return byId.values().toArray(PartitionSnapshot.Request[]::new);
  }

  private boolean isYoung(PartitionSnapshot.Request request, long nowMs) {
    return nowMs - request.atMs() < limits.keptMinMs();
  }

  private void forget(PartitionSnapshot.Request request) {
    byId.remove(request.requestId());
    bytes -= cost(request.requestId());
  }

  static long cost(String requestId) {
    return OVERHEAD + 2L * requestId.length();
  }
}
