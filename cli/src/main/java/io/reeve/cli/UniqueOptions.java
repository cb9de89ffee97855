package io.reeve.cli;

import io.reeve.client.TaskRequest;
import io.reeve.v1.OnCollision;
import io.reeve.v1.Unique;
import io.reeve.v1.UniqueScope;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that make a task the only one of its key. */
final class UniqueOptions {

  private static final String UNTIL_ENDED = "until-ended";
  private static final String RETURN_FIRST = "return-first";

  @Option(
      names = "--unique-key",
      paramLabel = "KEY",
      description =
          "Make the task the only one of this key; at most 256 characters. Each tenant has keys of"
              + " its own.")
  @Nullable String key;

  @Option(
      names = "--unique-scope",
      paramLabel = "while-waiting|until-ended|for-period",
      description =
          "How long the task holds its key: until a worker gets it, until it has ended, or for"
              + " --unique-period. Default: until-ended.")
  @Nullable String scope;

  @Option(
      names = "--unique-period",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description = "With --unique-scope for-period: how long, from the submission on.")
  @Nullable Duration period;

  @Option(
      names = "--on-collision",
      paramLabel = "return-first|replace|refuse",
      description =
          "If another task holds the key: print that one, cancel that one unless it has started,"
              + " or refuse. Default: return-first.")
  @Nullable String onCollision;

  /** Applies the options to a request. */
  void apply(TaskRequest.Builder request) {
    if (key == null) {
      if (scope != null || period != null || onCollision != null) {
        throw new IllegalArgumentException(
            "expected --unique-scope, --unique-period and --on-collision with --unique-key only");
      }
      return;
    }
    var unique =
        Unique.newBuilder()
            .setKey(key)
            .setScope(scope(scope == null ? UNTIL_ENDED : scope))
            .setOnCollision(onCollision(onCollision == null ? RETURN_FIRST : onCollision));
    if ((period != null) != (unique.getScope() == UniqueScope.UNIQUE_SCOPE_FOR_PERIOD)) {
      throw new IllegalArgumentException(
          "expected --unique-period with --unique-scope for-period, and with no other");
    }
    if (period != null) {
      unique.setPeriod(
          com.google.protobuf.Duration.newBuilder()
              .setSeconds(period.getSeconds())
              .setNanos(period.getNano()));
    }
    request.unique(unique.build());
  }

  private static UniqueScope scope(String text) {
    return switch (text) {
      case "while-waiting" -> UniqueScope.UNIQUE_SCOPE_WHILE_WAITING;
      case UNTIL_ENDED -> UniqueScope.UNIQUE_SCOPE_UNTIL_ENDED;
      case "for-period" -> UniqueScope.UNIQUE_SCOPE_FOR_PERIOD;
      default ->
          throw new IllegalArgumentException(
              "expected --unique-scope while-waiting, until-ended or for-period, got " + text);
    };
  }

  private static OnCollision onCollision(String text) {
    return switch (text) {
      case RETURN_FIRST -> OnCollision.ON_COLLISION_RETURN_FIRST;
      case "replace" -> OnCollision.ON_COLLISION_REPLACE;
      case "refuse" -> OnCollision.ON_COLLISION_REFUSE;
      default ->
          throw new IllegalArgumentException(
              "expected --on-collision return-first, replace or refuse, got " + text);
    };
  }
}
