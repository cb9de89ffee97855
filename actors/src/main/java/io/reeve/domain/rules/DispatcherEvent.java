package io.reeve.domain.rules;

/** What the journal of the dispatcher tells, in order. */
public sealed interface DispatcherEvent permits EpochStarted, QueueSet {}
