/**
 * {@code reeve cluster-demo}: a steady load on three nodes, one of which is killed and another
 * stopped.
 *
 * <p>Start at {@link io.reeve.cli.cluster.ClusterDemo}. {@link
 * io.reeve.cli.cluster.JournalFollower} reads the journal while the nodes write it. What counts as
 * lost, doubled or wrong is decided by {@link io.reeve.cli.cluster.ClusterVerdict} alone, from what
 * the client was told, what the journal says and what each node answers; how long work stood still,
 * by {@link io.reeve.cli.cluster.Moments} and {@link io.reeve.cli.cluster.Pulse}.
 */
@NullMarked
package io.reeve.cli.cluster;

import org.jspecify.annotations.NullMarked;
