package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.partition.Leases;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Which renewals reached which partition, for the judgement of leases that ran out. */
final class Renewals {

  private record Renewal(int sessionNo, long atNanos) {}

  /** What one partition heard, whichever writer it had. */
  final class Heard implements Consumer<Object> {

    private final Map<String, Renewal> last = new HashMap<>();

    @Override
    public void accept(Object message) {
      if (message instanceof Leases.Renew renew) {
        last.put(renew.holder(), new Renewal(renew.sessionNo(), world.nanos()));
      }
    }

    /** The partition starts a writer. */
    long incarnation(long incarnation) {
      byIncarnation.put(incarnation, this);
      return incarnation;
    }
  }

  private final World world;
  private final Checker checker;
  private final Map<Long, Heard> byIncarnation = new HashMap<>();

  Renewals(World world, Checker checker) {
    this.world = world;
    this.checker = checker;
  }

  Heard ofPartition() {
    return new Heard();
  }

  /**
   * @param sessionNo the latest of the holder's sessions that the partition knew
   */
  void leaseRanOut(int partition, long incarnation, String holder, int sessionNo) {
    var heard = byIncarnation.get(incarnation);
    var last = heard == null ? null : heard.last.get(holder);
    if (last == null || last.sessionNo() < sessionNo) {
      return;
    }
    var ago = world.nanos() - last.atNanos();
    // A later renewal reached the partition while its last batch was on the way to the writer.
    if (ago >= Network.LOCAL_MAX) {
      checker.add(new Fact.LeaseRanOut(partition, holder, ago));
    }
  }
}
