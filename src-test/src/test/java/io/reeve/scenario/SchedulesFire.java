package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.ScheduleRequest;
import io.reeve.client.TaskQuery;
import io.reeve.client.TaskRequest;
import io.reeve.v1.MissedPolicy;
import io.reeve.v1.OverlapPolicy;
import io.reeve.v1.Schedule;
import io.reeve.v1.ScheduleState;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Schedules over the public API: what they do, and that each planned instant has one task whenever
 * the node is killed.
 *
 * <p>{@code -Dseed=…} repeats the instants of the kills.
 */
class SchedulesFire {

  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int QUICK_KILLS = 3;
  private static final int SLOW_KILLS = 100;
  private static final Duration SLOW_AT_MOST = Duration.ofMinutes(10);
  private static final int TICKING = 12;

  /** A kill comes as far before or after a due instant, at most. */
  private static final int AROUND_MS = 120;

  @RegisterExtension private final Fleet fleet = new Fleet();

  private static ScheduleRequest ticking(String payload) {
    return ScheduleRequest.every(SECOND)
        .overlap(OverlapPolicy.OVERLAP_POLICY_PARALLEL)
        .missedAll(1000)
        .task(TaskRequest.of("echo").payload(payload).build());
  }

  @Test
  @Timeout(240)
  void aScheduleLivesFromItsCreationToItsEnd() {
    var node = fleet.node();
    fleet.worker("crane", node, 4);
    try (var client = node.client()) {
      isCreatedOnceAndFires(client);
      isTriggeredWhilePaused(client);
      isChangedAndKeepsItsPause(client);
    }
    node.process().kill();
    var again = fleet.node(node.port(), () -> {});
    try (var client = again.client()) {
      goesOnAfterTheCrash(client);
      isDeleted(client);
    }
  }

  private static void isCreatedOnceAndFires(ReeveClient client) {
    var schedules = client.schedules();
    var created = schedules.set("tick", ticking("one"));
    assertThat(created.getCreated()).isTrue();
    assertThat(created.hasPrevious()).isFalse();
    assertThat(created.getSchedule().getVersion()).isEqualTo(1);

    var again = schedules.set("tick", ticking("one"));
    assertThat(again.getCreated()).isFalse();
    assertThat(again.getChanged()).isFalse();
    assertThat(again.getSchedule().getVersion()).isEqualTo(1);
    assertThat(schedules.list("ti")).extracting(Schedule::getName).containsExactly("tick");
    assertThat(schedules.list("other")).isEmpty();

    awaitRuns(client, 3);
    var last = schedules.get("tick").getLastRun();
    var task = client.awaitResult(last.getTaskId(), SOON);
    assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
    assertThat(task.getResult().toStringUtf8()).isEqualTo("one");
    assertThat(task.getSpec().getScheduleName()).isEqualTo("tick");
    assertThat(task.getSpec().getPlannedAt()).isEqualTo(last.getPlannedAt());
    var planned = instant(last.getPlannedAt());
    assertThat(planned).as("a whole second").isEqualTo(planned.truncatedTo(ChronoUnit.SECONDS));
  }

  private static void isTriggeredWhilePaused(ReeveClient client) {
    var schedules = client.schedules();
    var paused = schedules.pause("tick", "stocktaking");
    assertThat(paused.getState()).isEqualTo(ScheduleState.SCHEDULE_STATE_PAUSED);
    assertThat(paused.getPause().getReason()).isEqualTo("stocktaking");

    Await.pass(SECOND.multipliedBy(2));
    var triggered = schedules.trigger("by-hand-1", "tick");
    var repeated = schedules.trigger("by-hand-1", "tick");

    assertThat(repeated.getTaskId()).isEqualTo(triggered.getTaskId());
    assertThat(repeated.getAlreadyTriggered()).isTrue();
    assertThat(client.awaitResult(triggered.getTaskId(), SOON).getSpec().getScheduleName())
        .isEqualTo("tick");
    var after = schedules.get("tick");
    assertThat(after.getRuns()).as("runs by the rule").isEqualTo(paused.getRuns());
    assertThat(after.getExtraRuns()).isEqualTo(1);
  }

