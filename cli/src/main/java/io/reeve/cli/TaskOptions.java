package io.reeve.cli;

import com.google.protobuf.ByteString;
import io.reeve.client.TaskRequest;
import io.reeve.v1.Lane;
import io.reeve.v1.Priority;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that describe a task, beside its kind, its payload and its start. */
final class TaskOptions {

  /** Names of {@link Priority} on the command line. */
  enum PriorityName {
    low(Priority.PRIORITY_LOW),
    normal(Priority.PRIORITY_NORMAL),
    high(Priority.PRIORITY_HIGH),
    critical(Priority.PRIORITY_CRITICAL);

    private final Priority priority;

    PriorityName(Priority priority) {
      this.priority = priority;
    }
  }

  private static final String STANDARD_INPUT = "-";

  /** The server's, unless it is set to another there; a longer --backoff must not be cut to it. */
  private static final Duration BACKOFF_MAX_DEFAULT = Duration.ofMinutes(10);

  @Option(
      names = {"-f", "--payload-file"},
      paramLabel = "FILE",
      description = "Payload from a file, byte for byte; - reads standard input.")
  @Nullable String payloadFile;

  /** The most that a server can be set to take; no more is read. */
  private static final int PAYLOAD_BYTES_MAX = 32 * 1024 * 1024;

  @Option(
      names = {"-q", "--queue"},
      paramLabel = "NAME",
      description = "Queue. Default: default.")
  @Nullable String queue;

  @Option(
      names = {"-u", "--urgent"},
      description = "Use the urgent lane, for which workers reserve slots.")
  boolean urgent;

  @Option(
      names = {"-p", "--priority"},
      paramLabel = "low|normal|high|critical",
      description = "Priority inside the lane.")
  @Nullable PriorityName priority;

  @Option(
      names = "--queue-timeout",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description =
          "Expire if no worker starts the task within this time once it is due. Default: never.")
  @Nullable Duration queueTimeout;

  @Option(
      names = {"-t", "--execution-timeout"},
      paramLabel = "DURATION",
      converter = DurationText.class,
      description = "How long one attempt may run. Default: that of the server, 5m.")
  @Nullable Duration executionTimeout;

  @Option(
      names = {"-a", "--attempts"},
      paramLabel = "N",
      description =
          "Attempts in all, the first included; 1: no retry. Default: that of the server, 4.")
  @Nullable Integer attempts;

  @Option(
      names = "--backoff",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description =
          "Wait before the second attempt; it doubles with each attempt. Default: that of the"
              + " server, 10s.")
  @Nullable Duration backoff;

  @Option(
      names = "--backoff-max",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description =
          "Longest wait between attempts. Default: that of the server, 10m, or --backoff if that"
              + " is longer.")
  @Nullable Duration backoffMax;

  @Option(
      names = "--never-retry",
      paramLabel = "CODE",
      description =
          "A failure with this code is the last one, whatever attempts are left. Can be repeated.")
  List<String> neverRetry = List.of();

  @Option(
      names = {"-l", "--label"},
      paramLabel = "NAME=VALUE",
      description = "A label, for people. Can be repeated.")
  Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--require",
      paramLabel = "NAME=VALUE",
      description =
          "Only a worker with this label gets the task. Can be repeated; the worker must have all.")
  Map<String, String> requires = new LinkedHashMap<>();

  @Option(names = "--name", paramLabel = "TEXT", description = "A name, for people.")
  @Nullable String name;

  @Option(names = "--tenant", paramLabel = "NAME", description = "Owner of the task.")
  @Nullable String tenant;

  /**
   * The task in the making.
   *
   * @param payload text, or - for standard input
   */
  TaskRequest.Builder request(String kind, @Nullable String payload, InputStream standardInput) {
    if (payload != null && payloadFile != null) {
      throw new IllegalArgumentException("expected PAYLOAD or --payload-file, got both");
    }
    var request =
        TaskRequest.of(kind)
            .payload(payloadBytes(payload, standardInput))
            .labels(labels)
            .require(requires);
    if (queue != null) {
      request.queue(queue);
    }
    if (urgent) {
      request.lane(Lane.LANE_URGENT);
    }
    if (priority != null) {
      request.priority(priority.priority);
    }
    if (name != null) {
      request.name(name);
    }
    if (tenant != null) {
      request.tenant(tenant);
    }
    times(request);
    retry(request);
    return request;
  }

  private void times(TaskRequest.Builder request) {
    if (queueTimeout != null) {
      request.queueTimeout(queueTimeout);
    }
    if (executionTimeout != null) {
      request.executionTimeout(executionTimeout);
    }
  }

  private void retry(TaskRequest.Builder request) {
    if (attempts != null) {
      // The server reads 0 as "not given", but a person means "none" by it.
      if (attempts < 1) {
        throw new IllegalArgumentException(
            "expected --attempts of 1 or more, the first included, got " + attempts);
      }
      request.attemptsMax(attempts);
    }
    if (!neverRetry.isEmpty()) {
      request.neverRetry(neverRetry.toArray(String[]::new));
    }
    if (backoff != null) {
      request.backoffInitial(backoff);
      if (backoffMax == null && backoff.compareTo(BACKOFF_MAX_DEFAULT) > 0) {
        request.backoffMax(backoff);
      }
    }
    if (backoffMax != null) {
      if (backoff != null && backoff.compareTo(backoffMax) > 0) {
        throw new IllegalArgumentException(
            "expected --backoff-max of at least --backoff, "
                + DurationText.of(backoff)
                + ", got "
                + DurationText.of(backoffMax));
      }
      request.backoffMax(backoffMax);
    }
  }

  private ByteString payloadBytes(@Nullable String payload, InputStream standardInput) {
    try {
      if (STANDARD_INPUT.equals(payload) || STANDARD_INPUT.equals(payloadFile)) {
        return bounded(standardInput);
      }
      if (payloadFile != null) {
        try (var file = Files.newInputStream(Path.of(payloadFile))) {
          return bounded(file);
        }
      }
    } catch (NoSuchFileException missing) {
      throw new IllegalArgumentException(
          "cannot read the payload: there is no file " + missing.getFile(), missing);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException("cannot read the payload: " + unreadable, unreadable);
    }
    return payload == null ? ByteString.EMPTY : ByteString.copyFromUtf8(payload);
  }

  private static ByteString bounded(InputStream in) throws IOException {
    var bytes = in.readNBytes(PAYLOAD_BYTES_MAX + 1);
    if (bytes.length > PAYLOAD_BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected a payload of at most " + PAYLOAD_BYTES_MAX + " bytes, got more");
    }
    return ByteString.copyFrom(bytes);
  }
}
