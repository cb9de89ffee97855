/**
 * What is stored: partition events and snapshots to bytes and back, for every release that ever
 * wrote some.
 *
 * <p>Knows the domain, the generated schema {@code reeve.journal.v1} and Pekko's serializer
 * interface; knows no actor and no storage. Start reading at {@link io.reeve.journal.PartitionRow},
 * then {@code RunEncoder} beside {@code journal.proto}.
 */
@NullMarked
package io.reeve.journal;

import org.jspecify.annotations.NullMarked;
