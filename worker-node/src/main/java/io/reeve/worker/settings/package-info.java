/**
 * Everything the worker can be tuned by, read once and checked: {@code reeve.worker} in the
 * configuration, and the five environment variables above it. Knows no actor and no protocol. Start
 * with {@link io.reeve.worker.settings.WorkerSettings}.
 */
@NullMarked
package io.reeve.worker.settings;

import org.jspecify.annotations.NullMarked;
