/**
 * The kinds that {@code reeve worker} serves without any code: exec, http, sleep, echo, fail and
 * simulate. Written against the public handler API alone, so they are examples of it too. Start
 * with {@link io.reeve.worker.builtin.Builtin}.
 */
@NullMarked
package io.reeve.worker.builtin;

import org.jspecify.annotations.NullMarked;
