/**
 * One pool: supervises its slots and its link, watches deadlines, and drains. Start with {@link
 * io.reeve.worker.pool.Pool}.
 */
@NullMarked
package io.reeve.worker.pool;

import org.jspecify.annotations.NullMarked;
