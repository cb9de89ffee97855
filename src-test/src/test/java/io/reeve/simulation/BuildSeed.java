package io.reeve.simulation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The first seed of a build. It differs from commit to commit, so that builds look where none
 * looked before, and all builds of one commit agree. {@code REEVE_SEED} names another.
 */
final class BuildSeed {

  /** Of sources without a repository around them. */
  private static final long WITHOUT_A_COMMIT = 1;

  private static final int DIGITS = 8;

  private BuildSeed() {}

  static long first() {
    return first(System.getenv("REEVE_SEED"), commit());
  }

  static long first(@Nullable String named, @Nullable String commit) {
    if (named != null && !named.isBlank()) {
      return Long.parseLong(named.strip());
    }
    return commit == null ? WITHOUT_A_COMMIT : Long.parseLong(commit.substring(0, DIGITS), 16);
  }

  /** What is checked out; null without a repository, or without git. */
  private static @Nullable String commit() {
    try {
      var git =
          new ProcessBuilder("git", "rev-parse", "HEAD")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var out = new String(git.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      return git.waitFor() == 0 ? out : null;
    } catch (IOException noGit) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
