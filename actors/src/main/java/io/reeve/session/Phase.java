package io.reeve.session;

/** Where a session is in its life. */
enum Phase {
  /** The worker has not said hello. */
  NEW,
  /** The worker resumes; partitions have to confirm its leases. */
  ATTACHING,
  /** The worker was welcomed. */
  SERVING,
  /** The stream ended; the worker may still resume. */
  GRACE
}
