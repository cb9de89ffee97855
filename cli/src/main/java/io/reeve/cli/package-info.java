/**
 * The {@code reeve} command, for people and for scripts.
 *
 * <p>Start at {@link io.reeve.cli.ReeveCommand}; one class per command, each short. Commands talk
 * to the server by the client library only. {@link io.reeve.cli.Programs} is the one place that
 * knows how the server and the worker are started.
 */
@NullMarked
package io.reeve.cli;

import org.jspecify.annotations.NullMarked;
