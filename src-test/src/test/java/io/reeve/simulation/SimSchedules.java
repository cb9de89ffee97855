package io.reeve.simulation;

import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.partition.Clients;
import io.reeve.partition.Schedules;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A client that sets, moves and deletes schedules by way of any node, and repeats each call until
 * somebody answers. In the end it deletes all of them, so that there is an end to every task.
 */
final class SimSchedules {

  private static final long MS = 1_000_000;
  private static final long ANSWER_WITHIN = 900 * MS;
  private static final int NAMES = 4;
  private static final int RUNS_MAX = 8;
  private static final List<Overlap> OVERLAPS = List.of(Overlap.values());

  /** What it may do. */
  enum What {
    SET,
    PAUSE,
    RESUME,
    TRIGGER,
    DELETE,
    BACKFILL;

    static final List<What> ALL = List.of(values());
  }

  private final World world;
  private final Cluster cluster;
  private final SplittableRandom random;
  private int calls;
  private int open;
  private boolean ending;

  SimSchedules(World world, Cluster cluster, SplittableRandom random) {
    this.world = world;
    this.cluster = cluster;
    this.random = random;
  }

  /** Whether all schedules are deleted that were to be. */
  boolean isIdle() {
    return open == 0;
  }

  void carryOut(What what, long seed) {
    var chance = new SplittableRandom(seed);
    var name = "s" + chance.nextInt(NAMES);
    var id = "s-" + ++calls;
    switch (what) {
      case SET -> {
        var definition = definition(name, chance);
        call(name, to -> new Schedules.Set(definition, 0, true, to));
      }
      case PAUSE -> call(name, to -> new Schedules.Pause(name, "", id, to));
      case RESUME -> call(name, to -> new Schedules.Resume(name, to));
      case TRIGGER -> call(name, to -> new Schedules.Trigger(name, id, to));
      case DELETE -> call(name, to -> new Schedules.Delete(name, to));
      case BACKFILL -> {
        // Clocks jump by an hour, so this is past for all of them.
        var toMs = World.WALL_START_MS - 7_200_000L - chance.nextInt(100_000);
        call(name, to -> new Schedules.Backfill(name, id, toMs - 12_000, toMs, to));
      }
    }
  }

  /** Nothing is asked any more. */
  void stop() {
    ending = true;
  }

  /** Deletes all, once no call from before is on its way any more. */
  void end() {
    for (var i = 0; i < NAMES; i++) {
      var name = "s" + i;
      open++;
      new Call(name, to -> new Schedules.Delete(name, to), true).make();
    }
  }

  private void call(String name, Function<ActorRef<Clients.Reply>, Clients.Call> message) {
    new Call(name, message, false).make();
  }

  /** One call and its repetitions. */
  private final class Call {
    private final int partition;
    private final Function<ActorRef<Clients.Reply>, Clients.Call> message;
    private final boolean last;
    private boolean answered;

    Call(String name, Function<ActorRef<Clients.Reply>, Clients.Call> message, boolean last) {
      this.partition = Math.floorMod(name.hashCode(), cluster.partitionCount());
      this.message = message;
      this.last = last;
    }

    void make() {
      if (answered || (ending && !last)) {
        return;
      }
      var node = cluster.nodes.get(random.nextInt(cluster.nodes.size()));
      cluster.ask(node, partition, message::apply, this::onReply);
      world.in(ANSWER_WITHIN, this::make);
    }

    private void onReply(Clients.Reply reply) {
      var known =
          !(reply instanceof Clients.Refused refused)
              || refused.rejection().code() == Rejection.Code.UNKNOWN_SCHEDULE
              || refused.rejection().code() == Rejection.Code.WRONG_STATE;
      if (known && !answered) {
        answered = true;
        open -= last ? 1 : 0;
      }
    }
  }

  private static ScheduleDefinition definition(String name, SplittableRandom chance) {
    var rule =
        chance.nextBoolean()
            ? new ScheduleRule.Interval(1_500 + chance.nextInt(3_000), World.WALL_START_MS)
            : ScheduleRule.Cron.of("*/2 * * * * *", "Europe/Berlin");
    var missed =
        switch (chance.nextInt(3)) {
          case 0 -> Missed.NONE;
          case 1 -> Missed.ONCE;
          default -> Missed.all(1 + chance.nextInt(4));
        };
    var timing =
        new ScheduleTiming(
            rule,
            0,
            0,
            chance.nextInt(3) == 0 ? 700 : 0,
            1 + chance.nextInt(RUNS_MAX),
            missed,
            OVERLAPS.get(chance.nextInt(OVERLAPS.size())));
    var task = SimClient.task(chance);
    var style = chance.nextInt(3) == 0 ? Style.SLOW : Style.QUICK;
    return new ScheduleDefinition(name, timing, task.profile(), style.spec(chance.nextInt(128)));
  }
}
