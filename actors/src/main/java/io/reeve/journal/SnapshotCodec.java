package io.reeve.journal;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.task.Attempt;
import io.reeve.domain.task.Disposal;
import io.reeve.domain.task.History;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.Past;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.domain.task.WriterStarted;
import io.reeve.journal.v1.HolderEndedRun;
import io.reeve.journal.v1.SnapshotRequest;
import io.reeve.journal.v1.SnapshotSchedule;
import io.reeve.journal.v1.SnapshotTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A partition's snapshot to its stored form and back. Tasks are written and read one at a time, so
 * that a million of them never stand in memory a second time as messages.
 *
 * <p>Reading compares the hash of the live tasks with the one that was stored: a release that reads
 * an old layout in another way than it was meant finds out here, and not by running tasks twice.
 */
final class SnapshotCodec {

  /** Of the layout that is written. A reader refuses any other. */
  static final int FORMAT = 1;

  private SnapshotCodec() {}

  // ---- Writing -------------------------------------------------------------------------------

  /** As below, for a store that takes as much as an array. */
  static byte[] encode(PartitionSnapshot snapshot) {
    return encode(snapshot, Integer.MAX_VALUE - 8);
  }

  /**
   * Takes two rounds, the first of which only counts: so the bytes are in memory once, and not two
   * or three times as while an array grows.
   *
   * @throws SnapshotTooLargeException for more bytes than {@code bytesMax}, after the first round
   */
  static byte[] encode(PartitionSnapshot snapshot, int bytesMax) {
    var profiles = new ProfileTable();
    for (var task : snapshot.tasks()) {
      profiles.indexOf(task.spec().profile());
    }
    for (var schedule : snapshot.schedules()) {
      profiles.indexOf(schedule.definition().profile());
    }
    var hash = StateHash.of(snapshot);
    try {
      var counted = new CountedBytes(headBytes(snapshot, hash));
      forEachPart(snapshot, profiles, counted);
      var size = counted.bytes + Sealed.BYTES;
      if (size > bytesMax) {
        throw new SnapshotTooLargeException(size, bytesMax);
      }
      var sealed = new byte[(int) size];
      var out = CodedOutputStream.newInstance(sealed, 0, sealed.length - Sealed.BYTES);
      writeHead(snapshot, hash, out);
      forEachPart(snapshot, profiles, new WrittenParts(out));
      out.checkNoSpaceLeft();
      Sealed.seal(sealed);
      return sealed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long headBytes(PartitionSnapshot snapshot, long hash) {
    return (long)
            CodedOutputStream.computeInt32Size(
                io.reeve.journal.v1.PartitionSnapshot.FORMAT_FIELD_NUMBER, FORMAT)
        + CodedOutputStream.computeFixed64Size(
            io.reeve.journal.v1.PartitionSnapshot.STATE_HASH_FIELD_NUMBER, hash)
        + CodedOutputStream.computeInt64Size(
            io.reeve.journal.v1.PartitionSnapshot.NEXT_SEQUENCE_FIELD_NUMBER,
            snapshot.nextSequence());
  }

  private static void writeHead(PartitionSnapshot snapshot, long hash, CodedOutputStream out)
      throws IOException {
    out.writeInt32(io.reeve.journal.v1.PartitionSnapshot.FORMAT_FIELD_NUMBER, FORMAT);
    out.writeFixed64(io.reeve.journal.v1.PartitionSnapshot.STATE_HASH_FIELD_NUMBER, hash);
    out.writeInt64(
        io.reeve.journal.v1.PartitionSnapshot.NEXT_SEQUENCE_FIELD_NUMBER, snapshot.nextSequence());
  }

  /** Takes the messages of a snapshot one at a time. */
  private interface Parts {
    void part(int field, MessageLite message) throws IOException;

    /** Takes a task, which is no message yet. */
    void task(Task task, int profile) throws IOException;
  }

  private static void forEachPart(PartitionSnapshot snapshot, ProfileTable profiles, Parts parts)
      throws IOException {
    for (var profile : profiles.profiles()) {
      parts.part(
          io.reeve.journal.v1.PartitionSnapshot.PROFILES_FIELD_NUMBER,
          StoredValues.stored(profile));
    }
    for (var task : snapshot.tasks()) {
      parts.task(task, profiles.indexOf(task.spec().profile()));
    }
    for (var request : snapshot.requests()) {
      parts.part(io.reeve.journal.v1.PartitionSnapshot.REQUESTS_FIELD_NUMBER, stored(request));
    }
    if (snapshot.lastStart() != null) {
      parts.part(
          io.reeve.journal.v1.PartitionSnapshot.LAST_START_FIELD_NUMBER,
          StoredValues.stored(snapshot.lastStart()));
    }
    for (var ended : snapshot.ended()) {
      parts.part(io.reeve.journal.v1.PartitionSnapshot.ENDED_FIELD_NUMBER, stored(ended));
    }
    for (var schedule : snapshot.schedules()) {
      parts.part(
          io.reeve.journal.v1.PartitionSnapshot.SCHEDULES_FIELD_NUMBER,
          StoredSchedules.stored(schedule, profiles));
    }
    for (var key : snapshot.unique()) {
      parts.part(
          io.reeve.journal.v1.PartitionSnapshot.UNIQUE_FIELD_NUMBER, StoredValues.stored(key));
    }
    if (!snapshot.heeded().equals(RulesHeeded.NONE)) {
      parts.part(
          io.reeve.journal.v1.PartitionSnapshot.HEEDED_FIELD_NUMBER,
          StoredRules.stored(snapshot.heeded()));
    }
  }

  /** Counts bytes and writes none. */
  private static final class CountedBytes implements Parts {
    private final SnapshotTasks tasks = new SnapshotTasks();
    private long bytes;

    CountedBytes(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public void part(int field, MessageLite message) {
      bytes += CodedOutputStream.computeMessageSize(field, message);
    }

    @Override
    public void task(Task task, int profile) throws IOException {
      var size = tasks.sizeOf(task, profile);
      bytes +=
          CodedOutputStream.computeTagSize(
              io.reeve.journal.v1.PartitionSnapshot.TASKS_FIELD_NUMBER);
      bytes += CodedOutputStream.computeUInt32SizeNoTag(size) + (long) size;
    }
  }

  /** Writes bytes to an array. */
  private static final class WrittenParts implements Parts {
    private final SnapshotTasks tasks = new SnapshotTasks();
    private final CodedOutputStream out;

    WrittenParts(CodedOutputStream out) {
      this.out = out;
    }

    @Override
    public void part(int field, MessageLite message) throws IOException {
      out.writeMessage(field, message);
    }

    @Override
    public void task(Task task, int profile) throws IOException {
      out.writeTag(
          io.reeve.journal.v1.PartitionSnapshot.TASKS_FIELD_NUMBER,
          WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(tasks.sizeOf(task, profile));
      tasks.write(task, profile, out);
    }
  }

  private static HolderEndedRun stored(HolderEnded ended) {
    return HolderEndedRun.newBuilder()
        .setAtMs(ended.atMs())
        .addHolders(ended.holder())
        .addSessionNos(ended.sessionNo())
        .build();
  }

  private static SnapshotRequest stored(PartitionSnapshot.Request request) {
    return SnapshotRequest.newBuilder()
        .setRequestId(request.requestId())
        .setBodyHash(request.bodyHash())
        .setFirstSequence(request.firstSequence())
        .setCount(request.count())
        .setAtMs(request.atMs())
        .build();
  }

  // ---- Reading -------------------------------------------------------------------------------

  static PartitionSnapshot decode(byte[] bytes) {
    var input = Sealed.open(bytes).newCodedInput();
    input.enableAliasing(true);
    try {
      return new Reader(input).read();
    } catch (InvalidProtocolBufferException e) {
      throw new UnreadableJournalException(
          "expected a snapshot of a partition, got other bytes", e);
    } catch (IOException e) {
      throw new IllegalStateException("an array in memory could not be read", e);
    }
  }

  /** Reads one snapshot. Texts and profiles that many tasks share become one object each. */
  private static final class Reader {

    private final CodedInputStream input;
    private final Map<TaskProfile, TaskProfile> profiles = new HashMap<>();
    private final List<TaskProfile> profilesByIndex = new ArrayList<>();
    private final Map<String, String> texts = new HashMap<>();
    private final List<Task> tasks = new ArrayList<>();
    private final List<PartitionSnapshot.Request> requests = new ArrayList<>();
    private final List<HolderEnded> ended = new ArrayList<>();
    private final List<Schedule> schedules = new ArrayList<>();
    private final List<UniqueTaken> unique = new ArrayList<>();
    private @Nullable WriterStarted lastStart;
    private RulesHeeded heeded = RulesHeeded.NONE;
    private long stateHash;
    private long nextSequence;

    Reader(CodedInputStream input) {
      this.input = input;
    }

    PartitionSnapshot read() throws IOException {
      readFormat();
      for (var tag = input.readTag(); tag != 0; tag = input.readTag()) {
        readField(tag);
      }
      var snapshot =
          new PartitionSnapshot(
              nextSequence,
              lastStart,
              PartitionSnapshot.Tasks.of(tasks),
              requests.toArray(PartitionSnapshot.Request[]::new),
              ended.toArray(HolderEnded[]::new),
              schedules.toArray(Schedule[]::new),
              unique.toArray(UniqueTaken[]::new),
              heeded);
      var hash = StateHash.of(snapshot);
      if (hash != stateHash) {
        throw new UnreadableJournalException(
            "expected live tasks with hash %016x, got %016x".formatted(stateHash, hash));
      }
      return snapshot;
    }

    private void readFormat() throws IOException {
      var format =
          input.readTag() == tag(1, WireFormat.WIRETYPE_VARINT)
              ? input.readInt32()
              : Integer.MIN_VALUE;
      if (format != FORMAT) {
        throw StoredValues.unknown("snapshot format", format);
      }
    }

    private void readField(int tag) throws IOException {
      if (tag == tag(2, WireFormat.WIRETYPE_FIXED64)) {
        stateHash = input.readFixed64();
      } else if (tag == tag(3, WireFormat.WIRETYPE_VARINT)) {
        nextSequence = input.readInt64();
      } else if (tag == tag(4, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        var profile = StoredValues.profileOf(read(io.reeve.journal.v1.TaskProfile.parser()));
        var known = profiles.putIfAbsent(profile, profile);
        profilesByIndex.add(known == null ? profile : known);
      } else if (tag == tag(5, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        tasks.add(taskOf(read(SnapshotTask.parser())));
      } else if (tag == tag(6, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        requests.add(requestOf(read(SnapshotRequest.parser())));
      } else if (tag == tag(7, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        lastStart = StoredValues.startOf(read(io.reeve.journal.v1.WriterStarted.parser()));
      } else if (tag == tag(8, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        ended.addAll(StoredValues.holdersOf(read(HolderEndedRun.parser())));
      } else if (tag == tag(9, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        schedules.add(StoredSchedules.scheduleOf(read(SnapshotSchedule.parser()), this::profile));
      } else if (tag == tag(16, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        unique.add(StoredValues.takenOf(read(io.reeve.journal.v1.UniqueTaken.parser())));
      } else if (tag == tag(11, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        heeded = StoredRules.heededOf(read(io.reeve.journal.v1.RulesHeeded.parser()));
      } else {
        throw StoredValues.unknown("field of a snapshot", WireFormat.getTagFieldNumber(tag));
      }
    }

    private <T extends MessageLite> T read(Parser<T> parser) throws IOException {
      return input.readMessage(parser, ExtensionRegistryLite.getEmptyRegistry());
    }

    private Task taskOf(SnapshotTask stored) {
      StoredValues.requireKnown(stored);
      var spec =
          new Task.Spec(
              stored.getSequence(),
              profile(stored.getProfile()),
              stored.getSpec().toByteArray(),
              stored.getSubmittedAtMs());
      var attempt = stored.getAttempt();
      var fence = stored.getFence();
      var dueAtMs = stored.getDueAtMs();
      var past = pastOf(stored);
      var finishedAtMs = stored.getFinishedAtMs();
      return switch (stored.getState()) {
        case SnapshotTasks.QUEUED -> new Task.Queued(spec, attempt, fence, dueAtMs, past);
        case SnapshotTasks.LEASED ->
            new Task.Leased(
                spec,
                attempt,
                fence,
                dueAtMs,
                shared(stored.getHolder()),
                stored.getLeaseExpiresAtMs(),
                past);
        case SnapshotTasks.COMPLETED ->
            new Task.Completed(
                spec,
                attempt,
                fence,
                dueAtMs,
                stored.getResult().toByteArray(),
                past,
                finishedAtMs);
        case SnapshotTasks.DEAD -> {
          if (past.failure() == null) {
            throw new UnreadableJournalException("expected the failure of a dead task, got none");
          }
          yield new Task.Dead(
              spec, attempt, fence, dueAtMs, past, finishedAtMs, disposalOf(stored));
        }
        case SnapshotTasks.CANCELLED ->
            new Task.Cancelled(
                spec,
                attempt,
                fence,
                dueAtMs,
                shared(stored.getCancelReason()),
                past,
                finishedAtMs);
        case SnapshotTasks.EXPIRED ->
            new Task.Expired(spec, attempt, fence, dueAtMs, past, finishedAtMs);
        default -> throw StoredValues.unknown("task state", stored.getState());
      };
    }

    private Past pastOf(SnapshotTask stored) {
      var past =
          new Past(
              shared(stored.getWorkerId()),
              stored.getLeasedAtMs(),
              stored.hasFailure() ? StoredValues.failureOf(stored.getFailure()) : null,
              stored.getFailedAtMs(),
              stored.getFailedFence(),
              historyOf(stored));
      return past.equals(Past.NONE) ? Past.NONE : past;
    }

    private History historyOf(SnapshotTask stored) {
      if (stored.getRedriveOf() == 0 && stored.getLosses() == 0 && stored.getAttemptsCount() == 0) {
        return History.NONE;
      }
      var attempts = new ArrayList<Attempt>(stored.getAttemptsCount());
      for (var attempt : stored.getAttemptsList()) {
        StoredValues.requireKnown(attempt);
        attempts.add(
            new Attempt(
                attempt.getNumber(),
                shared(attempt.getWorkerId()),
                attempt.getStartedAtMs(),
                attempt.getEndedAtMs(),
                StoredValues.failureOf(attempt.getFailure())));
      }
      return new History(stored.getRedriveOf(), stored.getLosses(), attempts);
    }

    private @Nullable Disposal disposalOf(SnapshotTask stored) {
      if (!stored.hasDisposal()) {
        return null;
      }
      var disposal = stored.getDisposal();
      StoredValues.requireKnown(disposal);
      return new Disposal(disposal.getRedrivenAs(), shared(disposal.getBy()), disposal.getAtMs());
    }

    private TaskProfile profile(int index) {
      if (index < 0 || index >= profilesByIndex.size()) {
        throw new UnreadableJournalException(
            "expected a profile below " + profilesByIndex.size() + ", got " + index);
      }
      return profilesByIndex.get(index);
    }

    private String shared(String text) {
      var known = texts.putIfAbsent(text, text);
      return known == null ? text : known;
    }

    private static PartitionSnapshot.Request requestOf(SnapshotRequest stored) {
      StoredValues.requireKnown(stored);
      return new PartitionSnapshot.Request(
          stored.getRequestId(),
          stored.getBodyHash(),
          stored.getFirstSequence(),
          stored.getCount(),
          stored.getAtMs());
    }

    private static int tag(int field, int wireType) {
      return field << 3 | wireType;
    }
  }
}
