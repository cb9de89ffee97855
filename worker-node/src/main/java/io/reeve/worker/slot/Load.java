package io.reeve.worker.slot;

/** How much of everything a pool has now, by lane; for heartbeats. */
public record Load(int active, int activeUrgent, int queuedNormal, int queuedUrgent, int slotsUp) {}
