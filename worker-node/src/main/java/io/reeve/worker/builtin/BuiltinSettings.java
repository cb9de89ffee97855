package io.reeve.worker.builtin;

import com.typesafe.config.Config;
import io.reeve.worker.settings.InvalidSetting;
import io.reeve.worker.settings.Keys;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How the built-in kinds may be used; from {@code reeve.worker.builtin}.
 *
 * @param kinds which of them are served
 * @param seed where the random ones start
 */
public record BuiltinSettings(
    List<String> kinds, Exec exec, Http http, Simulate simulate, long seed) {

  private static final String PATH = "reeve.worker.builtin";
  private static final long OUTPUT_MAX = 16L * 1024 * 1024;
  private static final Duration TICK = Duration.ofMillis(1);
  static final Set<String> ALL = Set.of("exec", "http", "sleep", "echo", "fail", "simulate");

  public BuiltinSettings {
    kinds = List.copyOf(kinds);
    for (var kind : kinds) {
      if (!ALL.contains(kind)) {
        throw new InvalidSetting(
            PATH + ".kinds", "some of " + ALL.stream().sorted().toList(), kind);
      }
    }
  }

  /**
   * Of {@code exec}.
   *
   * @param allowed absolute paths of executables
   * @param outputMax bytes kept of each stream
   * @param timeout of a command that names none
   * @param inheritedEnvironment names of variables that commands get from the worker
   * @param allowedEnvironment names of variables that tasks may set
   */
  public record Exec(
      Set<String> allowed,
      int outputMax,
      Duration timeout,
      List<String> inheritedEnvironment,
      Set<String> allowedEnvironment) {

    public Exec {
      allowed = Set.copyOf(allowed);
      inheritedEnvironment = List.copyOf(inheritedEnvironment);
      allowedEnvironment = Set.copyOf(allowedEnvironment);
      for (var executable : allowed) {
        if (!isAbsolute(executable)) {
          throw new InvalidSetting(PATH + ".exec.allowed", "absolute paths", executable);
        }
      }
    }

    private static boolean isAbsolute(String path) {
      try {
        return Path.of(path).isAbsolute();
      } catch (InvalidPathException unusable) {
        throw new InvalidSetting(
            PATH + ".exec.allowed",
            "paths that the worker's locale can express (LC_ALL=C.UTF-8 helps)",
            path);
      }
    }

    static Exec from(Keys keys) {
      return new Exec(
          Set.copyOf(keys.texts("allowed")),
          (int) keys.bytes("output-max", 0, OUTPUT_MAX),
          keys.time("timeout", TICK, Duration.ofDays(7)),
          keys.texts("inherited-environment"),
          Set.copyOf(keys.texts("allowed-environment")));
    }
  }

  /**
   * Of {@code http}.
   *
   * @param allowed prefixes of URLs, or names of hosts
   * @param responseMax bytes kept of an answer
   * @param timeout of a call that names none
   * @param redirectsMax how many are followed
   */
  public record Http(UrlAllowList allowed, int responseMax, Duration timeout, int redirectsMax) {

    static Http from(Keys keys) {
      return new Http(
          UrlAllowList.of(keys.path("allowed"), keys.texts("allowed")),
          (int) keys.bytes("response-max", 0, OUTPUT_MAX),
          keys.time("timeout", TICK, Duration.ofHours(1)),
          keys.whole("redirects-max", 0, 20));
    }
  }

  /**
   * Of {@code simulate}.
   *
   * @param fastPercentage share of fast tasks
   * @param fast longest time of a fast one
   * @param slow longest time of a slow one
   * @param fastFailurePercentage share of fast ones that fail
   * @param slowFailurePercentage share of slow ones that fail
   */
  public record Simulate(
      double fastPercentage,
      Duration fast,
      Duration slow,
      double fastFailurePercentage,
      double slowFailurePercentage) {

    static Simulate from(Keys keys) {
      return new Simulate(
          keys.real("fast-percentage", 0, 100),
          keys.time("fast", TICK, Duration.ofDays(1)),
          keys.time("slow", TICK, Duration.ofDays(1)),
          keys.real("fast-failure-percentage", 0, 100),
          keys.real("slow-failure-percentage", 0, 100));
    }
  }

  /** Reads the settings of a whole configuration. */
  public static BuiltinSettings from(Config root) {
    var keys = Keys.at(root, PATH);
    return new BuiltinSettings(
        keys.texts("kinds"),
        Exec.from(keys.below("exec")),
        Http.from(keys.below("http")),
        Simulate.from(keys.below("simulate")),
        keys.whole("seed", Integer.MIN_VALUE, Integer.MAX_VALUE));
  }
}
