/**
 * The server process: configuration, wiring, start and stop.
 *
 * <p>Knows every part and puts them together; no part knows it. Decides nothing about tasks. Start
 * reading at {@link io.reeve.node.NodeMain}, then {@link io.reeve.node.Node}.
 */
@NullMarked
package io.reeve.node;

import org.jspecify.annotations.NullMarked;
