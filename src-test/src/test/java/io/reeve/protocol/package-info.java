/**
 * Guards of what strangers rely on: the public protocol {@code reeve.v1}, the stored rows of {@code
 * reeve.journal.v1}, and what nodes say to each other by {@code reeve.wire.v1}.
 *
 * <p>Works on descriptors alone and knows no generated class. Start reading at {@code
 * ProtoCompatibilityTest}.
 */
@NullMarked
package io.reeve.protocol;

import org.jspecify.annotations.NullMarked;
