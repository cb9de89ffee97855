package io.reeve.domain.rules;

/**
 * A dispatcher began to work. Stored once for each, so that its number is above all earlier ones
 * and two dispatchers never share one.
 *
 * @param epoch from 1
 * @param atMs milliseconds since the epoch, UTC
 * @param node address of its node, for people
 */
public record EpochStarted(long epoch, long atMs, String node) implements DispatcherEvent {}
