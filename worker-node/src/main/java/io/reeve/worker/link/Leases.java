package io.reeve.worker.link;

import io.reeve.v1.CancelLeases;
import io.reeve.v1.LeaseRef;
import io.reeve.worker.CancelCause;
import io.reeve.worker.slot.Lease;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Leases as the server names them, for the workload. */
final class Leases {

  private Leases() {}

  static Set<Lease> of(List<LeaseRef> refs) {
    var leases = new HashSet<Lease>();
    refs.forEach(ref -> leases.add(Lease.of(ref)));
    return leases;
  }

  /** What the server took back, and why. A reason that this worker does not know is a cancel. */
  static Map<Lease, CancelCause> revoked(CancelLeases cancel) {
    var leases = new HashMap<Lease, CancelCause>();
    for (var lease : cancel.getLeasesList()) {
      leases.put(
          new Lease(lease.getTaskId(), lease.getFence()),
          switch (lease.getReason()) {
            case CANCEL_REASON_TIMED_OUT -> CancelCause.TIMED_OUT;
            case CANCEL_REASON_LEASE_LOST -> CancelCause.LEASE_LOST;
            case CANCEL_REASON_CANCELLED, CANCEL_REASON_UNSPECIFIED, UNRECOGNIZED ->
                CancelCause.CANCELLED;
          });
    }
    return leases;
  }
}
