package io.reeve.dispatch;

import io.reeve.dispatch.Dispatcher.Command;
import io.reeve.dispatch.Dispatcher.Due;
import io.reeve.domain.dispatch.Belief;
import io.reeve.domain.dispatch.Dispatch;
import io.reeve.domain.task.HeededRules;
import io.reeve.partition.Grants;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.partition.Portions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The dispatcher's dealings with partitions: greets them until they answer, hears where they stand,
 * audits what it believes of them, and notices those that do not answer.
 */
final class PartitionDesk {

  /** The version that a partition keeps which has not answered. */
  private static final long UNHEARD = -1;

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final DispatcherSettings settings;
  private final Partitions partitions;
  private final Dispatch dispatch;
  private final ActorRef<Grants.ToDispatcher> dispatcher;
  private final Map<Integer, ActorRef<Partition.Command>> direct = new HashMap<>();
  private final Set<Integer> unanswered = new LinkedHashSet<>();

  /** Which version of the rules each partition keeps, under this epoch. */
  private final long[] heeded;

  /** The last question whether it keeps the rules that each partition answered. */
  private final long[] answered;

  /** Whether each partition owes an answer to the rules that it was told. */
  private final boolean[] told;

  /** The last question. */
  private long asked;

  private HeededRules rules = HeededRules.NONE;
  private Duration greetBackoff;
  private long epoch;

  /**
   * @param dispatcher where partitions answer
   */
  PartitionDesk(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      DispatcherSettings settings,
      Partitions partitions,
      Dispatch dispatch,
      ActorRef<Grants.ToDispatcher> dispatcher) {
    this.context = context;
    this.timers = timers;
    this.settings = settings;
    this.partitions = partitions;
    this.dispatch = dispatch;
    this.dispatcher = dispatcher;
    this.heeded = new long[partitions.count()];
    this.answered = new long[partitions.count()];
    this.told = new boolean[partitions.count()];
    this.greetBackoff = settings.greetBackoffMin();
  }

  // ---- Greetings

  /** Greets every partition under this epoch, with these rules. */
  void open(long newEpoch, HeededRules held) {
    epoch = newEpoch;
    rules = held;
    Arrays.fill(heeded, UNHEARD);
    Arrays.fill(told, false);
    for (var p = 0; p < partitions.count(); p++) {
      greet(p);
    }
  }

  private void greet(int partition) {
    unanswered.add(partition);
    partitions.tell(partition, new Grants.Greet(epoch, dispatcher, rules));
    if (!timers.isTimerActive(Due.GREET_AGAIN)) {
      timers.startSingleTimer(Due.GREET_AGAIN, Due.GREET_AGAIN, greetBackoff);
    }
  }

  void greetAgain() {
    if (unanswered.isEmpty()) {
      greetBackoff = settings.greetBackoffMin();
      return;
    }
    greetBackoff = settings.greetBackoffAfter(greetBackoff);
    context.getLog().debug("{} partitions have not answered yet", unanswered.size());
    List.copyOf(unanswered).forEach(this::greet);
  }

  // ---- What partitions say

  /**
   * Takes a report in; returns whether it is of this epoch and of the partition's present start.
   */
  boolean report(Grants.Report report) {
    var p = report.partition();
    if (report.epoch() != epoch || !dispatch.heeds(p, report.incarnation())) {
      return false;
    }
    for (var grant : report.grants()) {
      dispatch.used(p, grant.seq(), grant.leased(), grant.done());
    }
    dispatch.dealtWith(p, report.lastSeq());
    for (var ready : report.ready()) {
      dispatch.ready(p, ready.taskClass(), ready.ready(), ready.headSubmittedMs());
    }
    return true;
  }

  /** What an inventory says of its partition. */
  enum Heard {
    /** It is of another epoch. */
    NOTHING,
    /** The partition answers. */
    ANSWER,
    /** The partition answers, and restarted since it last did. */
    RESTART
  }

