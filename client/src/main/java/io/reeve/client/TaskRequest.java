package io.reeve.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.reeve.v1.Lane;
import io.reeve.v1.OnCollision;
import io.reeve.v1.Priority;
import io.reeve.v1.RetryPolicy;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.Unique;
import io.reeve.v1.UniqueScope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task to submit. The server's defaults apply to everything that is not set.
 *
 * <pre>{@code
 * TaskRequest.of("email")
 *     .payloadJson(Map.of("to", "ada@example.org"))
 *     .urgent()
 *     .executionTimeout(Duration.ofSeconds(20))
 *     .build();
 * }</pre>
 */
public final class TaskRequest {

  private final TaskSpec spec;

  private TaskRequest(TaskSpec spec) {
    this.spec = spec;
  }

  /** Starts a request for the handler named {@code kind}. */
  public static Builder of(String kind) {
    return new Builder(kind);
  }

  /** The specification that goes over the wire. */
  public TaskSpec spec() {
    return spec;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TaskRequest request && spec.equals(request.spec);
  }

  @Override
  public int hashCode() {
    return spec.hashCode();
  }

  /** Without the payload, which may be large or secret. */
  @Override
  public String toString() {
    return "TaskRequest[kind="
        + spec.getKind()
        + ", queue="
        + spec.getQueue()
        + ", payload="
        + spec.getPayload().size()
        + " bytes]";
  }

  /** Collects the properties of a task; for one thread. */
  public static final class Builder {

    private final TaskSpec.Builder spec = TaskSpec.newBuilder();

    private Builder(String kind) {
      if (kind.isBlank()) {
        throw new IllegalArgumentException("expected a kind, got none");
      }
      spec.setKind(kind);
    }

    /** The bytes are copied. */
    public Builder payload(byte[] bytes) {
      spec.setPayload(ByteString.copyFrom(bytes));
      return this;
    }

    public Builder payload(ByteString bytes) {
      spec.setPayload(bytes);
      return this;
    }

    /** The text in UTF-8; JSON that is already text goes here too. */
    public Builder payload(String text) {
      spec.setPayload(ByteString.copyFromUtf8(text));
      return this;
    }

    /** The value as JSON: maps with string keys, iterables, strings, numbers, booleans, null. */
    public Builder payloadJson(@Nullable Object value) {
      return payload(JsonText.of(value));
    }

    public Builder queue(String queue) {
      spec.setQueue(queue);
      return this;
    }

    public Builder lane(Lane lane) {
      spec.setLane(lane);
      return this;
    }

    /** Puts the task into the urgent lane. */
    public Builder urgent() {
      return lane(Lane.LANE_URGENT);
    }

    public Builder priority(Priority priority) {
      spec.setPriority(priority);
      return this;
    }

    /** Not to start before this instant; replaces {@link #delay}. */
    public Builder notBefore(Instant instant) {
      spec.setNotBefore(proto(instant));
      return this;
    }

    /** Not to start sooner than this long after it was taken in; replaces {@link #notBefore}. */
    public Builder delay(Duration delay) {
      spec.setDelay(proto(notNegative(delay, "delay")));
      return this;
    }

    /** How long it may wait for its first start once due; then it expires. */
    public Builder queueTimeout(Duration timeout) {
      spec.setQueueTimeout(proto(notNegative(timeout, "queueTimeout")));
      return this;
    }

    /** How long one attempt may run. */
    public Builder executionTimeout(Duration timeout) {
      spec.setExecutionTimeout(proto(notNegative(timeout, "executionTimeout")));
      return this;
    }

    /** Attempts in all, the first included; 1 means no retry. */
    public Builder attemptsMax(int attempts) {
      spec.getRetryBuilder().setAttemptsMax(attempts);
      return this;
    }

    /** Wait before the second attempt; grows from there. */
    public Builder backoffInitial(Duration initial) {
      spec.getRetryBuilder().setBackoffInitial(proto(notNegative(initial, "backoffInitial")));
      return this;
    }

    /** The longest wait between attempts. */
    public Builder backoffMax(Duration max) {
      spec.getRetryBuilder().setBackoffMax(proto(notNegative(max, "backoffMax")));
      return this;
    }

    /** Codes of failures after which the task never runs again. */
    public Builder neverRetry(String... codes) {
      spec.getRetryBuilder().addAllNeverRetryCodes(List.of(codes));
      return this;
    }

    /** The whole policy; replaces earlier settings of it. */
    public Builder retry(RetryPolicy policy) {
      spec.setRetry(policy);
      return this;
    }

    /** For people. */
    public Builder name(String name) {
      spec.setName(name);
      return this;
    }

    /** For people. */
    public Builder description(String description) {
      spec.setDescription(description);
      return this;
    }

    public Builder tenant(String tenant) {
      spec.setTenant(tenant);
      return this;
    }

    public Builder label(String name, String value) {
      spec.putLabels(name, value);
      return this;
    }

    public Builder labels(Map<String, String> labels) {
      spec.putAllLabels(labels);
      return this;
    }

    /** Only a worker with this label gets the task. With several, the worker must have all. */
    public Builder require(String name, String value) {
      spec.putRequires(name, value);
      return this;
    }

    /** Only a worker with these labels gets the task. */
    public Builder require(Map<String, String> labels) {
      spec.putAllRequires(labels);
      return this;
    }

    /**
     * Makes the task the only one of its key among those of its tenant. Only for {@link
     * ReeveClient#submit(TaskRequest)}: neither calls with several tasks nor schedules take it.
     */
    public Builder unique(String key, UniqueScope scope, OnCollision onCollision) {
      return unique(
          Unique.newBuilder().setKey(key).setScope(scope).setOnCollision(onCollision).build());
    }

    /** As {@link #unique(String, UniqueScope, OnCollision)}, for a time from the submission on. */
    public Builder uniqueFor(String key, Duration period, OnCollision onCollision) {
      return unique(
          Unique.newBuilder()
              .setKey(key)
              .setScope(UniqueScope.UNIQUE_SCOPE_FOR_PERIOD)
              .setPeriod(proto(notNegative(period, "period")))
              .setOnCollision(onCollision)
              .build());
    }

    /** The whole claim; replaces an earlier one. */
    public Builder unique(Unique unique) {
      spec.setUnique(unique);
      return this;
    }

    public TaskRequest build() {
      return new TaskRequest(spec.build());
    }
  }

  private static Duration notNegative(Duration duration, String name) {
    if (Objects.requireNonNull(duration, name).isNegative()) {
      throw new IllegalArgumentException("expected " + name + " of zero or more, got " + duration);
    }
    return duration;
  }

  static Timestamp proto(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  static com.google.protobuf.Duration proto(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }
}
