/**
 * The HTTP edge: health and figures of the node, for programs that watch it. On a port of its own,
 * since what may watch a node need not be what may give it work.
 *
 * <p>Knows how to ask for what it shows, and nothing of who answers. Start reading at {@link
 * io.reeve.edge.http.HttpServer}; the paths are in {@link io.reeve.edge.http.Routes}.
 */
@NullMarked
package io.reeve.edge.http;

import org.jspecify.annotations.NullMarked;
