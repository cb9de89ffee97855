package io.reeve.partition;

/**
 * Marks a message that may travel between nodes. Bound to a serializer in reference.conf, which has
 * a form for each.
 */
public interface Wire {}
