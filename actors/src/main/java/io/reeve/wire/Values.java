package io.reeve.wire;

import com.google.protobuf.ByteString;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.OnCollision;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.UniqueScope;
import io.reeve.partition.Leases;
import io.reeve.wire.v1.Label;
import io.reeve.wire.v1.LeaseKeys;
import io.reeve.wire.v1.Profile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What messages of several families are made of, to the schema and back. */
final class Values {

  private static final byte[] NOTHING = {};

  private Values() {}

  // ---- Tasks -----------------------------------------------------------------------------------

  static Profile written(TaskProfile profile) {
    var retry = profile.retry();
    return Profile.newBuilder()
        .setQueue(profile.taskClass().queue())
        .setKind(profile.taskClass().kind())
        .setLane(numberOf(profile.taskClass().lane()))
        .setPriority(numberOf(profile.priority()))
        .setExecutionTimeoutMs(profile.executionTimeoutMs())
        .setQueueTimeoutMs(profile.queueTimeoutMs())
        .setAttemptsMax(retry.attemptsMax())
        .setBackoffInitialMs(retry.backoffInitial().toMillis())
        .setBackoffMaxMs(retry.backoffMax().toMillis())
        .setBackoffMultiplier(retry.backoffMultiplier())
        .setBackoffJitter(retry.backoffJitter())
        .setTenant(profile.tenant())
        .addAllNeverRetryCodes(retry.neverRetryCodes())
        .addAllNeeds(written(profile.taskClass().needs()))
        .setQuarantined(profile.taskClass().quarantined())
        .build();
  }

  static TaskProfile profileOf(Profile written) throws UnreadableMessageException {
    return new TaskProfile(
        new TaskClass(
            written.getQueue(),
            written.getKind(),
            laneOf(written.getLane()),
            priorityOf(written.getPriority()),
            labelsOf(written.getNeedsList()),
            written.getQuarantined()),
        written.getExecutionTimeoutMs(),
        written.getQueueTimeoutMs(),
        new RetryPolicy(
            written.getAttemptsMax(),
            Duration.ofMillis(written.getBackoffInitialMs()),
            Duration.ofMillis(written.getBackoffMaxMs()),
            written.getBackoffMultiplier(),
            written.getBackoffJitter(),
            written.getNeverRetryCodesList()),
        written.getTenant());
  }

  static io.reeve.wire.v1.TaskClass written(TaskClass taskClass) {
    var written =
        io.reeve.wire.v1.TaskClass.newBuilder()
            .setQueue(taskClass.queue())
            .setKind(taskClass.kind())
            .setLane(numberOf(taskClass.lane()))
            .addAllNeeds(written(taskClass.needs()))
            .setQuarantined(taskClass.quarantined());
    if (taskClass.priority() != Priority.NORMAL) {
      written.setPriority(numberOf(taskClass.priority()));
    }
    return written.build();
  }

  static TaskClass classOf(io.reeve.wire.v1.TaskClass written) throws UnreadableMessageException {
    return new TaskClass(
        written.getQueue(),
        written.getKind(),
        laneOf(written.getLane()),
        written.hasPriority() ? priorityOf(written.getPriority()) : Priority.NORMAL,
        labelsOf(written.getNeedsList()),
        written.getQuarantined());
  }

  static List<Label> written(Labels labels) {
    return labels.asMap().entrySet().stream()
        .map(label -> Label.newBuilder().setName(label.getKey()).setValue(label.getValue()).build())
        .toList();
  }

  static Labels labelsOf(List<Label> written) {
    var labels = new HashMap<String, String>();
    written.forEach(label -> labels.put(label.getName(), label.getValue()));
    return Labels.of(labels);
  }

  // ---- Failures and refusals -------------------------------------------------------------------

  static io.reeve.wire.v1.Failure written(Failure failure) {
    return io.reeve.wire.v1.Failure.newBuilder()
        .setType(failure.type().number())
        .setMessage(failure.message())
        .setCode(failure.code())
        .build();
  }

  static Failure failureOf(io.reeve.wire.v1.Failure written) {
    return new Failure(FailureType.of(written.getType()), written.getMessage(), written.getCode());
  }

  static io.reeve.wire.v1.Rejection written(Rejection rejection) {
    return io.reeve.wire.v1.Rejection.newBuilder()
        .setCode(numberOf(rejection.code()))
        .setMessage(rejection.message())
        .build();
  }

  static Rejection rejectionOf(io.reeve.wire.v1.Rejection written) {
    return new Rejection(codeOf(written.getCode()), written.getMessage());
  }

  // ---- Leases ----------------------------------------------------------------------------------

  static LeaseKeys written(List<Leases.LeaseKey> keys) {
    var written = LeaseKeys.newBuilder();
    var before = 0L;
    for (var key : keys) {
      written.addSequenceDeltas(key.sequence() - before).addFences(key.fence());
      before = key.sequence();
    }
    return written.build();
  }

  static List<Leases.LeaseKey> keysOf(LeaseKeys written) throws UnreadableMessageException {
    var count = written.getSequenceDeltasCount();
    requireColumn("fences", written.getFencesCount(), count);
    var keys = new ArrayList<Leases.LeaseKey>(count);
    var sequence = 0L;
    for (var i = 0; i < count; i++) {
      sequence += written.getSequenceDeltas(i);
      keys.add(new Leases.LeaseKey(sequence, written.getFences(i)));
    }
    return keys;
  }

  // ---- Tables and columns ----------------------------------------------------------------------

