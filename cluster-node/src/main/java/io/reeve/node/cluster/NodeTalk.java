package io.reeve.node.cluster;

/**
 * Marks what nodes say of themselves to each other. Bound to {@link NodeTalkSerializer} in
 * reference.conf.
 */
interface NodeTalk {}
