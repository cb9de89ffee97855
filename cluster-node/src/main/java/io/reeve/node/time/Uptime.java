package io.reeve.node.time;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * How long the machine has been up, sleep included, as Linux tells it in {@code /proc/uptime} in
 * steps of 10 ms (proc_uptime(5)). Other systems do not say.
 */
final class Uptime {

  private static final Path FILE = Path.of("/proc/uptime");
  private static final Pattern SECONDS = Pattern.compile("(\\d{1,10})\\.(\\d\\d) .*");

  private Uptime() {}

  /** In milliseconds; empty where the machine does not say. */
  static OptionalLong millis() {
    try {
      return parse(Files.readString(FILE, StandardCharsets.US_ASCII).strip());
    } catch (IOException notLinux) {
      return OptionalLong.empty();
    }
  }

  static OptionalLong parse(String line) {
    var seconds = SECONDS.matcher(line);
    return seconds.matches()
        ? OptionalLong.of(
            Long.parseLong(seconds.group(1)) * 1000 + Long.parseLong(seconds.group(2)) * 10)
        : OptionalLong.empty();
  }
}
