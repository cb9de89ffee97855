/**
 * How the server's modules read their settings. A worker has a reader of its own, since what it
 * shares with the server is the protocol and nothing else.
 *
 * <p>Knows the configuration library alone. Start reading at {@link io.reeve.settings.Keys}.
 */
@NullMarked
package io.reeve.settings;

import org.jspecify.annotations.NullMarked;
