/**
 * A PostgreSQL server of our own on this machine, for tests, benchmarks and demonstrations: found,
 * set up, started, stopped and killed.
 *
 * <p>Knows processes and files, but nothing of what is stored in the server. Nothing in a node uses
 * it. Start reading at {@code LocalPostgres}.
 */
@NullMarked
package io.reeve.postgres;

import org.jspecify.annotations.NullMarked;
