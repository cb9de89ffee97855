package io.reeve.domain.dispatch;

import io.reeve.domain.task.TaskClass;

/**
 * A ready task, as its partition describes it to the dispatcher.
 *
 * @param ahead ready tasks of its class that the partition leases before it, those that open grants
 *     will take included
 * @param submittedMs when it was submitted, in milliseconds since the epoch
 */
public record ReadyTask(TaskClass taskClass, int partition, long ahead, long submittedMs) {}
