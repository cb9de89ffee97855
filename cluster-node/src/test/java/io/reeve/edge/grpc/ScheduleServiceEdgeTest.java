package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.domain.partition.PartitionCounts.Line;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Schedule;
import io.reeve.partition.Clients;
import io.reeve.partition.ScheduleView;
import io.reeve.partition.Schedules;
import io.reeve.v1.CronRule;
import io.reeve.v1.DatesRule;
import io.reeve.v1.GetScheduleRequest;
import io.reeve.v1.ListSchedulesRequest;
import io.reeve.v1.MissedPolicy;
import io.reeve.v1.NextRunsRequest;
import io.reeve.v1.OverlapPolicy;
import io.reeve.v1.ScheduleDefinition;
import io.reeve.v1.ScheduleInstant;
import io.reeve.v1.ScheduleServiceGrpc;
import io.reeve.v1.ScheduleState;
import io.reeve.v1.SetScheduleRequest;
import io.reeve.v1.TaskSpec;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the service says of schedules, and what it asks the partitions. It is noon. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScheduleServiceEdgeTest {

  private static final long NOON_MS = EdgeFixture.NOON.toEpochMilli();
  private static final PartitionCounts FOUR = PartitionCounts.always(4);
  private static final PartitionCounts EIGHT =
      new PartitionCounts(
          List.of(
              new Line(4, 0),
              new Line(8, EdgeFixture.NOON.minusSeconds(86_400 * 400).toEpochMilli())));
  private static final String MOVED =
      IntStream.range(0, 100)
          .mapToObj(i -> "report-" + i)
          .filter(name -> EIGHT.home(name) != FOUR.home(name))
          .findFirst()
          .orElseThrow();

  private final EdgeFixture edge = EdgeFixture.grown(EIGHT);
  private final ScheduleServiceGrpc.ScheduleServiceBlockingStub client =
      ScheduleServiceGrpc.newBlockingStub(edge.channel()).withDeadlineAfter(2, TimeUnit.MINUTES);

  @AfterAll
  void stop() {
    edge.close();
  }

  private static ScheduleDefinition.Builder nightly() {
    return ScheduleDefinition.newBuilder()
        .setCron(CronRule.newBuilder().setExpression("30 2 * * *").setTimeZone("Europe/Berlin"))
        .setTemplate(
            TaskSpec.newBuilder().setKind("report").putLabels("b", "1").putLabels("a", "2"));
  }

  private static SetScheduleRequest set(String name, ScheduleDefinition.Builder definition) {
    return SetScheduleRequest.newBuilder().setName(name).setDefinition(definition).build();
  }

  private static Clients.Refused unknown() {
    return new Clients.Refused(
        new Rejection(Rejection.Code.UNKNOWN_SCHEDULE, "expected a known schedule"));
  }

  // ---- Places -----------------------------------------------------------------------------------

  @Test
  void whatIsNewIsMadeAtHomeAfterItsEarlierHomesWereAsked() {
    var answer = edge.calling(() -> client.setSchedule(set(MOVED, nightly())));

    var earlier = edge.asked(Schedules.Set.class);
    earlier.command().replyTo().tell(unknown());
    var atHome = edge.asked(Schedules.Set.class);
    atHome.command().replyTo().tell(wasSet(atHome));

    assertThat(earlier.partition()).isEqualTo(FOUR.home(MOVED));
    assertThat(earlier.command().mayCreate()).isFalse();
    assertThat(atHome.partition()).isEqualTo(EIGHT.home(MOVED));
    assertThat(atHome.command().mayCreate()).isTrue();
    assertThat(answer.join().getCreated()).isTrue();
    assertThat(answer.join().getChanged()).isTrue();
  }

  @Test
  void whatWasMadeBeforeAGrowthIsChangedWhereItIs() {
    var answer = edge.calling(() -> client.setSchedule(set(MOVED, nightly())));

    var earlier = edge.asked(Schedules.Set.class);
    var definition = earlier.command().definition();
    earlier
        .command()
        .replyTo()
        .tell(
            new Schedules.WasSet(
                view(earlier.partition(), schedule(definition)), definition, false));

    assertThat(earlier.partition()).isEqualTo(FOUR.home(MOVED));
    assertThat(answer.join().getCreated()).isFalse();
    assertThat(answer.join().getChanged()).isFalse();
    assertThat(answer.join().getSchedule().getId()).isEqualTo(FOUR.home(MOVED) + "-s7");
  }

  @Test
  void aNameIsLookedForAtEachHomeThatItHad() {
    var answer =
        edge.calling(
            () -> client.getSchedule(GetScheduleRequest.newBuilder().setName(MOVED).build()));

    var atHome = edge.asked(Schedules.Get.class);
    atHome.command().replyTo().tell(unknown());
    var earlier = edge.asked(Schedules.Get.class);
    earlier.command().replyTo().tell(unknown());

    assertThat(atHome.partition()).isEqualTo(EIGHT.home(MOVED));
    assertThat(earlier.partition()).isEqualTo(FOUR.home(MOVED));
    var refusal = answer.handle((schedule, failure) -> failure.getCause()).join();
    assertThat(refusal)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
              assertThat(EdgeFixture.errorInfo(e).getReason()).isEqualTo("UNKNOWN_SCHEDULE");
            });
  }

  // ---- Definitions ------------------------------------------------------------------------------

  @Test
  void aDefinitionArrivesWithItsDefaults() {
    var asked = setOnce(nightly());

    assertThat(asked.timing().missed()).isEqualTo(Missed.ONCE);
    assertThat(asked.timing().overlap()).isEqualTo(Overlap.SKIP);
    assertThat(asked.timing().runsMax()).isZero();
    assertThat(asked.profile().taskClass().kind()).isEqualTo("report");
    assertThat(asked.profile().taskClass().queue()).isEqualTo("default");
  }

  @Test
  void theOrderOfLabelsMakesNoOtherDefinition() {
    var other =
        nightly()
            .setTemplate(
                TaskSpec.newBuilder().setKind("report").putLabels("a", "2").putLabels("b", "1"));

    assertThat(setOnce(other)).isEqualTo(setOnce(nightly()));
  }

  @Test
  void aDefinitionComesBackAsItWasGiven() {
    var given =
        nightly()
            .setStart(at("2026-12-01T00:00:00Z"))
            .setEnd(at("2027-12-01T00:00:00Z"))
            .setJitter(Duration.newBuilder().setSeconds(90))
            .setRunsMax(12)
            .setMissed(MissedPolicy.MISSED_POLICY_ALL)
            .setMissedLimit(7)
            .setOverlap(OverlapPolicy.OVERLAP_POLICY_CANCEL);
    var dates =
        nightly()
            .setDates(
                DatesRule.newBuilder()
                    .addDates(at("2027-01-02T00:00:00Z"))
                    .addDates(at("2027-01-01T00:00:00Z"))
                    .addDates(at("2027-01-02T00:00:00Z")));

    assertThat(answered(given)).isEqualTo(given.build());
    assertThat(answered(dates).getDates().getDatesList())
        .containsExactly(at("2027-01-01T00:00:00Z"), at("2027-01-02T00:00:00Z"));
  }

  // ---- Next runs --------------------------------------------------------------------------------

  @Test
  void theNextRunsOfADefinitionNeedNoPartition() {
    var answer =
        client.nextRuns(
            NextRunsRequest.newBuilder()
                .setDefinition(nightly().clearTemplate())
                .setAfter(at("2026-10-24T12:00:00Z"))
                .setCount(2)
                .build());

    assertThat(answer.getRunsList())
        .extracting(ScheduleInstant::getPlannedAt)
        .containsExactly(at("2026-10-25T00:30:00Z"), at("2026-10-26T01:30:00Z"));
    edge.partitions.expectNoMessage(java.time.Duration.ZERO);
  }

  @Test
  void theJitterOfARunFollowsFromTheName() {
    var definition = nightly().clearTemplate().setJitter(Duration.newBuilder().setSeconds(3600));
    var request = NextRunsRequest.newBuilder().setDefinition(definition).setCount(1);

    var unnamed = client.nextRuns(request.build()).getRuns(0);
    var named = client.nextRuns(request.setName("nightly").build()).getRuns(0);

    assertThat(unnamed.getDueAt()).isEqualTo(unnamed.getPlannedAt());
    assertThat(named.getDueAt().getSeconds() - named.getPlannedAt().getSeconds())
        .isBetween(1L, 3600L);
    assertThat(client.nextRuns(request.build()).getRuns(0)).isEqualTo(named);
  }

  // ---- The schedule in the answer ---------------------------------------------------------------

  @Test
  void aPausedScheduleSaysSoAndWhenItWouldRunNext() {
    var definition = setOnce(nightly());
    var asLongAgo =
        new Schedule(
            7,
            3,
            definition,
            1_000,
            2_000,
            new Schedule.Pause("stocktaking", "local", 3_000),
            new Schedule.Progress(NOON_MS - 864_000_000, 5, 1, 2, 60_000, 42, 61_000, 0),
            null);
    var answer =
        edge.calling(
            () -> client.getSchedule(GetScheduleRequest.newBuilder().setName("nightly").build()));
    edge.asked(Schedules.Get.class).command().replyTo().tell(new Schedules.Is(view(2, asLongAgo)));

    var schedule = answer.join().getSchedule();
    assertThat(schedule.getState()).isEqualTo(ScheduleState.SCHEDULE_STATE_PAUSED);
    assertThat(schedule.getPause().getReason()).isEqualTo("stocktaking");
    assertThat(schedule.getNext().getPlannedAt()).isEqualTo(at("2026-11-21T01:30:00Z"));
    assertThat(schedule.getLastRun().getTaskId()).isEqualTo("2-42");
    assertThat(schedule.getVersion()).isEqualTo(3);
    assertThat(List.of(schedule.getRuns(), schedule.getSkipped(), schedule.getExtraRuns()))
        .containsExactly(5L, 1L, 2L);
  }

  @Test
  void aScheduleOfAZoneThatThisJavaDoesNotKnowIsShownAsPausedWithTheReason() {
    var known = setOnce(nightly());
    var mars =
        new io.reeve.domain.task.ScheduleDefinition(
            known.name(),
            known.timing().withRule(ScheduleRule.taken("30 2 * * *", "Mars/Olympus")),
            known.profile(),
            known.template());
    var answer =
        edge.calling(
            () -> client.getSchedule(GetScheduleRequest.newBuilder().setName("nightly").build()));
    edge.asked(Schedules.Get.class)
        .command()
        .replyTo()
        .tell(new Schedules.Is(view(2, schedule(mars))));

    var schedule = answer.join().getSchedule();
    assertThat(schedule.getState()).isEqualTo(ScheduleState.SCHEDULE_STATE_PAUSED);
    assertThat(schedule.getPause().getReason())
        .isEqualTo("expected the id of a time zone, such as Europe/Berlin, got \"Mars/Olympus\"");
    assertThat(schedule.getPause().hasPausedAt()).isFalse();
    assertThat(schedule.getDefinition().getCron().getTimeZone()).isEqualTo("Mars/Olympus");
    assertThat(schedule.hasNext()).isFalse();
  }

  @Test
  void aListGoesThroughAllPartitions() {
    var definition = setOnce(nightly());
    var answer =
        edge.calling(
            () -> client.listSchedules(ListSchedulesRequest.newBuilder().setPageSize(2).build()));
    for (var partition = 0; partition < EIGHT.now(); partition++) {
      var asked = edge.asked(Schedules.ListSchedules.class);
      assertThat(asked.partition()).isEqualTo(partition);
      var found = partition == 3 ? List.of(view(3, schedule(definition))) : List.<ScheduleView>of();
      asked.command().replyTo().tell(new Schedules.Listed(found, ""));
    }

    assertThat(answer.join().getSchedulesList())
        .singleElement()
        .satisfies(schedule -> assertThat(schedule.getName()).isEqualTo("nightly"));
    assertThat(answer.join().getNextPageToken()).isEmpty();
  }

  @Test
  void aPageGoesOnBehindTheLastName() {
    var first =
        edge.calling(
            () ->
                client.listSchedules(
                    ListSchedulesRequest.newBuilder().setNamePrefix("ni").setPageSize(1).build()));
    var asked = edge.asked(Schedules.ListSchedules.class);
    asked.command().replyTo().tell(new Schedules.Listed(List.of(), "nightly"));
    var token = first.join().getNextPageToken();
    var second =
        edge.calling(
            () ->
                client.listSchedules(
                    ListSchedulesRequest.newBuilder()
                        .setNamePrefix("ni")
                        .setPageToken(token)
                        .build()));
    var next = edge.asked(Schedules.ListSchedules.class);
    next.command().replyTo().tell(new Schedules.Listed(List.of(), "nighttime"));

    assertThat(next.partition()).isEqualTo(asked.partition());
    assertThat(next.command().after()).isEqualTo("nightly");
    assertThat(next.command().prefix()).isEqualTo("ni");
    assertThat(second.join().getNextPageToken()).isNotEqualTo(token);
    assertThat(
            refused(
                () ->
                    client.listSchedules(
                        ListSchedulesRequest.newBuilder()
                            .setNamePrefix("other")
                            .setPageToken(token)
                            .build())))
        .isEqualTo("page_token");
  }

  // ---- Playing ----------------------------------------------------------------------------------

  /** The definition that the partition is asked for. */
  private io.reeve.domain.task.ScheduleDefinition setOnce(ScheduleDefinition.Builder definition) {
    var answer = edge.calling(() -> client.setSchedule(set("nightly", definition)));
    var asked = playSet();
    assertThat(answer.join().getSchedule().getName()).isEqualTo("nightly");
    return asked;
  }

  private ScheduleDefinition answered(ScheduleDefinition.Builder definition) {
    var answer = edge.calling(() -> client.setSchedule(set("nightly", definition)));
    playSet();
    return answer.join().getSchedule().getDefinition();
  }

  /** Answers as partitions that have none of the schedules. */
  private io.reeve.domain.task.ScheduleDefinition playSet() {
    while (true) {
      var asked = edge.asked(Schedules.Set.class);
      if (asked.command().mayCreate()) {
        asked.command().replyTo().tell(wasSet(asked));
        return asked.command().definition();
      }
      asked.command().replyTo().tell(unknown());
    }
  }

  private static Schedules.WasSet wasSet(EdgeFixture.Asked<Schedules.Set> asked) {
    return new Schedules.WasSet(
        view(asked.partition(), schedule(asked.command().definition())), null, true);
  }

  private static Schedule schedule(io.reeve.domain.task.ScheduleDefinition definition) {
    return new Schedule(
        7,
        1,
        definition,
        NOON_MS,
        NOON_MS,
        null,
        new Schedule.Progress(NOON_MS, 0, 0, 0, 0, 0, 0, 0),
        null);
  }

  private static ScheduleView view(int partition, Schedule schedule) {
    return new ScheduleView(partition, schedule, false);
  }

  private static String refused(Runnable call) {
    return EdgeFixture.field(catchThrowableOfType(StatusRuntimeException.class, call::run));
  }

  private static Timestamp at(String instant) {
    return Timestamp.newBuilder().setSeconds(Instant.parse(instant).getEpochSecond()).build();
  }
}
