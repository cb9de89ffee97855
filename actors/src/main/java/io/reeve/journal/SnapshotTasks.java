package io.reeve.journal;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.reeve.domain.task.Attempt;
import io.reeve.domain.task.Disposal;
import io.reeve.domain.task.Past;
import io.reeve.domain.task.Task;
import io.reeve.journal.v1.SnapshotTask;
import io.reeve.journal.v1.StoredAttempt;
import io.reeve.journal.v1.StoredDisposal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tasks of one snapshot, each as a {@link SnapshotTask} with its fields in the order of
 * their numbers, but without the message: a snapshot is mostly tasks, and a message for each costs
 * twice as much as the bytes. Used once, by one thread.
 */
final class SnapshotTasks {

  static final int QUEUED = 1;
  static final int LEASED = 2;
  static final int COMPLETED = 3;
  static final int DEAD = 4;
  static final int CANCELLED = 5;
  static final int EXPIRED = 6;

  /** A text and its bytes. Neighbouring tasks mostly have one worker. */
  private static final class Encoded {
    private String text = "";
    private byte[] utf8 = new byte[0];

    byte[] of(String other) {
      if (!text.equals(other)) {
        text = other;
        utf8 = other.getBytes(StandardCharsets.UTF_8);
      }
      return utf8;
    }
  }

  private final Encoded holder = new Encoded();
  private final Encoded worker = new Encoded();

  /** Null while bytes are counted and not written. */
  private @Nullable CodedOutputStream out;

  private int counted;

  /**
   * Bytes of the task's message.
   *
   * @param profile the number of its profile
   */
  int sizeOf(Task task, int profile) throws IOException {
    out = null;
    counted = 0;
    fields(task, profile);
    return counted;
  }

  /** Writes the task's message, without its length. */
  void write(Task task, int profile, CodedOutputStream to) throws IOException {
    out = to;
    fields(task, profile);
  }

  private void fields(Task task, int profile) throws IOException {
    var spec = task.spec();
    var past = task.past();
    number(SnapshotTask.SEQUENCE_FIELD_NUMBER, spec.sequence());
    number(SnapshotTask.STATE_FIELD_NUMBER, stateOf(task));
    number(SnapshotTask.PROFILE_FIELD_NUMBER, profile);
    number(SnapshotTask.SUBMITTED_AT_MS_FIELD_NUMBER, spec.submittedAtMs());
    number(SnapshotTask.DUE_AT_MS_FIELD_NUMBER, task.dueAtMs());
    number(SnapshotTask.ATTEMPT_FIELD_NUMBER, task.attempt());
    number(SnapshotTask.FENCE_FIELD_NUMBER, task.fence());
    bytes(SnapshotTask.SPEC_FIELD_NUMBER, spec.bytes());
    if (task instanceof Task.Leased leased) {
      bytes(SnapshotTask.HOLDER_FIELD_NUMBER, holder.of(leased.holder()));
    }
    bytes(SnapshotTask.WORKER_ID_FIELD_NUMBER, worker.of(past.workerId()));
    number(SnapshotTask.LEASED_AT_MS_FIELD_NUMBER, past.leasedAtMs());
    if (task instanceof Task.Leased leased) {
      number(SnapshotTask.LEASE_EXPIRES_AT_MS_FIELD_NUMBER, leased.expiresAtMs());
    }
    // The common class by itself, see Task.isLive.
    if (task instanceof Task.Completed completed) {
      number(SnapshotTask.FINISHED_AT_MS_FIELD_NUMBER, completed.finishedAtMs());
      bytes(SnapshotTask.RESULT_FIELD_NUMBER, completed.result());
    } else if (!Task.isLive(task)) {
      number(SnapshotTask.FINISHED_AT_MS_FIELD_NUMBER, ((Task.Finished) task).finishedAtMs());
    }
    if (past.failure() != null) {
      message(SnapshotTask.FAILURE_FIELD_NUMBER, StoredValues.stored(past.failure()));
    }
    if (task instanceof Task.Cancelled cancelled) {
      var reason = cancelled.reason().getBytes(StandardCharsets.UTF_8);
      bytes(SnapshotTask.CANCEL_REASON_FIELD_NUMBER, reason);
    }
    rest(task, past);
  }

  /** What few tasks have. */
  private void rest(Task task, Past past) throws IOException {
    if (past.failure() != null) {
      number(SnapshotTask.FAILED_AT_MS_FIELD_NUMBER, past.failedAtMs());
      number(SnapshotTask.FAILED_FENCE_FIELD_NUMBER, past.failedFence());
    }
    if (task instanceof Task.Dead dead && dead.disposal() != null) {
      message(SnapshotTask.DISPOSAL_FIELD_NUMBER, stored(dead.disposal()));
    }
    number(SnapshotTask.REDRIVE_OF_FIELD_NUMBER, past.history().redriveOf());
    for (var attempt : past.history().attempts()) {
      message(SnapshotTask.ATTEMPTS_FIELD_NUMBER, stored(attempt));
    }
    number(SnapshotTask.LOSSES_FIELD_NUMBER, past.losses());
  }

  private static int stateOf(Task task) {
    if (task instanceof Task.Completed) {
      return COMPLETED;
    } else if (task instanceof Task.Queued) {
      return QUEUED;
    } else if (task instanceof Task.Leased) {
      return LEASED;
    } else if (task instanceof Task.Dead) {
      return DEAD;
    } else if (task instanceof Task.Cancelled) {
      return CANCELLED;
    } else if (task instanceof Task.Expired) {
      return EXPIRED;
    }
    throw new IllegalArgumentException("no stored form for " + task.getClass());
  }

  /** A number of 32 or 64 bits. One that is 0 is absent, as everywhere in this syntax. */
  private void number(int field, long value) throws IOException {
    if (value == 0) {
      return;
    }
    if (out == null) {
      counted += CodedOutputStream.computeInt64Size(field, value);
    } else {
      out.writeInt64(field, value);
    }
  }

  private void bytes(int field, byte[] value) throws IOException {
    if (value.length == 0) {
      return;
    }
    if (out == null) {
      counted += CodedOutputStream.computeByteArraySize(field, value);
    } else {
      out.writeByteArray(field, value);
    }
  }

  private void message(int field, MessageLite value) throws IOException {
    if (out == null) {
      counted += CodedOutputStream.computeMessageSize(field, value);
    } else {
      out.writeMessage(field, value);
    }
  }

  private static StoredAttempt stored(Attempt attempt) {
    return StoredAttempt.newBuilder()
        .setNumber(attempt.number())
        .setWorkerId(attempt.workerId())
        .setStartedAtMs(attempt.startedAtMs())
        .setEndedAtMs(attempt.endedAtMs())
        .setFailure(StoredValues.stored(attempt.failure()))
        .build();
  }

  private static StoredDisposal stored(Disposal disposal) {
    return StoredDisposal.newBuilder()
        .setRedrivenAs(disposal.redrivenAs())
        .setBy(disposal.by())
        .setAtMs(disposal.atMs())
        .build();
  }
}