  private static void isChangedAndKeepsItsPause(ReeveClient client) {
    var before = client.schedules().get("tick");
    var changed = client.schedules().set("tick", ticking("two"), before.getVersion());

    assertThat(changed.getCreated()).isFalse();
    assertThat(changed.getChanged()).isTrue();
    var previous = before.getDefinition().toBuilder();
    previous.getTemplateBuilder().clearPayload();
    assertThat(changed.getPrevious()).as("without payload").isEqualTo(previous.build());
    assertThat(changed.getSchedule().getVersion()).isEqualTo(2);
    assertThat(changed.getSchedule().getState()).isEqualTo(ScheduleState.SCHEDULE_STATE_PAUSED);
    assertThatThrownBy(() -> client.schedules().set("tick", ticking("three"), before.getVersion()))
        .isInstanceOfSatisfying(
            ReeveException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo("VERSION_CHANGED"));
  }

  private static void goesOnAfterTheCrash(ReeveClient client) {
    var kept = client.schedules().get("tick");
    assertThat(kept.getState()).isEqualTo(ScheduleState.SCHEDULE_STATE_PAUSED);
    assertThat(kept.getVersion()).isEqualTo(2);

    client.schedules().resume("tick");

    awaitRuns(client, kept.getRuns() + 3);
    var last = client.schedules().get("tick").getLastRun().getTaskId();
    assertThat(client.awaitResult(last, SOON).getResult().toStringUtf8()).isEqualTo("two");
  }

