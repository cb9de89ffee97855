package io.reeve.bench;

import org.jspecify.annotations.Nullable;

/**
 * What many waiting tasks cost. The names are those of the JSON output, and stay.
 *
 * @param tasks that wait, of a kind that nobody serves
 * @param payloadBytes of each
 * @param submitPerSecond tasks a second while they were submitted, by a cold node
 * @param heapBytesPerTask live bytes of the nodes' heaps, all structures included; absent without a
 *     JDK's jcmd
 * @param restartSeconds from the start of the killed nodes until each answers for all partitions
 * @param endToEndTasks tasks of another kind that were then run past the waiting ones
 * @param endToEndPerSecond at which rate, by a node that was cold at first
 * @param pacedTasks tasks that were then run at an even pace, which leaves the processors time
 * @param pacedPerSecond that pace
 * @param snapshots taken while tasks were run
 * @param longestSnapshotMs how long the longest of them took to be stored
 * @param longestAckDuringSnapshotMs how long the slowest submission took at that pace that was
 *     under way while a snapshot was being stored; one task a call, beside all the others
 * @param longestAckOtherwiseMs the same of submissions at all other times
 */
public record BacklogReport(
    int tasks,
    int payloadBytes,
    double submitPerSecond,
    @Nullable Double heapBytesPerTask,
    double restartSeconds,
    long endToEndTasks,
    double endToEndPerSecond,
    long pacedTasks,
    int pacedPerSecond,
    int snapshots,
    long longestSnapshotMs,
    long longestAckDuringSnapshotMs,
    long longestAckOtherwiseMs) {}
