package io.reeve.partition;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.typesafe.config.ConfigFactory;
import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.v1.TaskSpec;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

/** What a partition answers to calls about schedules. */
class ScheduleDeskTest {

  private static final long NOON = 1_774_699_200_000L;
  private static final TaskProfile PROFILE =
      new TaskProfile(
          new TaskClass("default", "echo", Lane.NORMAL, Priority.NORMAL),
          1_000,
          0,
          new RetryPolicy(3, Duration.ZERO, Duration.ZERO, 1, 0),
          "");

  private final Partition.Settings settings =
      PartitionSettings.of(ConfigFactory.load()).partition();
  private final TestInbox<Clients.Reply> client = TestInbox.create();
  private final TestInbox<Partition.Command> self = TestInbox.create();
  private final PartitionState state = new PartitionState(settings.limits());
  private final PartitionTurn turn = new PartitionTurn(3, 1, settings, () -> 0.5, self.getRef());
  private long nowMs = NOON;

  ScheduleDeskTest() {
    state.recovered(now());
  }

  @Test
  void aScheduleThatIsSetIsShownWithWhatItWasBefore() {
    var made = (Schedules.WasSet) ask(to -> new Schedules.Set(every(60_000, "s"), 0, true, to));
    var changed = (Schedules.WasSet) ask(to -> new Schedules.Set(every(5_000, "s"), 1, true, to));
    var same = (Schedules.WasSet) ask(to -> new Schedules.Set(every(5_000, "s"), 1, true, to));

    assertThat(made.before()).isNull();
    assertThat(made.schedule().id()).isEqualTo("3-s1");
    assertThat(changed.before())
        .isEqualTo(SchedulePage.withoutPayload(every(60_000, "s")))
        .isNotEqualTo(every(60_000, "s"));
    assertThat(List.of(made.changed(), changed.changed(), same.changed()))
        .containsExactly(true, true, false);
    assertThat(changed.schedule().schedule().version()).isEqualTo(2);
    assertThat(same)
        .isEqualTo(
            new Schedules.WasSet(
                changed.schedule(), SchedulePage.withoutPayload(every(5_000, "s")), false));
    assertThat(ask(to -> new Schedules.Get("s", to))).isEqualTo(new Schedules.Is(same.schedule()));
  }

  @Test
  void whatIsNotThereIsRefused() {
    for (Function<ActorRef<Clients.Reply>, Clients.Call> call :
        List.<Function<ActorRef<Clients.Reply>, Clients.Call>>of(
            to -> new Schedules.Set(every(60_000, "s"), 0, false, to),
            to -> new Schedules.Get("s", to),
            to -> new Schedules.Pause("s", "", "", to),
            to -> new Schedules.Resume("s", to),
            to -> new Schedules.Trigger("s", "", to),
            to -> new Schedules.Delete("s", to),
            to -> new Schedules.Backfill("s", "", 0, 1, to),
            to -> new Schedules.StopBackfill("s", to))) {
      assertThat(ask(call))
          .isEqualTo(
              new Clients.Refused(
                  new Rejection(
                      Rejection.Code.UNKNOWN_SCHEDULE, "expected a known schedule, got \"s\"")));
    }
  }

  @Test
  void aTaskByHandIsNamedAndReadable() throws Exception {
    ask(to -> new Schedules.Set(every(60_000, "s"), 0, true, to));

    var made = (Schedules.Triggered) ask(to -> new Schedules.Trigger("s", "r-1", to));
    var again = (Schedules.Triggered) ask(to -> new Schedules.Trigger("s", "r-1", to));
    var task = ((Clients.Found) ask(to -> new Clients.Get(made.sequence(), to))).task();

    assertThat(again.already()).isTrue();
    assertThat(again.sequence()).isEqualTo(made.sequence());
    var spec = TaskSpec.parseFrom(task.spec());
    assertThat(spec.getScheduleName()).isEqualTo("s");
    assertThat(spec.getPlannedAt().getSeconds()).isEqualTo(NOON / 1_000);
    assertThat(spec.getKind()).isEqualTo("echo");
  }

