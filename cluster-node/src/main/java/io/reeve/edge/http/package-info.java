/**
 * The HTTP edge: health and figures of the node, for programs that watch it, and the public
 * services as JSON. On a port of its own: a proxy in front of it can let watchers through and
 * nobody else.
 *
 * <p>Knows how to ask for what it shows, and nothing of who answers. Start reading at {@link
 * io.reeve.edge.http.HttpServer}; the paths are in {@link io.reeve.edge.http.Routes}, those of the
 * API in {@link io.reeve.edge.http.api.Operations}.
 */
@NullMarked
package io.reeve.edge.http;

import org.jspecify.annotations.NullMarked;
