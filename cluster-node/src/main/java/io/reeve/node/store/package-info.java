/**
 * The store: where journal and snapshots are kept, their schema, what makes an acknowledged row
 * durable there, and the removal of rows that are no longer needed. Either SQLite files in one
 * node's data directory, or a PostgreSQL database that the nodes of a cluster share.
 *
 * <p>Knows the two databases, the migration library and Pekko's persistence configuration, but
 * nothing of tasks or of what a row's payload means. Start reading at {@code Store}, then {@code
 * EmbeddedStore} or {@code PostgresStore}.
 */
@NullMarked
package io.reeve.node.store;

import org.jspecify.annotations.NullMarked;
