/**
 * What nodes say to each other, to bytes and back: every message of partitions, dispatcher and
 * sessions has a protobuf form and a short manifest of its own.
 *
 * <p>Knows the protocols, the generated schema {@code reeve.wire.v1} and Pekko's serializer
 * interface; decides nothing. Start reading at {@link io.reeve.wire.WireSerializer}, then at one of
 * the codecs beside its {@code .proto} file.
 */
@NullMarked
package io.reeve.wire;

import org.jspecify.annotations.NullMarked;
