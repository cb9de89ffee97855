/**
 * A server that keeps its tasks in memory and obeys its test, for the modules that talk to Reeve.
 *
 * <p>It speaks the public protocol and promises nothing else: no durability, no leases that expire.
 * Start at {@link io.reeve.client.fake.FakeReeve}.
 */
@NullMarked
package io.reeve.client.fake;

import org.jspecify.annotations.NullMarked;
