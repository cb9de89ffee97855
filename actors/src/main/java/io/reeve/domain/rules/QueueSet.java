package io.reeve.domain.rules;

/**
 * The settings of a queue are these from now on.
 *
 * @param version counts the changes to all queues, from 1
 * @param settings all of the queue's; {@link QueueSettings#PLAIN}: it has none any more
 * @param by who wanted it so, for people
 * @param reason why, for people
 * @param atMs milliseconds since the epoch, UTC
 */
public record QueueSet(
    long version, String queue, QueueSettings settings, String by, String reason, long atMs)
    implements DispatcherEvent {}
