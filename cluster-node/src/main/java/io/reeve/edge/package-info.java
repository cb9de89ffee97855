/**
 * What the edges of a node share, whatever protocol they speak: their settings, and how the node
 * is. Knows no protocol. Start reading at {@link io.reeve.edge.NodeHealth}.
 */
@NullMarked
package io.reeve.edge;

import org.jspecify.annotations.NullMarked;
