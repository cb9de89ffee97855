package io.reeve.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import java.util.function.Function;

/**
 * How one kind of message travels.
 *
 * @param manifest names the form for ever; a form that means something else gets another
 * @param type of the message
 * @param write to the schema
 * @param parser of the schema
 * @param read from the schema
 */
record Form<M, P extends MessageLite>(
    String manifest, Class<M> type, Function<M, P> write, Parser<P> parser, Reading<P, M> read) {

  /** Turns what was parsed into a message. */
  @FunctionalInterface
  interface Reading<P, M> {
    M read(P parsed) throws UnreadableMessageException;
  }

  byte[] bytes(Object message) {
    return write.apply(type.cast(message)).toByteArray();
  }

  M message(byte[] bytes) throws UnreadableMessageException {
    var parsed = parse(bytes);
    try {
      return read.read(parsed);
    } catch (IllegalArgumentException e) {
      throw new UnreadableMessageException(
          "expected a message with manifest " + manifest + ", got values that it cannot have", e);
    }
  }

  private P parse(byte[] bytes) throws UnreadableMessageException {
    // Specifications stay views of the bytes until each is copied, once.
    var input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
    input.enableAliasing(true);
    try {
      return parser.parseFrom(input);
    } catch (InvalidProtocolBufferException e) {
      throw new UnreadableMessageException(
          "expected a message with manifest " + manifest + ", got other bytes", e);
    }
  }
}
