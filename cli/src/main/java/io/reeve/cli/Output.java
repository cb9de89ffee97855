package io.reeve.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that remembers why it could not be written; a {@link PrintStream} alone keeps
 * that to itself.
 */
final class Output extends PrintStream {

  private final Remembering target;

  Output(OutputStream target) {
    this(new Remembering(target));
  }

  private Output(Remembering target) {
    super(target, true, StandardCharsets.UTF_8);
    this.target = target;
  }

  /** The first failure, or null while everything was written. */
  @Nullable IOException failure() {
    return target.failure;
  }

  /** Whether the reader of a pipe has gone, as {@code head} goes when it has seen enough. */
  static boolean readerIsGone(IOException failure) {
    return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
  }

  private static final class Remembering extends FilterOutputStream {
    private volatile @Nullable IOException failure;

    Remembering(OutputStream target) {
      super(target);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        out.write(bytes, from, length);
      } catch (IOException failed) {
        throw remembered(failed);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException failed) {
        throw remembered(failed);
      }
    }

    private IOException remembered(IOException failed) {
      if (failure == null) {
        failure = failed;
      }
      return failed;
    }
  }

  /** Ends a command whose output goes nowhere any more. */
  static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Lost(IOException cause) {
      super(cause);
    }
  }
}
