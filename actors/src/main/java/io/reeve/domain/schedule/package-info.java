/**
 * When a schedule fires, as pure values and functions: cron expressions, intervals, dates, and the
 * policies for runs that were missed or overlap.
 *
 * <p>Knows nothing but the JDK: no clock, no randomness, no I/O, no actor. Start reading at {@code
 * ScheduleRule}.
 */
@NullMarked
package io.reeve.domain.schedule;

import org.jspecify.annotations.NullMarked;
