package io.reeve.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads settings below one path and checks their bounds. Every error is an {@link
 * IllegalArgumentException} that names the key's full path, what was expected and what was found.
 */
public final class Keys {

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?:\\[[^\\s\\[\\]/]+]|[^\\s:/\\[\\]]+):([0-9]{1,5})");

  /** A name of the longest kind, and its port. */
  private static final int HOST_AND_PORT_LENGTH_MAX = 260;

  private final Config config;
  private final String path;

  /** Reads the keys below {@code path} of {@code config}. */
  public Keys(Config config, String path) {
    this.config = config;
    this.path = path;
  }

  /** The keys below {@code key}. */
  public Keys below(String key) {
    return new Keys(config, path + "." + key);
  }

  public String text(String key) {
    return read(key, "a text", config::getString);
  }

  /** A directory, which need not be there; the empty name would stand for the working directory. */
  public Path directory(String key) {
    var name = text(key);
    demand(key, !name.isEmpty(), "the name of a directory", "an empty one");
    return Path.of(name);
  }

  /** A list in a file; one text with commas where the environment or an option says it. */
  public List<String> texts(String key) {
    return read(key, "a list of texts, or one with commas between", full -> texts(config, full));
  }

  private static List<String> texts(Config config, String full) {
    if (config.getValue(full).valueType() == ConfigValueType.LIST) {
      return List.copyOf(config.getStringList(full));
    }
    return Arrays.stream(config.getString(full).split(","))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  public boolean flag(String key) {
    return read(key, "on or off", config::getBoolean);
  }

  /** A count within bounds, both inclusive. */
  public int count(String key, int min, int max) {
    int value = read(key, "a whole number", config::getInt);
    demand(key, value >= min && value <= max, min + " to " + max, Integer.toString(value));
    return value;
  }

  public double number(String key, double min, double max) {
    double value = read(key, "a number", config::getDouble);
    demand(key, value >= min && value <= max, min + " to " + max, Double.toString(value));
    return value;
  }

  /** A size in bytes within bounds, both inclusive, that an array can have. */
  public int bytes(String key, long min, int max) {
    return (int) bytes(key, min, (long) max);
  }

  /** A size in bytes within bounds, both inclusive. */
  public long bytes(String key, long min, long max) {
    long value = read(key, "a size such as 4 MiB", config::getBytes);
    demand(key, value >= min && value <= max, min + " to " + max + " bytes", Long.toString(value));
    return value;
  }

  /** A size of at least so many bytes. */
  public long bytesFrom(String key, long min) {
    long value = read(key, "a size such as 4 MiB", config::getBytes);
    demand(key, value >= min, min + " bytes or more", Long.toString(value));
    return value;
  }

  /** A duration of more than nothing. */
  public Duration positive(String key) {
    var value = duration(key);
    demand(key, !value.isZero() && !value.isNegative(), "more than 0", value.toMillis() + " ms");
    return value;
  }

  /** A duration of at least so much. */
  public Duration durationFrom(String key, Duration min) {
    var value = duration(key);
    demand(
        key, value.compareTo(min) >= 0, min.toMillis() + " ms or more", value.toMillis() + " ms");
    return value;
  }

  private Duration duration(String key) {
    return read(key, "a duration such as 10 s", config::getDuration);
  }

  /** A duration within bounds, both inclusive. */
  public Duration duration(String key, Duration min, Duration max) {
    var value = duration(key);
    demand(
        key,
        value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
        min.toMillis() + " ms to " + max.toMillis() + " ms",
        value.toMillis() + " ms");
    return value;
  }

  /** Refuses the value of {@code key} unless {@code holds}. */
  public void demand(String key, boolean holds, String expected, String got) {
    if (!holds) {
      throw new IllegalArgumentException(
          path + "." + key + ": expected " + expected + ", got " + got);
    }
  }

  /** Whether this is {@code host:port}, an IPv6 address in brackets. */
  public static boolean isHostAndPort(String text) {
    var match = HOST_AND_PORT.matcher(text);
    if (!match.matches() || text.length() > HOST_AND_PORT_LENGTH_MAX) {
      return false;
    }
    var port = Integer.parseInt(match.group(1));
    return port >= 1 && port <= 65_535;
  }

  private <T> T read(String key, String expected, Function<String, T> get) {
    var full = path + "." + key;
    try {
      return get.apply(full);
    } catch (ConfigException.Missing e) {
      throw new IllegalArgumentException(full + ": expected " + expected + ", got nothing", e);
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          full
              + ": expected "
              + expected
              + ", got "
              + config.getValue(full).render()
              + " ("
              + config.getValue(full).origin().description()
              + ")",
          e);
    }
  }
}
