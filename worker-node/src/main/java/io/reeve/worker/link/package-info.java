/**
 * The stream between one pool and a server: connecting, the session's handshake, heartbeats,
 * credit, and settlements until they are acknowledged. Knows what the pool holds ({@code slot}),
 * and nothing of how it is run. Start with {@link io.reeve.worker.link.PoolConnection}.
 */
@NullMarked
package io.reeve.worker.link;

import org.jspecify.annotations.NullMarked;
