package io.reeve.simulation;

import io.reeve.simulation.Step.What;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One run before it begins: how large the world is, and what happens when. A function of the seed.
 * Steps may be left out of it; the rest still happens as before.
 *
 * @param seed of all chance that is not in the plan
 * @param endMs when the last fault has begun; then everything heals
 */
record Plan(
    long seed,
    int nodes,
    int partitions,
    int clients,
    List<WorkerOffer> workers,
    long endMs,
    List<Step> steps) {

  private static final What[] FAULTS =
      List.of(What.values()).stream().filter(What::isFault).toArray(What[]::new);

  private static final List<What> AFTER_DEATH =
      List.of(What.REDRIVE, What.DISCARD, What.DISPOSE_DEAD, What.DISPOSE_DEAD, What.LIST_DEAD);
  private static final int SCHEDULE_CALLS_MAX = 24;

  /** Connections that break in a plan that is about them, beside those among its other faults. */
  private static final int LOSSES_MAX = 20;

  private static final long RULES_SEED = 0x5DEECE66DL;
  private static final int RULES_MIN = 2;
  private static final int RULES_MAX = 8;

  /** Three leases: a node alone in its cluster goes on after a pause of any length. */
  private static final int LONG_PAUSE_MS = 3 * (int) Tuning.LEASE.toMillis();

  /**
   * @param linksLose whether messages between nodes that live may be lost
   */
  static Plan of(long seed, boolean linksLose) {
    var random = new SplittableRandom(seed);
    var nodes = 1 + random.nextInt(3);
    var partitions = 2 + random.nextInt(3);
    var clients = 1 + random.nextInt(3);
    var workers = new ArrayList<WorkerOffer>();
    var count = 1 + random.nextInt(4);
    var labels = new SplittableRandom(~seed * 31);
    for (var w = 0; w < count; w++) {
      workers.add(worker(w, random, labels));
    }
    var endMs = 4_000 + random.nextInt(20_000);
    var steps = new ArrayList<Step>();
    var submissions = 5 + random.nextInt(60);
    for (var i = 0; i < submissions; i++) {
      var size = random.nextInt(4) == 0 ? 1 + random.nextInt(12) : 1;
      steps.add(
          new Step(
              random.nextInt(endMs),
              What.SUBMIT,
              random.nextInt(clients),
              size,
              random.nextLong()));
    }
    for (var i = 0; i < submissions / 2; i++) {
      steps.add(
          new Step(
              random.nextInt(endMs),
              random.nextInt(3) == 0 ? What.CANCEL : What.READ,
              random.nextInt(clients),
              0,
              random.nextLong()));
    }
    // Few of one kind or many of all: each finds what the other does not.
    var kinds = 1 + random.nextInt(FAULTS.length);
    var faults = random.nextInt(25);
    for (var i = 0; i < faults; i++) {
      var what =
          FAULTS[
              (int) ((seed + random.nextInt(kinds)) % FAULTS.length + FAULTS.length)
                  % FAULTS.length];
      if (linksLose || what != What.LINK_LOSES) {
        steps.add(fault(random.nextInt(endMs), what, nodes, partitions, count, random));
      }
    }
    if (linksLose && nodes > 1) {
      for (var i = 1 + random.nextInt(LOSSES_MAX); i > 0; i--) {
        steps.add(fault(random.nextInt(endMs), What.LINK_LOSES, nodes, partitions, count, random));
      }
    }
    for (var i = random.nextInt(submissions); i > 0; i--) {
      var what = AFTER_DEATH.get(random.nextInt(AFTER_DEATH.size()));
      var discards = random.nextInt(6) == 0 ? 1 : 0;
      steps.add(
          new Step(
              random.nextInt(endMs), what, random.nextInt(clients), discards, random.nextLong()));
    }
    addSchedules(seed, endMs, steps);
    addRules(seed, nodes, endMs, steps);
    steps.sort(Comparator.comparingLong(Step::atMs));
    return new Plan(seed, nodes, partitions, clients, workers, endMs, List.copyOf(steps));
  }

  /** Calls about schedules, in half of the plans. Their chance is their own. */
  private static void addSchedules(long seed, int endMs, List<Step> steps) {
    var random = new SplittableRandom(~seed);
    var calls = random.nextBoolean() ? 0 : 2 + random.nextInt(SCHEDULE_CALLS_MAX);
    for (var i = 0; i < calls; i++) {
      // Some are set early, so that the others meet them.
      var set = i < 3 || random.nextInt(3) == 0;
      var atMs = random.nextInt(i < 3 ? endMs / 4 : endMs);
      var what =
          set
              ? SimSchedules.What.ALL.indexOf(SimSchedules.What.SET)
              : random.nextInt(SimSchedules.What.ALL.size());
      steps.add(new Step(atMs, What.SCHEDULE, 0, what, random.nextLong()));
    }
  }

  /** Rules change in every other plan; the rest of the plan is the same with them and without. */
  private static void addRules(long seed, int nodes, int endMs, List<Step> steps) {
    var random = new SplittableRandom(seed ^ RULES_SEED);
    for (var i = random.nextBoolean() ? RULES_MIN + random.nextInt(RULES_MAX) : 0; i > 0; i--) {
      steps.add(
          new Step(
              random.nextInt(endMs),
              What.RULE_CHANGES,
              random.nextInt(nodes),
              0,
              random.nextLong()));
    }
  }

  private static WorkerOffer worker(int number, SplittableRandom random, SplittableRandom labels) {
    // The first serves everything and has all labels, so that there is an end to every task.
    var queues = number == 0 || random.nextBoolean() ? List.of("*") : List.of("a");
    var kinds = number == 0 || random.nextBoolean() ? Set.of("*") : ordered("k1");
    return new WorkerOffer(
        "worker" + number,
        1 + random.nextInt(4),
        random.nextInt(4),
        random.nextInt(3) * 25,
        queues,
        kinds,
        number == 0 ? SimClient.ALL_LABELS : SimClient.labels(labels));
  }

  private static Set<String> ordered(String... values) {
    return new LinkedHashSet<>(List.of(values));
  }

  private static Step fault(
      long atMs, What what, int nodes, int partitions, int workers, SplittableRandom random) {
    return switch (what) {
      case SUBMIT,
          CANCEL,
          READ,
          REDRIVE,
          DISCARD,
          DISPOSE_DEAD,
          LIST_DEAD,
          SCHEDULE,
          RULE_CHANGES ->
          throw new IllegalArgumentException("no fault: " + what);
      case NODE_DIES ->
          new Step(
              atMs,
              what,
              random.nextInt(nodes),
              random.nextInt(2_000),
              200 + random.nextInt(3_000));
      case NODE_PAUSES ->
          new Step(
              atMs,
              what,
              random.nextInt(nodes),
              random.nextInt(random.nextInt(3) == 0 ? LONG_PAUSE_MS : 4_000),
              0);
      case JOURNAL_TROUBLE ->
          new Step(
              atMs,
              what,
              random.nextInt(partitions),
              random.nextInt(SimJournal.TROUBLES.size()),
              1 + random.nextInt(4));
      case EPOCH_TROUBLE -> new Step(atMs, what, 0, 1 + random.nextInt(2), 0);
      case LINK_LOSES, LINK_IS_SLOW ->
          new Step(
              atMs,
              what,
              random.nextInt(nodes) * 8 + random.nextInt(nodes),
              1 + random.nextInt(100),
              random.nextInt(3_000));
      case PARTITION_MOVES -> new Step(atMs, what, random.nextInt(partitions), 0, 0);
      case DISPATCHER_MOVES -> new Step(atMs, what, 0, 0, 0);
      case DISPATCHER_TWICE -> new Step(atMs, what, 0, random.nextInt(3_000), 0);
      case WORKER_DIES, WORKER_LEAVES ->
          new Step(
              atMs, what, random.nextInt(workers), 100 + random.nextInt(4_000), random.nextInt(2));
      case WORKER_PAUSES -> new Step(atMs, what, random.nextInt(workers), random.nextInt(9_000), 0);
      case STREAM_BREAKS -> new Step(atMs, what, random.nextInt(workers), random.nextInt(2), 0);
      case WORKER_LIES ->
          new Step(atMs, what, random.nextInt(workers), random.nextInt(5), random.nextInt(40));
      case CLOCK_JUMPS ->
          new Step(atMs, what, random.nextInt(nodes), 0, random.nextInt(7_200_000) - 3_600_000);
      case ACTOR_THROWS ->
          new Step(
              atMs, what, random.nextInt(Thrower.ALL.size()), random.nextInt(8), random.nextInt(2));
    };
  }

  /** This plan with these steps only. */
  Plan with(List<Step> fewer) {
    return new Plan(seed, nodes, partitions, clients, workers, endMs, List.copyOf(fewer));
  }

  long faults() {
    return steps.stream().filter(step -> step.what().isFault()).count();
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    text.append(
        "seed %d: %d nodes, %d partitions, %d clients, faults until %d ms%n"
            .formatted(seed, nodes, partitions, clients, endMs));
    workers.forEach(worker -> text.append("  ").append(worker).append(System.lineSeparator()));
    steps.forEach(step -> text.append("  ").append(step).append(System.lineSeparator()));
    return text.toString();
  }
}
