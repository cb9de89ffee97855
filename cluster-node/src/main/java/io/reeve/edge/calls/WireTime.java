package io.reeve.edge.calls;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.reeve.domain.TimeBounds;

/** Puts times into the words of the public protocol. */
public final class WireTime {

  private WireTime() {}

  /** The instant, which the bounds keep within what every library can print. */
  public static Timestamp instant(long epochMs) {
    var bounded = TimeBounds.instant(epochMs);
    return Timestamp.newBuilder()
        .setSeconds(bounded / 1000)
        .setNanos((int) (bounded % 1000) * 1_000_000)
        .build();
  }

  public static Duration duration(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.toSeconds())
        .setNanos(duration.toNanosPart())
        .build();
  }
}
