package io.reeve.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.reeve.journal.Golden;
import java.util.List;

/** What a message means, in the words of its schema. */
final class WireReading {

  private WireReading() {}

  static List<String> of(WireForms forms, Golden golden) {
    try {
      return of(forms.of(golden.manifest()), golden.stored().get(0));
    } catch (UnreadableMessageException e) {
      throw new AssertionError(e);
    }
  }

  /** Read, and written again: only what this release knows of it is left. */
  static List<String> of(Form<?, ?> form, byte[] bytes) {
    try {
      var written = (Message) form.parser().parseFrom(form.bytes(form.message(bytes)));
      var text = TextFormat.printer().escapingNonAscii(false).printToString(written).strip();
      return (text.isEmpty() ? "nothing" : text).lines().toList();
    } catch (UnreadableMessageException | InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
