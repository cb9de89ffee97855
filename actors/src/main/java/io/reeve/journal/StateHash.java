package io.reeve.journal;

import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.task.Past;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.UniqueScope;
import io.reeve.domain.task.UniqueTaken;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;

/**
 * A number for what a partition still has to do: two states with one hash hold the same live tasks,
 * schedules and unique keys of live tasks, and number the next one alike. It counts the values, not
 * the stored form, so it stays the same when the form changes, and tells whether a snapshot and the
 * events behind it agree.
 *
 * <p>Finished tasks, request ids and keys that are held for a period do not count: when they are
 * forgotten depends on the clock, not on the events. Against accidents only; it is no signature.
 *
 * <p>The order of the values here is stored in snapshots and in the golden files. A new value is
 * added at the end of its record's part, and only when it is not the default.
 */
public final class StateHash {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final IdentityHashMap<TaskProfile, Long> profiles = new IdentityHashMap<>();
  private long hash;

  private StateHash(long seed) {
    hash = seed;
  }

  /**
   * The hash of the live tasks in the order of their sequence numbers, of the schedules, and of the
   * unique keys.
   */
  public static long of(PartitionSnapshot snapshot) {
    var hash = new StateHash(snapshot.nextSequence());
    for (var task : snapshot.tasks()) {
      hash.addTask(task);
    }
    for (var schedule : snapshot.schedules()) {
      hash.addSchedule(schedule);
    }
    for (var key : snapshot.unique()) {
      if (key.scope() != UniqueScope.FOR_PERIOD) {
        hash.addKey(key);
      }
    }
    return hash.hash;
  }

  private void addTask(Task task) {
    if (task instanceof Task.Queued queued) {
      addCommon(1, queued);
    } else if (task instanceof Task.Leased leased) {
      addCommon(2, leased);
      add(leased.holder());
      add(leased.expiresAtMs());
    } else if (!(task instanceof Task.Finished)) {
      throw new IllegalArgumentException("expected a task of a partition, got " + task.getClass());
    }
  }

  private void addCommon(int state, Task task) {
    var spec = task.spec();
    add(state);
    add(spec.sequence());
    add(profiles.computeIfAbsent(spec.profile(), StateHash::ofProfile));
    add(spec.bytes());
    add(spec.submittedAtMs());
    add(task.attempt());
    add(task.fence());
    add(task.dueAtMs());
    add(task.past());
  }

  private void addSchedule(Schedule schedule) {
    add(schedule.number());
    add(schedule.version());
    add(schedule.name());
    add(profiles.computeIfAbsent(schedule.definition().profile(), StateHash::ofProfile));
    add(schedule.definition().template());
    add(schedule.pause() == null ? 0 : 1);
    var progress = schedule.progress();
    add(progress.afterMs());
    add(progress.runs());
    add(progress.lastSequence());
    add(progress.waitingMs());
    if (schedule.backfill() != null) {
      add(schedule.backfill().toMs());
      add(schedule.backfill().cursorMs());
    }
  }

  private void addKey(UniqueTaken held) {
    add(held.sequence());
    add(held.key().tenant());
    add(held.key().text());
    add(held.scope().name());
  }

  private static long ofProfile(TaskProfile profile) {
    var hash = new StateHash(0);
    hash.add(profile.taskClass().queue());
    hash.add(profile.taskClass().kind());
    hash.add(profile.taskClass().lane().name());
    hash.add(profile.priority().name());
    hash.add(profile.executionTimeoutMs());
    hash.add(profile.queueTimeoutMs());
    hash.add(profile.retry().attemptsMax());
    hash.add(profile.retry().backoffInitial().toMillis());
    hash.add(profile.retry().backoffMax().toMillis());
    hash.add(Double.doubleToLongBits(profile.retry().backoffMultiplier()));
    hash.add(Double.doubleToLongBits(profile.retry().backoffJitter()));
    hash.add(profile.tenant());
    profile.retry().neverRetryCodes().forEach(hash::add);
    var needs = profile.taskClass().needs();
    if (!needs.isEmpty()) {
      // Behind a number that no text has for a length, to tell them from codes.
      hash.add(-1);
      needs
          .asMap()
          .forEach(
              (name, value) -> {
                hash.add(name);
                hash.add(value);
              });
    }
    return hash.hash;
  }

  private void add(Past past) {
    add(past.workerId());
    add(past.leasedAtMs());
    add(past.failedAtMs());
    add(past.failedFence());
    if (past.failure() != null) {
      add(past.failure().type().number());
      add(past.failure().message());
      add(past.failure().code());
    }
    if (past.losses() > 0) {
      add(past.losses());
    }
  }

  private void add(String text) {
    add(text.getBytes(StandardCharsets.UTF_8));
  }

  private void add(byte[] bytes) {
    add(bytes.length);
    var i = 0;
    for (; i <= bytes.length - Long.BYTES; i += Long.BYTES) {
      add((long) LONGS.get(bytes, i));
    }
    var rest = 0L;
    for (; i < bytes.length; i++) {
      rest = rest << Byte.SIZE | (bytes[i] & 0xff);
    }
    add(rest);
  }

  /** One round of the finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable PRNGs, 2014). */
  private void add(long value) {
    var mixed = (hash ^ value) + 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    hash = mixed ^ (mixed >>> 31);
  }
}
