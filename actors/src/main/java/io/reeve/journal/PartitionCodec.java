package io.reeve.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.TaskProfile;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A partition's events to the bytes of one journal row and back. Nothing is lost: decoding what was
 * encoded gives equal events in the same order.
 */
public final class PartitionCodec {

  private PartitionCodec() {}

  /**
   * The stored form of the events. Equal events give equal bytes.
   *
   * @throws IllegalArgumentException if a submitted task is not as tasks enter: the stored form has
   *     no place for an attempt, a fence or a failure before the submission
   */
  public static byte[] encode(List<? extends PartitionEvent> events) {
    return Sealed.of(RunEncoder.encode(events));
  }

  /**
   * The events of a row, in order.
   *
   * @param row of any release up to this one; not changed and not kept
   * @param profiles gives the one object that stands for all profiles equal to its argument
   * @throws UnreadableJournalException if the bytes are damaged or of a newer release
   */
  public static List<PartitionEvent> decode(byte[] row, UnaryOperator<TaskProfile> profiles) {
    return decode(Sealed.open(row), profiles);
  }

  /** The events of a row without its checksum, which was right. */
  static List<PartitionEvent> decode(ByteString content, UnaryOperator<TaskProfile> profiles) {
    try {
      // The input is of a ByteString, so payloads stay views of the row until each is copied, once.
      var input = content.newCodedInput();
      input.enableAliasing(true);
      return RunDecoder.decode(io.reeve.journal.v1.PartitionRow.parseFrom(input), profiles);
    } catch (InvalidProtocolBufferException e) {
      throw new UnreadableJournalException("expected a row of a partition, got other bytes", e);
    } catch (IOException e) {
      throw new IllegalStateException("an array in memory could not be read", e);
    }
  }
}
