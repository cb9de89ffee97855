package io.reeve.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The wall clock of processes, set while they run: libfaketime stands before the clock of the
 * system and reads a file that says what to add. Their monotonic clock stays what it is.
 */
public final class FakeClock implements AutoCloseable {

  /** Where Debian and its children put it, by architecture. */
  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"));

  private static final String FILE = "clock";

  /** Readable by whoever the process runs as. */
  private static final Set<PosixFilePermission> FOR_ALL =
      PosixFilePermissions.fromString("rwxr-xr-x");

  private final Path directory;

  /** One that shows the right time. */
  public FakeClock() {
    try {
      directory = Files.createTempDirectory("reeve-clock-");
      Files.setPosixFilePermissions(directory, FOR_ALL);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    setRight();
  }

  /** What this machine lacks for it; empty when it has all. */
  public static Optional<String> lacks() {
    return library().isPresent()
        ? Optional.empty()
        : Optional.of("expected libfaketime, package libfaketime");
  }

  private static Optional<Path> library() {
    return PLACES.stream().filter(Files::exists).findFirst();
  }

  /** What a process has to have in its environment. */
  public Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD", library().orElseThrow().toString(),
        "FAKETIME_TIMESTAMP_FILE", directory.resolve(FILE).toString(),
        "FAKETIME_CACHE_DURATION", "1",
        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
        // What it does else to waits by the monotonic clock lets a JVM hang.
        "FAKETIME_FORCE_MONOTONIC_FIX", "0");
  }

  /** From within a second on it shows this much more than the right time; below zero: less. */
  public void set(Duration ahead) {
    write(String.format(Locale.ROOT, "%+.3fs", ahead.toMillis() / 1000.0));
  }

  /** It shows the right time again. */
  public void setRight() {
    write("+0s");
  }

  /** In one step, so that nobody reads half of it. */
  private void write(String what) {
    try {
      var next = Files.writeString(directory.resolve(FILE + ".next"), what);
      Files.setPosixFilePermissions(next, FOR_ALL);
      Files.move(next, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The processes that have it must have ended; again and again has the effect of once. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(directory.resolve(FILE));
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
