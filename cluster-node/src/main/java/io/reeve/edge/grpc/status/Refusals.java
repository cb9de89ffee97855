package io.reeve.edge.grpc.status;

import io.reeve.edge.calls.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often calls and streams were refused, by reason. May be used by any thread. */
public final class Refusals {

  private final Map<Reason, LongAdder> counts = new EnumMap<>(Reason.class);

  Refusals() {
    for (var reason : Reason.values()) {
      counts.put(reason, new LongAdder());
    }
  }

  void count(Reason reason) {
    adder(reason).increment();
  }

  /** Refusals for that reason since the process began. */
  public long of(Reason reason) {
    return adder(reason).sum();
  }

  private LongAdder adder(Reason reason) {
    return java.util.Objects.requireNonNull(counts.get(reason));
  }
}
