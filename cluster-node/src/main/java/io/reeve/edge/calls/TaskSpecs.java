package io.reeve.edge.calls;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.OnCollision;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueScope;
import io.reeve.edge.EdgeSettings;
import io.reeve.partition.Clients.NewTask;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.Unique;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the specs of one submission: checks every field and takes out what routes the task. The
 * bytes are kept as they came; the parsed message is dropped at once, since it costs several times
 * their size.
 *
 * <p>One instance serves one call: tasks of equal profile share the record.
 */
public final class TaskSpecs {

  public static final String DEFAULT_QUEUE = "default";

  private static final long BACKOFF_INITIAL_MAX_MS = Expect.DAY_MS;
  private static final long BACKOFF_MAX_MS = 7 * Expect.DAY_MS;
  private static final int REQUIRES_MAX = 8;
  private static final int CODES_MAX = 16;
  private static final int CODE_CHARS_MAX = 128;
  private static final long PERIOD_MAX_MS = 366 * Expect.DAY_MS;
  private static final long DELAY_MAX_MS = 3_653 * Expect.DAY_MS;

  private final EdgeSettings.Tasks settings;
  private final RequestDigest digest;
  private @Nullable TaskProfile last;
  private @Nullable UniqueClaim claim;

  TaskSpecs(EdgeSettings.Tasks settings, RequestDigest digest) {
    this.settings = settings;
    this.digest = digest;
  }

  /**
   * The task that {@code bytes} describe. A refusal names the field within the task: the caller,
   * who knows its place in the request, adds that, so that a task that is right costs no text.
   */
  NewTask read(ByteString bytes) {
    var spec = parse(bytes);
    var payload = spec.getPayload().size();
    if (payload > settings.payloadBytesMax()) {
      throw EdgeRefusal.invalid(
          "payload", "expected at most " + settings.payloadBytesMax() + " bytes, got " + payload);
    }
    if (!spec.getScheduleName().isEmpty()) {
      throw unwanted("schedule_name", "the server sets it");
    }
    if (spec.hasPlannedAt()) {
      throw unwanted("planned_at", "the server sets it");
    }
    Expect.text("name", spec.getName(), 256);
    Expect.text("description", spec.getDescription(), 4096);
    if (spec.getLabelsCount() > 0) {
      Expect.labels("labels", spec.getLabelsMap());
    }
    var profile = profile(spec);
    if (!profile.equals(last)) {
      last = profile;
    }
    claim = spec.hasUnique() ? claim(spec.getUnique(), profile.tenant()) : null;
    digest.add(spec, bytes);
    return new NewTask(
        last == null ? profile : last,
        spec.hasNotBefore() ? Expect.epochMillis("not_before", spec.getNotBefore()) : 0,
        spec.hasDelay() ? Expect.millis("delay", spec.getDelay(), 0, DELAY_MAX_MS) : 0,
        bytes.toByteArray());
  }

  /** What the task that was read last claims to be the only one of; null: nothing. */
  @Nullable UniqueClaim claim() {
    return claim;
  }

  /**
   * The template that {@code spec} describes of the tasks of a schedule, whose start is up to the
   * schedule. Equal templates have equal bytes.
   */
  NewTask template(TaskSpec spec) {
    switch (spec.getStartCase()) {
      case NOT_BEFORE -> throw unwanted("not_before", "the rule decides");
      case DELAY -> throw unwanted("delay", "the rule decides");
      case START_NOT_SET -> {
        // As it has to be.
      }
    }
    if (spec.hasUnique()) {
      throw unwanted("unique", "the overlap policy decides");
    }
    return read(UnsafeByteOperations.unsafeWrap(RequestDigest.inFixedOrder(spec)));
  }

  private static UniqueClaim claim(Unique unique, String tenant) {
    var text = Expect.printable("unique.key", unique.getKey(), UniqueKey.CHARS_MAX);
    var scope = scope(unique);
    return new UniqueClaim(
        new UniqueKey(tenant, text), scope, period(unique, scope), onCollision(unique));
  }

  private static long period(Unique unique, UniqueScope scope) {
    if (scope == UniqueScope.FOR_PERIOD) {
      return Expect.millis("unique.period", unique.getPeriod(), 1, PERIOD_MAX_MS);
    }
    if (unique.hasPeriod()) {
      throw unwanted("unique.period", "the scope is not UNIQUE_SCOPE_FOR_PERIOD");
    }
    return 0;
  }

  private static UniqueScope scope(Unique unique) {
    return switch (unique.getScope()) {
      case UNIQUE_SCOPE_WHILE_WAITING -> UniqueScope.WHILE_WAITING;
      case UNIQUE_SCOPE_UNSPECIFIED, UNIQUE_SCOPE_UNTIL_ENDED -> UniqueScope.UNTIL_ENDED;
      case UNIQUE_SCOPE_FOR_PERIOD -> UniqueScope.FOR_PERIOD;
      case UNRECOGNIZED ->
          throw EdgeRefusal.invalid(
              "unique.scope", "expected a known scope, got number " + unique.getScopeValue());
    };
  }

  private static OnCollision onCollision(Unique unique) {
    return switch (unique.getOnCollision()) {
      case ON_COLLISION_UNSPECIFIED, ON_COLLISION_RETURN_FIRST -> OnCollision.RETURN_FIRST;
      case ON_COLLISION_REPLACE -> OnCollision.REPLACE;
      case ON_COLLISION_REFUSE -> OnCollision.REFUSE;
      case UNRECOGNIZED ->
          throw EdgeRefusal.invalid(
              "unique.on_collision",
              "expected a known policy, got number " + unique.getOnCollisionValue());
    };
  }

