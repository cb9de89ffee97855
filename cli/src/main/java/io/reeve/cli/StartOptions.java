package io.reeve.cli;

import io.reeve.client.TaskRequest;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that tell when a task starts at the earliest. */
final class StartOptions {

  @Option(
      names = {"-d", "--delay"},
      paramLabel = "DURATION",
      converter = DurationText.class,
      description = "Start after this time at the earliest.")
  @Nullable Duration delay;

  @Option(
      names = "--not-before",
      paramLabel = "INSTANT",
      converter = InstantText.class,
      description =
          "Start at this instant at the earliest: 2026-12-24T18:00:00Z, or a date alone for"
              + " midnight UTC.")
  @Nullable Instant notBefore;

  /** The request with this start. */
  TaskRequest.Builder applied(TaskRequest.Builder request) {
    if (delay != null && notBefore != null) {
      throw new IllegalArgumentException("expected --delay or --not-before, got both");
    }
    if (delay != null) {
      request.delay(delay);
    }
    if (notBefore != null) {
      request.notBefore(notBefore);
    }
    return request;
  }
}
