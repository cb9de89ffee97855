package io.reeve.node.store;

import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a store takes from the world.
 *
 * @param nanoTime monotonic
 * @param random fit for identities that no other store has
 */
public record StoreSenses(LongSupplier nanoTime, RandomGenerator random) {}
