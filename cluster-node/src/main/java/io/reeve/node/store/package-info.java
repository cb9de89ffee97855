/**
 * The embedded store: the SQLite files of one data directory that hold journal and snapshots, their
 * schema, their durability settings, and the removal of rows that are no longer needed.
 *
 * <p>Knows SQLite, the migration library and Pekko's persistence configuration, but nothing of
 * tasks or of what a row's payload means. Start reading at {@code EmbeddedStore}.
 */
@NullMarked
package io.reeve.node.store;

import org.jspecify.annotations.NullMarked;
