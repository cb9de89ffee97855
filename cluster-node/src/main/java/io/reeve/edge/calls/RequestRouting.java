package io.reeve.edge.calls;

import io.reeve.domain.partition.PartitionCounts;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which partition takes a submission, and which has a schedule or a unique key. A repeat has to
 * meet the memory of the first call, also after the partitions became more; anything without a
 * request id goes round. For any thread.
 */
public final class RequestRouting {

  private final PartitionCounts counts;
  private final Duration kept;
  private final Clock clock;

  /** Where the next submission without a request id goes. */
  private final AtomicInteger rotation = new AtomicInteger();

  /**
   * @param counts of the partitions, now and before
   * @param kept how long partitions remember a request id
   */
  public RequestRouting(PartitionCounts counts, Duration kept, Clock clock) {
    this.counts = counts;
    this.kept = kept;
    this.clock = clock;
  }

  /** The partition that takes the submission; empty: no request id, and another one each time. */
  int home(String requestId) {
    return requestId.isEmpty()
        ? Math.floorMod(rotation.getAndIncrement(), counts.now())
        : counts.home(requestId);
  }

  /** Partitions that may have taken it before they became more; asked first. */
  List<Integer> earlier(String requestId) {
    return requestId.isEmpty()
        ? List.of()
        : counts.earlierHomes(requestId, clock.millis(), kept.toMillis());
  }

  /** The partition where something new of this name is made. */
  int homeOfName(String name) {
    return counts.home(name);
  }

  /** Other partitions that may have something of this name, from before they became more. */
  List<Integer> earlierOfName(String name) {
    return counts.earlierHomesOfName(name);
  }

  /**
   * All partitions that may remember a request id of a submission with the key of this name, where
   * their order does not tell who has it: a home of the key went away and came back.
   */
  List<Integer> scatteredOfName(String name) {
    if (!counts.homeCameBack(name)) {
      return List.of();
    }
    var all = new ArrayList<>(earlierOfName(name));
    all.add(homeOfName(name));
    return all;
  }
}
