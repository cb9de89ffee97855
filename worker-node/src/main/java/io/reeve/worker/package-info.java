/**
 * The Java worker library: {@link io.reeve.worker.Worker} runs {@link io.reeve.worker.TaskHandler}s
 * against a Reeve server, and {@link io.reeve.worker.WorkerMain} does so as a process with built-in
 * kinds.
 *
 * <p>Knows the public protocol and Pekko's local actors; nothing of the server's insides. Start
 * with {@code Worker}.
 */
@NullMarked
package io.reeve.worker;

import org.jspecify.annotations.NullMarked;
