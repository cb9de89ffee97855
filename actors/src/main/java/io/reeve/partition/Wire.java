package io.reeve.partition;

/** Marks what travels between nodes. Bound to a serializer in reference.conf. */
public interface Wire {}
