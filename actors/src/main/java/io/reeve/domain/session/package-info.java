/**
 * What a session counts: its credit, its leases, its settlements on their way, and what the worker
 * has acknowledged. Plain values and counters.
 *
 * <p>Knows nothing but the JDK and the words of the domain: no clock, no actor, no message. Start
 * reading at {@link io.reeve.domain.session.CreditBook}.
 */
@NullMarked
package io.reeve.domain.session;

import org.jspecify.annotations.NullMarked;