  private static void isDeleted(ReeveClient client) {
    var last = client.schedules().delete("tick").getLastRun().getTaskId();

    assertThat(client.get(last).getId()).isEqualTo(last);
    assertThatThrownBy(() -> client.schedules().get("tick"))
        .isInstanceOfSatisfying(
            ReeveException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(Status.Code.NOT_FOUND);
              assertThat(refusal.reason()).isEqualTo("UNKNOWN_SCHEDULE");
            });
    assertThat(client.schedules().list("")).isEmpty();
  }

  private static void awaitRuns(ReeveClient client, long runs) {
    Await.until(runs + " runs", SOON, () -> client.schedules().get("tick").getRuns() >= runs);
  }

  @Test
  @Timeout(120)
  void aRangeOfThePastIsMadeUpForAndADateFiresOnce() {
    var node = fleet.node();
    fleet.worker("crane", node, 4);
    try (var client = node.client()) {
      var task = TaskRequest.of("echo").payload("x").build();
      client
          .schedules()
          .set(
              "nightly", ScheduleRequest.cron("30 2 * * *", ZoneId.of("Europe/Berlin")).task(task));
      var past = Instant.parse("2026-03-27T00:00:00Z");

      client.schedules().backfill("again-1", "nightly", past, past.plus(Duration.ofDays(4)));
      client.schedules().backfill("again-1", "nightly", past, past.plus(Duration.ofDays(4)));

      // The night of the 29th has no half past two: that run is at three, summer time.
      Await.until("the tasks of the range", SOON, () -> plannedBy(client).containsKey("nightly"));
      Await.until("all of them", SOON, () -> !client.schedules().get("nightly").hasBackfill());
      assertThat(plannedBy(client).get("nightly"))
          .containsOnlyKeys(
              Instant.parse("2026-03-27T01:30:00Z"),
              Instant.parse("2026-03-28T01:30:00Z"),
              Instant.parse("2026-03-29T01:00:00Z"),
              Instant.parse("2026-03-30T00:30:00Z"));

      client
          .schedules()
          .set(
              "once",
              ScheduleRequest.dates(List.of(past))
                  .missed(MissedPolicy.MISSED_POLICY_NONE)
                  .task(task));
      Await.until(
          "a schedule of past dates has ended",
          SOON,
          () -> client.schedules().get("once").getState() == ScheduleState.SCHEDULE_STATE_ENDED);
    }
  }

  @Test
  @Timeout(240)
  void aNameStandsForOneScheduleAfterPartitionsBecameMore() {
    var names = IntStream.range(0, 12).mapToObj(i -> "report-" + i).toList();
    var yearly =
        ScheduleRequest.cron("@yearly", ZoneId.of("UTC")).task(TaskRequest.of("echo").build());
    var ids = new HashMap<String, String>();
    var node = fleet.node("reeve.partition.count=2");
    try (var client = node.client()) {
      names.forEach(
          name -> ids.put(name, client.schedules().set(name, yearly).getSchedule().getId()));
    }
    node.process().kill();

    var grown = fleet.node(node.port(), () -> {}, "reeve.partition.count=8");

    try (var client = grown.client()) {
      for (var name : names) {
        assertThat(client.schedules().get(name).getId()).isEqualTo(ids.get(name));
        var again = client.schedules().set(name, yearly);
        assertThat(again.getCreated()).as(name).isFalse();
        assertThat(again.getSchedule().getId()).isEqualTo(ids.get(name));
      }
      assertThat(client.schedules().list(""))
          .extracting(Schedule::getName)
          .containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  @Timeout(300)
  void eachInstantHasOneTaskWhenTheNodeIsKilledAroundIt() {
    assertThat(killedAroundDueInstants(QUICK_KILLS, Duration.ofMinutes(4))).isEqualTo(QUICK_KILLS);
  }

  @Test
  @Tag("long")
  @Timeout(1200)
  void eachInstantHasOneTaskWhenTheNodeIsKilledAroundManyOfThem() {
    assertThat(killedAroundDueInstants(SLOW_KILLS, SLOW_AT_MOST)).isPositive();
  }

  /** Returns how many kills there were in the time. */
  private int killedAroundDueInstants(int killsMax, Duration within) {
    var random = new Random(SEED);
    var endsAt = System.nanoTime() + within.toNanos();
    var node = fleet.node();
    try (var client = node.client()) {
      for (var i = 0; i < TICKING; i++) {
        client.schedules().set("tick-" + i, ticking("x"));
      }
    }
    var kills = 0;
    while (kills < killsMax && System.nanoTime() < endsAt) {
      awaitInstant(random.nextInt(2 * AROUND_MS) - AROUND_MS);
      node.process().kill();
      kills++;
      node = fleet.node(node.port(), () -> {});
    }
    try (var client = node.client()) {
      awaitNow(client);
      for (var i = 0; i < TICKING; i++) {
        client.schedules().pause("tick-" + i, "counted");
      }
      judge(plannedBy(client));
    }
    System.out.printf("seed %d, %d kills%n", SEED, kills);
    return kills;
  }

  /** The next whole second from now, or so much before or after it. */
  private static void awaitInstant(int offsetMs) {
    var now = System.currentTimeMillis();
    var at = (now / 1000 + 2) * 1000 + offsetMs;
    Await.pass(Duration.ofMillis(at - now));
  }

  /** Until the schedules have made up for the time without a node. */
  private static void awaitNow(ReeveClient client) {
    for (var i = 0; i < TICKING; i++) {
      var name = "tick-" + i;
      var from = Instant.now();
      Await.until(
          name + " fires",
          SOON,
          () -> !instant(client.schedules().get(name).getLastRun().getPlannedAt()).isBefore(from));
    }
  }

  private static void judge(Map<String, Map<Instant, List<String>>> planned) {
    assertThat(planned).hasSize(TICKING);
    planned.forEach(
        (name, tasks) -> {
          assertThat(tasks).as(name).allSatisfy((at, ids) -> assertThat(ids).hasSize(1));
          var instants = List.copyOf(tasks.keySet());
          for (var i = 1; i < instants.size(); i++) {
            assertThat(instants.get(i))
                .as("%s, the instant after %s", name, instants.get(i - 1))
                .isEqualTo(instants.get(i - 1).plus(SECOND));
          }
        });
  }

  /** Ids of tasks by schedule and planned instant, in order. */
  private static Map<String, Map<Instant, List<String>>> plannedBy(ReeveClient client) {
    var planned = new HashMap<String, Map<Instant, List<String>>>();
    for (var task : client.list(TaskQuery.all())) {
      var spec = task.getSpec();
      if (!spec.getScheduleName().isEmpty()) {
        planned
            .computeIfAbsent(spec.getScheduleName(), name -> new TreeMap<>())
            .computeIfAbsent(instant(spec.getPlannedAt()), at -> new ArrayList<>())
            .add(task.getId());
      }
    }
    return planned;
  }

  private static Instant instant(com.google.protobuf.Timestamp at) {
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }
}