  Heard inventory(Grants.Inventory inventory) {
    var p = inventory.partition();
    if (inventory.epoch() != epoch || !has(p)) {
      return Heard.NOTHING;
    }
    unanswered.remove(p);
    var before = direct.put(p, inventory.self());
    if (before == null || !before.equals(inventory.self())) {
      if (before != null) {
        context.unwatch(before);
      }
      context.watchWith(inventory.self(), new Dispatcher.PartitionStopped(p, inventory.self()));
    }
    heeded[p] = inventory.rulesVersion();
    told[p] = false;
    tellRules(p);
    var restarted = dispatch.inventory(p, inventory.incarnation());
    if (restarted) {
      context.getLog().info("partition {} restarted", p);
    }
    for (var ready : inventory.ready()) {
      dispatch.ready(p, ready.taskClass(), ready.ready(), ready.headSubmittedMs());
    }
    return restarted ? Heard.RESTART : Heard.ANSWER;
  }

  /** The partition's actor stopped; returns whether that was the one in use. */
  boolean stopped(Dispatcher.PartitionStopped c) {
    if (!c.self().equals(direct.get(c.partition()))) {
      return false;
    }
    direct.remove(c.partition());
    dispatch.lost(c.partition());
    heeded[c.partition()] = UNHEARD;
    greet(c.partition());
    return true;
  }

  // ---- Rules

  /** Partitions are to keep these rules from now on; they hear of it by {@link #tellRules}. */
  void rules(HeededRules held) {
    rules = held;
  }

  /** Tells the partitions that are behind. */
  void tellRules() {
    direct.keySet().forEach(this::tellRules);
  }

  /**
   * Asks every partition to keep the rules of now and to say so. What was heard before does not
   * count: another dispatcher may have changed the rules since.
   *
   * @return the number of the question
   */
  long ask() {
    asked++;
    tellRules();
    return asked;
  }

  /** Tells the partition the newest rules, unless it still owes an answer to others. */
  private void tellRules(int partition) {
    var address = address(partition);
    var behind = heeded[partition] < rules.version() || answered[partition] < asked;
    if (address != null && heeded[partition] != UNHEARD && behind && !told[partition]) {
      told[partition] = true;
      address.tell(new Grants.RulesChanged(epoch, asked, rules));
    }
  }

  /** A partition keeps rules of this version. */
  void heeded(Grants.Heeded c) {
    var p = c.partition();
    if (c.epoch() == epoch && dispatch.heeds(p, c.incarnation())) {
      heeded[p] = Math.max(heeded[p], c.rulesVersion());
      answered[p] = Math.max(answered[p], c.ask());
      told[p] = false;
      tellRules(p);
    }
  }

  /** The last question that every partition answered. */
  long answeredByAll() {
    return Arrays.stream(answered).min().orElse(asked);
  }

  /** Partitions that have not answered the question. */
  List<Integer> owing(long ask) {
    var owing = new ArrayList<Integer>();
    for (var p = 0; p < answered.length; p++) {
      if (answered[p] < ask) {
        owing.add(p);
      }
    }
    return owing;
  }

  // ---- What partitions are told

  /** Where the partition is reached, or null while it does not answer. */
  @Nullable ActorRef<Partition.Command> address(int partition) {
    return direct.get(partition);
  }

  /** Whether there is a partition with this number. */
  boolean has(int partition) {
    return partition >= 0 && partition < partitions.count();
  }

  /** Forsakes the partitions that do not answer: credit must not wait with them. */
  void forsakeSilent() {
    for (var partition : dispatch.silent()) {
      context.getLog().debug("partition {} does not answer", partition);
      dispatch.forsake(partition);
      greet(partition);
    }
  }

  /** Tells each partition what is believed of it; a partition answers where that is wrong. */
  void audit() {
    for (var belief : dispatch.beliefs()) {
      Objects.requireNonNull(direct.get(belief.partition())).tell(audit(belief));
    }
    // The rules, or the answer to them, may have been lost.
    Arrays.fill(told, false);
    tellRules();
  }

  private Grants.Audit audit(Belief belief) {
    var ready = new ArrayList<Grants.ReadyCount>(belief.ready().size());
    belief
        .ready()
        .forEach((taskClass, count) -> ready.add(new Grants.ReadyCount(taskClass, count, 0)));
    var standing =
        belief.standing().stream()
            .map(grant -> new Grants.GrantUse(grant.seq(), grant.leased(), grant.revoked()))
            .toList();
    return new Grants.Audit(
        epoch,
        belief.incarnation(),
        belief.sentSeq(),
        belief.heardSeq(),
        Portions.of(ready, Portions.BYTES_MAX, Grants.ReadyCount::bytes).get(0),
        standing,
        dispatcher,
        rules);
  }
}
