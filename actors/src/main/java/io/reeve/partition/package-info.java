/**
 * The event-sourced owner of tasks: the shell around the rules of {@code io.reeve.domain}.
 *
 * <p>Knows the domain, the journal's codec and Pekko; knows nothing of gRPC, of storage products,
 * or of what dispatcher and sessions do with what they are told. Start reading at {@link
 * io.reeve.partition.Partition}.
 */
@NullMarked
package io.reeve.partition;

import org.jspecify.annotations.NullMarked;
