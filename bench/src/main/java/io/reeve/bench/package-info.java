/**
 * The benchmark of the whole system: server, worker and client in processes of their own,
 * everything durable.
 *
 * <p>Start at {@link io.reeve.bench.BenchRun}. Knows the client library, the worker protocol and
 * the {@code reeve} command line; nothing of the server's insides but where its journal lies.
 */
@NullMarked
package io.reeve.bench;

import org.jspecify.annotations.NullMarked;
