package io.reeve.postgres;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Archives as another program would write them. */
final class ArchiveSamples {

  static final String CONTENT = "echo hello";

  private static final int EXECUTABLE = 0100755;
  private static final boolean AS_IT_IS = true;

  private ArchiveSamples() {}

  /** One executable file with this name. */
  static InputStream file(String name) throws IOException {
    var entry = new TarArchiveEntry(name, AS_IT_IS);
    entry.setMode(EXECUTABLE);
    entry.setSize(CONTENT.length());
    return packed(entry, CONTENT);
  }

  /** One symbolic link. */
  static InputStream link(String name, String to) throws IOException {
    var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(to);
    return packed(entry, "");
  }

  /** One entry that is neither a file nor a directory nor a symbolic link. */
  static InputStream device(String name) throws IOException {
    return packed(new TarArchiveEntry(name, TarConstants.LF_CHR), "");
  }

  private static InputStream packed(TarArchiveEntry entry, String content) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var out = new TarArchiveOutputStream(new XZOutputStream(packed, new LZMA2Options(0)))) {
      out.putArchiveEntry(entry);
      out.write(content.getBytes(US_ASCII));
      out.closeArchiveEntry();
    }
    return new ByteArrayInputStream(packed.toByteArray());
  }
}
