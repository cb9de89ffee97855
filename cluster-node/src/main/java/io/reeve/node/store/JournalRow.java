package io.reeve.node.store;

/**
 * One row of the journal as it is stored.
 *
 * @param manifest says how to read {@code payload}; given by the serializer of {@code serializerId}
 * @param payload the stored bytes; not copied, so not to be changed
 * @param writeTimestampMs when it was written, in milliseconds since the epoch by the writer's
 *     clock
 * @param writer the incarnation of the entity that wrote it, new after each restart
 */
@SuppressWarnings("ArrayRecordComponent") // a row is read once and never compared
public record JournalRow(
    String persistenceId,
    long sequenceNr,
    int serializerId,
    String manifest,
    byte[] payload,
    long writeTimestampMs,
    String writer) {}
