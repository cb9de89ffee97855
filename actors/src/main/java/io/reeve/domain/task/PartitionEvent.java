package io.reeve.domain.task;

/** What a partition's journal tells, in order: submissions, and then what became of their tasks. */
public sealed interface PartitionEvent permits Submission, TaskEvent {}
