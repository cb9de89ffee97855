package io.reeve.journal;

import com.google.protobuf.Message;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueMet;
import io.reeve.domain.task.UniqueScope;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.domain.task.WriterStarted;
import io.reeve.journal.v1.HolderEndedRun;
import io.reeve.journal.v1.StoredFailure;
import io.reeve.journal.v1.StoredLabel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** The values that rows and snapshots share: profiles and failures, to their messages and back. */
final class StoredValues {

  private StoredValues() {}

  static io.reeve.journal.v1.TaskProfile stored(TaskProfile profile) {
    var retry = profile.retry();
    return io.reeve.journal.v1.TaskProfile.newBuilder()
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
        .addAllNeeds(stored(profile.taskClass().needs()))
        .build();
  }

  static TaskProfile profileOf(io.reeve.journal.v1.TaskProfile stored) {
    requireKnown(stored);
    return new TaskProfile(
        new TaskClass(
            stored.getQueue(),
            stored.getKind(),
            laneOf(stored.getLane()),
            priorityOf(stored.getPriority()),
            needsOf(stored.getNeedsList())),
        stored.getExecutionTimeoutMs(),
        stored.getQueueTimeoutMs(),
        retryOf(stored),
        stored.getTenant());
  }

  private static List<StoredLabel> stored(Labels labels) {
    return labels.asMap().entrySet().stream()
        .map(
            label ->
                StoredLabel.newBuilder().setName(label.getKey()).setValue(label.getValue()).build())
        .toList();
  }

  private static Labels needsOf(List<StoredLabel> stored) {
    var labels = new HashMap<String, String>();
    for (var label : stored) {
      requireKnown(label);
      labels.put(label.getName(), label.getValue());
    }
    return Labels.of(labels);
  }

  static StoredFailure stored(Failure failure) {
    return StoredFailure.newBuilder()
        .setType(failure.type().number())
        .setMessage(failure.message())
        .setCode(failure.code())
        .build();
  }

  static Failure failureOf(StoredFailure stored) {
    requireKnown(stored);
    return new Failure(failureTypeOf(stored.getType()), stored.getMessage(), stored.getCode());
  }

  static io.reeve.journal.v1.WriterStarted stored(WriterStarted event) {
    return io.reeve.journal.v1.WriterStarted.newBuilder()
        .setStartNo(event.startNo())
        .setStartId(event.startId())
        .setFirstSequence(event.firstSequence())
        .setAtMs(event.atMs())
        .build();
  }

  static WriterStarted startOf(io.reeve.journal.v1.WriterStarted stored) {
    requireKnown(stored);
    return new WriterStarted(
        stored.getStartNo(), stored.getStartId(), stored.getFirstSequence(), stored.getAtMs());
  }

  static List<HolderEnded> holdersOf(HolderEndedRun stored) {
    requireKnown(stored);
    if (stored.getSessionNosCount() != stored.getHoldersCount()) {
      throw new UnreadableJournalException(
          "expected "
              + stored.getHoldersCount()
              + " entries of session_nos, got "
              + stored.getSessionNosCount());
    }
    var holders = new ArrayList<HolderEnded>(stored.getHoldersCount());
    for (var i = 0; i < stored.getHoldersCount(); i++) {
      holders.add(new HolderEnded(stored.getHolders(i), stored.getSessionNos(i), stored.getAtMs()));
    }
    return holders;
  }

  static io.reeve.journal.v1.UniqueTaken stored(UniqueTaken event) {
    return io.reeve.journal.v1.UniqueTaken.newBuilder()
        .setTenant(event.key().tenant())
        .setKey(event.key().text())
        .setSequence(event.sequence())
        .setScope(numberOf(event.scope()))
        .setUntilMs(event.untilMs())
        .setAtMs(event.atMs())
        .build();
  }

  static UniqueTaken takenOf(io.reeve.journal.v1.UniqueTaken stored) {
    requireKnown(stored);
    return new UniqueTaken(
        new UniqueKey(stored.getTenant(), stored.getKey()),
        stored.getSequence(),
        scopeOf(stored.getScope()),
        stored.getUntilMs(),
        stored.getAtMs());
  }

  static io.reeve.journal.v1.UniqueMet stored(UniqueMet event) {
    return io.reeve.journal.v1.UniqueMet.newBuilder()
        .setRequestId(event.requestId())
        .setBodyHash(event.bodyHash())
        .setSequence(event.sequence())
        .setAtMs(event.atMs())
        .build();
  }

  static UniqueMet metOf(io.reeve.journal.v1.UniqueMet stored) {
    requireKnown(stored);
    return new UniqueMet(
        stored.getRequestId(), stored.getBodyHash(), stored.getSequence(), stored.getAtMs());
  }

  /** Refuses a message with fields that this release does not know: it would lose their meaning. */
  static void requireKnown(Message message) {
    if (!message.getUnknownFields().asMap().isEmpty()) {
      throw new UnreadableJournalException(
          "expected the known fields of "
              + message.getDescriptorForType().getName()
              + ", got field "
              + message.getUnknownFields().asMap().keySet()
              + " too: written by a newer release, or damaged");
    }
  }

  static UnreadableJournalException unknown(String what, int number) {
    return new UnreadableJournalException(
        "expected a known "
            + what
            + ", got "
            + number
            + ": written by a newer release, or damaged");
  }

  private static RetryPolicy retryOf(io.reeve.journal.v1.TaskProfile stored) {
    try {
      return new RetryPolicy(
          stored.getAttemptsMax(),
          Duration.ofMillis(stored.getBackoffInitialMs()),
          Duration.ofMillis(stored.getBackoffMaxMs()),
          stored.getBackoffMultiplier(),
          stored.getBackoffJitter(),
          stored.getNeverRetryCodesList());
    } catch (IllegalArgumentException e) {
      throw new UnreadableJournalException("expected a retry policy that is allowed, got none", e);
    }
  }

  // The numbers are written out here and not taken from the order of the constants, so that a
  // constant may be added anywhere.

  private static int numberOf(Lane lane) {
    return switch (lane) {
      case NORMAL -> 0;
      case URGENT -> 1;
    };
  }

  private static Lane laneOf(int number) {
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

  private static Priority priorityOf(int number) {
    return switch (number) {
      case 0 -> Priority.LOW;
      case 1 -> Priority.NORMAL;
      case 2 -> Priority.HIGH;
      case 3 -> Priority.CRITICAL;
      default -> throw unknown("priority", number);
    };
  }

  private static int numberOf(UniqueScope scope) {
    return switch (scope) {
      case WHILE_WAITING -> 1;
      case UNTIL_ENDED -> 2;
      case FOR_PERIOD -> 3;
    };
  }

  private static UniqueScope scopeOf(int number) {
    return switch (number) {
      case 1 -> UniqueScope.WHILE_WAITING;
      case 2 -> UniqueScope.UNTIL_ENDED;
      case 3 -> UniqueScope.FOR_PERIOD;
      default -> throw unknown("scope of a unique key", number);
    };
  }

  private static FailureType failureTypeOf(int number) {
    var type = FailureType.of(number);
    if (type.number() != number) {
      throw unknown("failure type", number);
    }
    return type;
  }
}
