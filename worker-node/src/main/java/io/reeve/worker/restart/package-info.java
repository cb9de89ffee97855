/**
 * When something that ended is started again, and after which wait: policies, backoff, and a limit
 * of restarts within a window. Pure functions over values; time and randomness come in as
 * arguments. Start with {@link io.reeve.worker.restart.Restarts}.
 */
@NullMarked
package io.reeve.worker.restart;

import org.jspecify.annotations.NullMarked;
