/**
 * The real rules and the real shells of partitions, dispatcher and sessions, run by one thread in
 * virtual time from one seed, with everything around them simulated: journal, network, workers,
 * clients, clocks, and what goes wrong with each. And beside it a search through every order of
 * events in a small world.
 *
 * <p>Only the event-sourced shells are replaced, by {@code io.reeve.partition.SimulatedWriter} and
 * {@link io.reeve.simulation.EpochLog}. Judged by {@code io.reeve.check}. Start reading at {@link
 * io.reeve.simulation.Simulation}.
 */
@NullMarked
package io.reeve.simulation;

import org.jspecify.annotations.NullMarked;
