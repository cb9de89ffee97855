/**
 * The product as its users meet it: nodes and workers as processes of their own, killed, stopped
 * and restarted, and at the end the journal is read and judged.
 *
 * <p>Knows processes by what they print and answer, and a data directory by its journal; reaches
 * into no actor. Start reading at {@code WorkerIsKilled}, then at {@code io.reeve.check.Checker}.
 */
@NullMarked
package io.reeve.scenario;

import org.jspecify.annotations.NullMarked;
