package io.reeve.session;

import io.reeve.domain.session.Misuse;

/** Where a session is in its life. */
enum Phase {
  /** The worker has not said hello. */
  NEW,
  /** The worker resumes; partitions have to confirm its leases. */
  ATTACHING,
  /** The worker was welcomed. */
  SERVING,
  /** The stream ended; the worker may still resume. */
  GRACE;

  /** What is wrong with a message that only a welcomed worker may send. */
  Misuse tooEarly() {
    return new Misuse(
        Misuse.Code.HELLO_EXPECTED,
        this == NEW
            ? "expected a hello first, got another message"
            : "expected nothing before the welcome, got another message");
  }
}