  @Test
  void aRunIsMadeWhenItIsDueAndThePartitionSaysWhenThatIs() {
    ask(to -> new Schedules.Set(every(60_000, "s"), 0, true, to));
    assertThat(turn.nextInNanos()).isEqualTo(60_000_000_000L);

    nowMs += 60_000;
    turn.begin(state, now(), false);
    assertThat(turn.end()).isEmpty();
    assertThat(turn.nextInNanos()).isEqualTo(1_000_000_000L);

    nowMs += 1_000;
    turn.begin(state, now(), true);
    assertThat(turn.end()).hasSize(1);
    assertThat(state.live()).isEqualTo(1);
  }

  @Test
  void schedulesAreListedByNameInPages() {
    for (var name : new String[] {"b", "a", "ab", "abc", "abd", "c"}) {
      ask(to -> new Schedules.Set(every(60_000, name), 0, true, to));
    }

    assertThat(list("", "", 4, 1 << 20)).isEqualTo("a ab abc abd | abd");
    assertThat(list("abd", "", 4, 1 << 20)).isEqualTo("b c | ");
    assertThat(list("", "ab", 9, 1 << 20)).isEqualTo("ab abc abd | ");
    assertThat(list("ab", "ab", 1, 1 << 20)).isEqualTo("abc | abc");
    assertThat(list("b", "ab", 9, 1 << 20)).isEqualTo(" | ");
    assertThat(list("", "", 9, 1)).isEqualTo("a | a");
  }

  @Test
  void aPageEndsByAllThatItsSchedulesTake() {
    var dates = new ScheduleRule.Dates(LongStream.range(1, 1_001).map(i -> NOON + i).toArray());
    for (var name : List.of("a", "b", "c")) {
      var timing = every(60_000, name).timing().withRule(dates);
      var definition = new ScheduleDefinition(name, timing, PROFILE, new byte[0]);
      ask(to -> new Schedules.Set(definition, 0, true, to));
    }
    ask(to -> new Schedules.Pause("c", "x".repeat(1_000), "anna", to));

    assertThat(list("", "", 9, 8_000)).isEqualTo("a | a");
    assertThat(list("", "", 9, 9_000)).isEqualTo("a b | b");
    assertThat(list("", "", 9, 18_000)).isEqualTo("a b c | ");
  }

  @Test
  void aListLeavesPayloadsOutIfAsked() throws Exception {
    ask(to -> new Schedules.Set(every(60_000, "s"), 0, true, to));

    var lean =
        (Schedules.Listed) ask(to -> new Schedules.ListSchedules("", "", 9, 1 << 20, true, to));

    var template = lean.schedules().get(0).schedule().definition().template();
    assertThat(TaskSpec.parseFrom(template))
        .isEqualTo(TaskSpec.newBuilder().setKind("echo").build());
  }

  private String list(String after, String prefix, int pageSize, long bytesMax) {
    var listed =
        (Schedules.Listed)
            ask(to -> new Schedules.ListSchedules(after, prefix, pageSize, bytesMax, false, to));
    var names = listed.schedules().stream().map(view -> view.schedule().name()).toList();
    return String.join(" ", names) + " | " + listed.next();
  }

  private static ScheduleDefinition every(long everyMs, String name) {
    var rule = new ScheduleRule.Interval(everyMs, NOON);
    var timing = new ScheduleTiming(rule, 0, 0, 0, 0, Missed.ONCE, Overlap.PARALLEL);
    var template =
        TaskSpec.newBuilder().setKind("echo").setPayload(ByteString.copyFromUtf8("payload"));
    return new ScheduleDefinition(name, timing, PROFILE, template.build().toByteArray());
  }

  /** The answer to a call, which comes once its row is stored. */
  private Clients.Reply ask(Function<ActorRef<Clients.Reply>, Clients.Call> call) {
    turn.begin(state, now(), true);
    turn.carryOut(call.apply(client.getRef()));
    var unused = turn.end();
    assertThat(client.hasMessages()).isFalse();
    turn.release();
    return client.receiveMessage();
  }

  private Now now() {
    return new Now(nowMs, nowMs * 1_000_000);
  }
}
