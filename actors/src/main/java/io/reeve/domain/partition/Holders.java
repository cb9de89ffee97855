package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which leases here, and until when. Which session speaks for a holder is in memory only.
 */
final class Holders {

  /** A lease that was made before the partition started was delivered under no session. */
  static final int NO_SESSION = 0;

  static final class Holder {
    final String id;

    /** Highest session number seen; {@link #NO_SESSION} after a start, until one speaks up. */
    int sessionNo = NO_SESSION;

    /** When its leases run out unless renewed. */
    long expiresAtNanos;

    /** Sequence number of each leased task to the session number it was delivered under. */
    final LongIntMap leases = new LongIntMap();

    Holder(String id) {
      this.id = id;
    }
  }

  private final Limits limits;
  private final Map<String, Holder> byId = new LinkedHashMap<>();

  /** When the partition last looked at its holders, by the monotonic clock. */
  private long lookedAtNanos;

  /** The holder of the last look-up: settlements and leases come in runs of one holder. */
  private @Nullable Holder last;

  Holders(Limits limits) {
    this.limits = limits;
  }

  @Nullable Holder find(String id) {
    var recent = last;
    if (recent != null && recent.id.equals(id)) {
      return recent;
    }
    var holder = byId.get(id);
    if (holder != null) {
      last = holder;
    }
    return holder;
  }

  Holder findOrAdd(String id) {
    var holder = find(id);
    if (holder == null) {
      holder = new Holder(id);
      byId.put(id, holder);
      last = holder;
    }
    return holder;
  }

  void remove(Holder holder) {
    byId.remove(holder.id);
    if (last == holder) {
      last = null;
    }
  }

  /**
   * Notes that the partition looks at its holders now. After a pause it cannot tell a silent holder
   * from one whose renewals are still on their way: the partition was stalled, or was busy with one
   * batch. So it does what it does after a start, and gives every holder a full lease time.
   */
  void look(long nowNanos) {
    if (nowNanos - lookedAtNanos >= 2 * limits.lookNanos()) {
      expireAllAt(nowNanos + limits.leaseNanos());
    }
    lookedAtNanos = nowNanos;
  }

  /** Everything stored was replayed: every holder gets a full lease time. */
  void recovered(long nowNanos) {
    lookedAtNanos = nowNanos;
    expireAllAt(nowNanos + limits.leaseNanos());
  }

  /** Holders whose time is up, those without leases too. */
  List<Holder> expired(long nowNanos) {
    var expired = new ArrayList<Holder>();
    for (var holder : byId.values()) {
      if (nowNanos - holder.expiresAtNanos >= 0) {
        expired.add(holder);
      }
    }
    return expired;
  }

  /** Nanoseconds until the first holder with leases runs out; Long.MAX_VALUE when there is none. */
  long nextExpiryInNanos(long nowNanos) {
    var soonest = Long.MAX_VALUE;
    for (var holder : byId.values()) {
      if (holder.leases.size() > 0) {
        soonest = Math.min(soonest, TimeBounds.waitUntilNanos(holder.expiresAtNanos, nowNanos));
      }
    }
    return soonest;
  }

  boolean anyLeases() {
    for (var holder : byId.values()) {
      if (holder.leases.size() > 0) {
        return true;
      }
    }
    return false;
  }

  private void expireAllAt(long nanos) {
    byId.values().forEach(holder -> holder.expiresAtNanos = nanos);
  }

  void forEachWithLeases(ObjIntConsumer<String> consumer) {
    byId.forEach(
        (id, holder) -> {
          if (holder.leases.size() > 0) {
            consumer.accept(id, holder.leases.size());
          }
        });
  }
}
