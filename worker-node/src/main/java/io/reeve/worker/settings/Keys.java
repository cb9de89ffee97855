package io.reeve.worker.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Reads checked values below one path, and names the full path of a wrong value. */
public record Keys(Config config, String path) {

  /** The keys below {@code path} of the whole configuration. */
  public static Keys at(Config root, String path) {
    if (!root.hasPath(path)) {
      throw new InvalidSetting(path, "a block of settings", "nothing");
    }
    return new Keys(root.getConfig(path), path);
  }

  public Keys below(String key) {
    return new Keys(read(key, "a block of settings", () -> config.getConfig(key)), path(key));
  }

  public String path(String key) {
    return path + "." + key;
  }

  public boolean flag(String key) {
    return read(key, "true or false", () -> config.getBoolean(key));
  }

  public int whole(String key, int min, int max) {
    var expected = "a whole number from " + min + " to " + max;
    int value = read(key, expected, () -> config.getInt(key));
    if (value < min || value > max) {
      throw new InvalidSetting(path(key), expected, String.valueOf(value));
    }
    return value;
  }

  public long bytes(String key, long min, long max) {
    var expected = "a size from " + min + " to " + max + " bytes";
    long value = read(key, expected, () -> config.getBytes(key));
    if (value < min || value > max) {
      throw new InvalidSetting(path(key), expected, String.valueOf(value));
    }
    return value;
  }

  public double real(String key, double min, double max) {
    var expected = "a number from " + min + " to " + max;
    double value = read(key, expected, () -> config.getDouble(key));
    if (!(value >= min && value <= max)) {
      throw new InvalidSetting(path(key), expected, String.valueOf(value));
    }
    return value;
  }

  public Duration time(String key, Duration min, Duration max) {
    var expected = "a time from " + TimeText.of(min) + " to " + TimeText.of(max);
    var value = read(key, expected, () -> config.getDuration(key));
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new InvalidSetting(path(key), expected, TimeText.of(value));
    }
    return value;
  }

  public String text(String key) {
    return read(key, "a text", () -> config.getString(key));
  }

  public List<String> texts(String key) {
    return List.copyOf(read(key, "a list of texts", () -> config.getStringList(key)));
  }

  /** A block of names and texts, in the order of the names. */
  public Map<String, String> names(String key) {
    return read(
        key,
        "a block of names and texts",
        () -> {
          var names = new TreeMap<String, String>();
          config
              .getObject(key)
              .forEach((name, value) -> names.put(name, String.valueOf(value.unwrapped())));
          return names;
        });
  }

  /** One of an enum's names, written in lower case with hyphens. */
  public <E extends Enum<E>> E choice(String key, Class<E> type) {
    var value = text(key);
    for (var constant : type.getEnumConstants()) {
      if (spelled(constant).equals(value)) {
        return constant;
      }
    }
    var expected =
        "one of " + Arrays.stream(type.getEnumConstants()).map(Keys::spelled).sorted().toList();
    throw new InvalidSetting(path(key), expected, value);
  }

  private static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private <T> T read(String key, String expected, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (ConfigException.Missing missing) {
      throw new InvalidSetting(path(key), expected, "nothing");
    } catch (ConfigException wrong) {
      throw new InvalidSetting(path(key), expected, given(key));
    }
  }

  private String given(String key) {
    return String.valueOf(config.getValue(key).unwrapped());
  }
}
