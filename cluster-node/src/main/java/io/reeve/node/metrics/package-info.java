/**
 * What a node shows at {@code /metrics}: one class for each part of it that has figures. Knows how
 * to read them, not how they come about, and measures nothing by itself. All names are in {@code
 * docs/metrics.md}. Start reading at {@link io.reeve.node.metrics.LeadershipMetrics}.
 */
@NullMarked
package io.reeve.node.metrics;

import org.jspecify.annotations.NullMarked;
