package io.reeve.postgres;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Archives as another program would write them. */
final class ArchiveSamples {

  static final String CONTENT = "echo hello";

  private static final int BLOCK = 512;

  private ArchiveSamples() {}

  /** One executable file with this name. */
  static InputStream file(String name) throws IOException {
    var header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000755");
    put(header, 124, "%011o".formatted(CONTENT.length()));
    header[156] = '0';
    var content = new byte[BLOCK];
    put(content, 0, CONTENT);
    var packed = new ByteArrayOutputStream();
    try (var out = new XZOutputStream(packed, new LZMA2Options(0))) {
      out.write(header);
      out.write(content);
      out.write(new byte[2 * BLOCK]);
    }
    return new ByteArrayInputStream(packed.toByteArray());
  }

  private static void put(byte[] block, int at, String text) {
    var bytes = text.getBytes(US_ASCII);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }
}