  /**
   * Numbers the different values of a message, from 0, in the order they appear. Callers may choose
   * many values of one hash code: the map needs an order to find a value among those.
   */
  static final class Table<T extends Comparable<T>> {

    private final Map<T, Integer> indexes = new HashMap<>();
    private final List<T> values = new ArrayList<>();
    private final List<Integer> index = new ArrayList<>();

    private @Nullable T last;
    private int lastIndex;

    /** Gives the next entry of the column its value. The same again costs next to nothing. */
    void add(T value) {
      if (!value.equals(last)) {
        var known = indexes.putIfAbsent(value, values.size());
        lastIndex = known == null ? values.size() : known;
        if (known == null) {
          values.add(value);
        }
        last = value;
      }
      index.add(lastIndex);
    }

    List<T> values() {
      return values;
    }

    /** The column of indexes; empty where all have the first value. */
    List<Integer> column() {
      return values.size() < 2 ? List.of() : index;
    }
  }

  /**
   * The value of entry {@code i}.
   *
   * @param column of indexes into {@code table}; empty: all have the first
   */
  static <T> T valueAt(List<T> table, List<Integer> column, int i)
      throws UnreadableMessageException {
    var index = column.isEmpty() ? 0 : column.get(i);
    if (index < 0 || index >= table.size()) {
      throw new UnreadableMessageException(
          "expected an index below " + table.size() + ", got " + index);
    }
    return table.get(index);
  }

  static void requireColumn(String name, int entries, int expected)
      throws UnreadableMessageException {
    if (entries != expected) {
      throw new UnreadableMessageException(
          "expected " + expected + " entries of " + name + ", got " + entries);
    }
  }

  /** A column that is left out where it says nothing. */
  static void requireColumnOrNone(String name, int entries, int expected)
      throws UnreadableMessageException {
    if (entries != 0) {
      requireColumn(name, entries, expected);
    }
  }

  static byte[] bytesOf(ByteString written) {
    return written.isEmpty() ? NOTHING : written.toByteArray();
  }

  /** In one order, so that equal messages have equal bytes. */
  static List<String> sorted(Collection<String> names) {
    return names.stream().sorted().toList();
  }

  // ---- Numbers ---------------------------------------------------------------------------------

  // The numbers are written out here and not taken from the order of the constants, so that a
  // constant may be added anywhere.

  static int numberOf(Lane lane) {
    return switch (lane) {
      case NORMAL -> 0;
      case URGENT -> 1;
    };
  }

  static Lane laneOf(int number) throws UnreadableMessageException {
    return switch (number) {
      case 0 -> Lane.NORMAL;
      case 1 -> Lane.URGENT;
      default -> throw unknown("lane", number);
    };
  }

  private static int numberOf(Priority priority) {
    return switch (priority) {
      case LOW -> 0;
      case NORMAL -> 1;
      case HIGH -> 2;
      case CRITICAL -> 3;
    };
  }

  private static Priority priorityOf(int number) throws UnreadableMessageException {
    return switch (number) {
      case 0 -> Priority.LOW;
      case 1 -> Priority.NORMAL;
      case 2 -> Priority.HIGH;
      case 3 -> Priority.CRITICAL;
      default -> throw unknown("priority", number);
    };
  }

  static int numberOf(UniqueScope scope) {
    return switch (scope) {
      case WHILE_WAITING -> 1;
      case UNTIL_ENDED -> 2;
      case FOR_PERIOD -> 3;
    };
  }

  static UniqueScope scopeOf(int number) throws UnreadableMessageException {
    return switch (number) {
      case 1 -> UniqueScope.WHILE_WAITING;
      case 2 -> UniqueScope.UNTIL_ENDED;
      case 3 -> UniqueScope.FOR_PERIOD;
      default -> throw unknown("scope of a unique key", number);
    };
  }

  static int numberOf(OnCollision onCollision) {
    return switch (onCollision) {
      case RETURN_FIRST -> 1;
      case REPLACE -> 2;
      case REFUSE -> 3;
    };
  }

  static OnCollision onCollisionOf(int number) throws UnreadableMessageException {
    return switch (number) {
      case 1 -> OnCollision.RETURN_FIRST;
      case 2 -> OnCollision.REPLACE;
      case 3 -> OnCollision.REFUSE;
      default -> throw unknown("way of dealing with a collision", number);
    };
  }

  private static int numberOf(Rejection.Code code) {
    return switch (code) {
      case UNKNOWN_TASK -> 1;
      case WRONG_STATE -> 2;
      case STALE_LEASE -> 3;
      case MALFORMED_SETTLEMENT -> 4;
      case SETTLED_OTHERWISE -> 5;
      case REQUEST_ID_REUSED -> 6;
      case OVER_CAPACITY -> 7;
      case STORE_FULL -> 8;
      case OVERLOADED -> 9;
      case OUTCOME_UNKNOWN -> 10;
      case NOT_READY -> 11;
      case INTERNAL -> 12;
      case UNKNOWN_SCHEDULE -> 13;
      case VERSION_CHANGED -> 14;
      case TOO_MANY_CLASSES -> 20;
      case ALREADY_EXISTS -> 15;
    };
  }

  private static Rejection.Code codeOf(int number) {
    for (var code : Rejection.Code.values()) {
      if (numberOf(code) == number) {
        return code;
      }
    }
    return Rejection.Code.INTERNAL;
  }

  static UnreadableMessageException unknown(String what, int number) {
    return new UnreadableMessageException(
        "expected a known " + what + ", got " + number + ": a newer release sent it");
  }
}
