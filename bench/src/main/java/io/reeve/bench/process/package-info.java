/**
 * Reeve's programs as processes of their own: started, measured from outside, and surely stopped.
 *
 * <p>Start at {@link io.reeve.bench.process.ReeveProcesses}. Knows the {@code reeve} command line
 * and nothing of what runs behind it.
 */
@NullMarked
package io.reeve.bench.process;

import org.jspecify.annotations.NullMarked;
