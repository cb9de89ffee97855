package io.reeve.partition;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.reeve.v1.TaskSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Cuts the stored bytes of a specification without reading what is in them. */
final class SpecBytes {

  private SpecBytes() {}

  /** All fields but the payload, as they are. */
  static byte[] withoutPayload(byte[] spec) {
    var input = CodedInputStream.newInstance(spec);
    var lean = new ByteArrayOutputStream();
    try {
      var from = 0;
      for (var tag = input.readTag(); tag != 0; tag = input.readTag()) {
        input.skipField(tag);
        var to = input.getTotalBytesRead();
        if (WireFormat.getTagFieldNumber(tag) != TaskSpec.PAYLOAD_FIELD_NUMBER) {
          lean.write(spec, from, to - from);
        }
        from = to;
      }
    } catch (IOException e) {
      throw new IllegalStateException("expected a stored specification, got other bytes", e);
    }
    return lean.toByteArray();
  }
}
