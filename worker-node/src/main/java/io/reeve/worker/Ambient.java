package io.reeve.worker;

import io.reeve.worker.link.ProcessFigures;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What a worker takes from its surroundings; the one place where clocks, randomness and ids come
 * from.
 *
 * @param nanos the monotonic clock
 * @param millis the wall clock, since the epoch
 * @param random for jitter; one per pool
 * @param incarnations a name that differs with each start
 * @param figures what the process costs; one per pool
 * @param host where it runs
 * @param pid as which process
 */
record Ambient(
    LongSupplier nanos,
    LongSupplier millis,
    Supplier<RandomGenerator> random,
    Supplier<String> incarnations,
    Supplier<ProcessFigures> figures,
    String host,
    long pid) {}