  static EdgeRefusal unwanted(String field, String reason) {
    return EdgeRefusal.invalid(field, "expected none, since " + reason + ", got one");
  }

  private static TaskSpec parse(ByteString bytes) {
    try {
      return TaskSpec.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw EdgeRefusal.invalid("", "expected a TaskSpec, got other bytes");
    }
  }

  private TaskProfile profile(TaskSpec spec) {
    var kind = Expect.name("kind", spec.getKind());
    var queue = spec.getQueue().isEmpty() ? DEFAULT_QUEUE : Expect.name("queue", spec.getQueue());
    return new TaskProfile(
        new TaskClass(queue, kind, lane(spec), priority(spec), requires(spec)),
        spec.hasExecutionTimeout()
            ? Expect.millis(
                "execution_timeout", spec.getExecutionTimeout(), 1, TimeBounds.DURATION_MAX_MS)
            : settings.executionTimeout().toMillis(),
        spec.hasQueueTimeout()
            ? Expect.millis("queue_timeout", spec.getQueueTimeout(), 1, TimeBounds.DURATION_MAX_MS)
            : 0,
        spec.hasRetry() ? retry(spec.getRetry()) : settings.retry(),
        Expect.text("tenant", spec.getTenant(), 128));
  }

  private static Labels requires(TaskSpec spec) {
    if (spec.getRequiresCount() == 0) {
      return Labels.NONE;
    }
    Expect.labels("requires", spec.getRequiresMap(), REQUIRES_MAX);
    return Labels.of(spec.getRequiresMap());
  }

  /** The policy in our terms; what is not given is as the settings say. */
  RetryPolicy retry(io.reeve.v1.RetryPolicy retry) {
    var defaults = settings.retry();
    var initial =
        retry.hasBackoffInitial()
            ? backoff("retry.backoff_initial", retry.getBackoffInitial(), BACKOFF_INITIAL_MAX_MS)
            : defaults.backoffInitial();
    return new RetryPolicy(
        retry.getAttemptsMax() == 0
            ? defaults.attemptsMax()
            : Expect.between("retry.attempts_max", retry.getAttemptsMax(), 1, 1000),
        initial,
        backoffMax(retry, initial),
        retry.getBackoffMultiplier() == 0
            ? defaults.backoffMultiplier()
            : Expect.between("retry.backoff_multiplier", retry.getBackoffMultiplier(), 1, 100),
        retry.hasBackoffJitter()
            ? Expect.between("retry.backoff_jitter", retry.getBackoffJitter(), 0, 1)
            : defaults.backoffJitter(),
        codes(retry.getNeverRetryCodesList()));
  }

  private static List<String> codes(List<String> codes) {
    Expect.between("retry.never_retry_codes", codes.size(), 0, CODES_MAX);
    for (var code : codes) {
      if (code.isEmpty() || code.length() > CODE_CHARS_MAX) {
        throw EdgeRefusal.invalid(
            "retry.never_retry_codes",
            "expected codes of 1 to " + CODE_CHARS_MAX + " characters, got " + code.length());
      }
    }
    return codes.isEmpty() ? List.of() : codes.stream().distinct().toList();
  }

  /**
   * The longest wait between two attempts. One that is shorter than the first wait would cut that
   * in silence: it is refused where the submitter says both, and the default gives way.
   */
  private Duration backoffMax(io.reeve.v1.RetryPolicy retry, Duration initial) {
    if (!retry.hasBackoffMax()) {
      var byDefault = settings.retry().backoffMax();
      return byDefault.compareTo(initial) < 0 ? initial : byDefault;
    }
    var max = backoff("retry.backoff_max", retry.getBackoffMax(), BACKOFF_MAX_MS);
    if (retry.hasBackoffInitial() && max.compareTo(initial) < 0) {
      throw EdgeRefusal.invalid(
          "retry.backoff_max",
          "expected backoff_initial ("
              + initial.toMillis()
              + " ms) or more, got "
              + max.toMillis()
              + " ms");
    }
    return max;
  }

  private static Duration backoff(String field, com.google.protobuf.Duration value, long maxMs) {
    return Duration.ofMillis(Expect.millis(field, value, 0, maxMs));
  }

  private static Lane lane(TaskSpec spec) {
    return switch (spec.getLane()) {
      case LANE_UNSPECIFIED, LANE_NORMAL -> Lane.NORMAL;
      case LANE_URGENT -> Lane.URGENT;
      case UNRECOGNIZED ->
          throw EdgeRefusal.invalid(
              "lane", "expected a known lane, got number " + spec.getLaneValue());
    };
  }

  private static Priority priority(TaskSpec spec) {
    return switch (spec.getPriority()) {
      case PRIORITY_UNSPECIFIED, PRIORITY_NORMAL -> Priority.NORMAL;
      case PRIORITY_LOW -> Priority.LOW;
      case PRIORITY_HIGH -> Priority.HIGH;
      case PRIORITY_CRITICAL -> Priority.CRITICAL;
      case UNRECOGNIZED ->
          throw EdgeRefusal.invalid(
              "priority", "expected a known priority, got number " + spec.getPriorityValue());
    };
  }
}
