package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.check.Invariant;
import io.reeve.domain.partition.DeadFilter;
import io.reeve.domain.partition.DeadLetters;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.OnCollision;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.TaskState;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.partition.Clients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * A client that calls by way of some node. It repeats a submission under the same request id until
 * somebody answers, at times also after that, and cancels and reads what it knows.
 */
final class SimClient {

  private static final long MS = 1_000_000;
  private static final long ANSWER_WITHIN = 900 * MS;
  private static final long CALM_ANSWER_WITHIN = 300 * MS;
  private static final List<String> QUEUES = List.of("a", "b");
  private static final List<String> KINDS = List.of("k1", "k2");
  private static final List<String> LABELS = List.of("zone", "disk");

  /** Those that a task may require. */
  static final Labels ALL_LABELS = Labels.of(Map.of("zone", "here", "disk", "here"));

  private static final List<Style> STYLES = List.of(Style.values());
  private static final List<Priority> PRIORITIES = List.of(Priority.values());

  private final String name;
  private final World world;
  private final Cluster cluster;
  private final Checker checker;
  private final SplittableRandom random;
  private final List<TaskId> known = new ArrayList<>();
  private int calls;
  private int open;
  private int answeredReads;
  long unknownOutcomes;
  long staleReads;

  SimClient(String name, World world, Cluster cluster, Checker checker, SplittableRandom random) {
    this.name = name;
    this.world = world;
    this.cluster = cluster;
    this.checker = checker;
    this.random = random;
  }

  /** Whether every submission was answered. */
  boolean isIdle() {
    return open == 0;
  }

  // ---- Submissions

  /** One submission and its repetitions. */
  final class Submission {
    final String requestId;
    final int partition;
    final List<Clients.NewTask> tasks;
    final @Nullable UniqueClaim claim;
    boolean answered;
    int tries;

    Submission(int count, int partition, SplittableRandom chance) {
      this.requestId = name + "-" + ++calls;
      this.tasks = new ArrayList<>();
      for (var i = 0; i < count; i++) {
        tasks.add(task(chance));
      }
      var unique = partition < 0 && count == 1 && chance.nextInt(3) == 0;
      this.claim = unique ? SimKeys.claim(chance) : null;
      if (claim != null) {
        tasks.set(0, SimKeys.with(claim, tasks.get(0)));
      }
      var home = claim == null ? requestId : claim.key().name();
      this.partition =
          partition >= 0
              ? partition
              : Math.floorMod(home.hashCode() * 31, cluster.partitionCount());
    }

    void call() {
      tries++;
      cluster.ask(someNode(), partition, this::message, this::onReply);
      var tried = tries;
      world.in(ANSWER_WITHIN, () -> again(tried));
    }

    /** What an edge makes of the answer that another task holds the key. */
    private boolean isRefusal(Clients.Submitted done) {
      return claim != null && done.metAnother() && claim.onCollision() != OnCollision.RETURN_FIRST;
    }

    private Clients.Call message(ActorRef<Clients.Reply> to) {
      var submit = new Clients.Submit(requestId, requestId.hashCode(), tasks, to);
      return claim == null ? submit : new Clients.SubmitUnique(submit, claim, true);
    }

    private void again(int tried) {
      if (!answered && tries == tried) {
        unknownOutcomes++;
        call();
      }
    }

    private void onReply(Clients.Reply reply) {
      if (reply instanceof Clients.Submitted done && isRefusal(done)) {
        open -= answered ? 0 : 1;
        answered = true;
      } else if (reply instanceof Clients.Submitted done) {
        checker.add(
            new Fact.SubmitAnswered(
                requestId, done.partition(), done.firstSequence(), done.count()));
        if (!answered) {
          answered = true;
          open--;
          for (var i = 0; i < done.count(); i++) {
            known.add(new TaskId(done.partition(), done.firstSequence() + i));
          }
          if (random.nextInt(10) == 0) {
            world.in(random.nextLong(2_000 * MS), this::call);
          }
        }
      } else if (!answered) {
        var tried = tries;
        world.in(50 * MS, () -> again(tried));
      }
    }
  }

  void submit(int count, long seed) {
    submit(count, -1, seed);
  }

  /**
   * @param partition -1: as the request id says
   */
  Submission submit(int count, int partition, long seed) {
    var submission = new Submission(count, partition, new SplittableRandom(seed));
    open++;
    checker.add(new Fact.SubmitCalled(submission.requestId, count));
    submission.call();
    return submission;
  }

  /** Submits a task while nothing fails, and expects an answer soon. */
  void submitCalmly(int partition, long seed) {
    var submission = submit(1, partition, seed);
    world.in(
        CALM_ANSWER_WITHIN,
        () -> {
          if (!submission.answered) {
            checker.violated(
                Invariant.CALLS_ARE_ANSWERED,
                "request %s: nothing fails, and partition %d does not answer within %d ms"
                    .formatted(submission.requestId, partition, CALM_ANSWER_WITHIN / MS));
          }
        });
  }

  static Clients.NewTask task(SplittableRandom chance) {
    // Most tasks just work, or nothing would ever be in a hurry.
    var style =
        STYLES.get(chance.nextInt(3) > 0 ? chance.nextInt(2) : chance.nextInt(STYLES.size()));
    var queue = QUEUES.get(chance.nextInt(QUEUES.size()));
    var kind = KINDS.get(chance.nextInt(KINDS.size()));
    var lane = chance.nextInt(3) == 0 ? Lane.URGENT : Lane.NORMAL;
    var priority = PRIORITIES.get(chance.nextInt(PRIORITIES.size()));
    var retry =
        new RetryPolicy(
            1 + chance.nextInt(4), Duration.ofMillis(100), Duration.ofMillis(700), 2, 0.5);
    var timeoutMs = timeoutMs(style, chance.nextInt(2));
    var queueTimeoutMs = chance.nextInt(6) == 0 ? 8_000 : 0;
    var delayMs = chance.nextInt(5) == 0 ? chance.nextInt(3_000) : 0;
    var bytes = style.spec(chance.nextInt());
    var needs = chance.nextInt(6) == 0 ? needs(chance) : Labels.NONE;
    var taskClass = new TaskClass(queue, kind, lane, priority, needs);
    var profile = new TaskProfile(taskClass, timeoutMs, queueTimeoutMs, retry, "");
    return new Clients.NewTask(profile, 0, delayMs, bytes);
  }

  /** Labels that a task requires. */
  private static Labels needs(SplittableRandom chance) {
    return ALL_LABELS.only(
        chance.nextBoolean() ? LABELS : List.of(LABELS.get(chance.nextInt(LABELS.size()))));
  }

  /** Labels of a worker: each is missing, or has this value or another. */
  static Labels labels(SplittableRandom chance) {
    var labels = new HashMap<String, String>();
    for (var name : LABELS) {
      switch (chance.nextInt(3)) {
        case 0 -> labels.put(name, "here");
        case 1 -> labels.put(name, "there");
        default -> {}
      }
    }
    return Labels.of(labels);
  }

  /** Half of what does not hang may run for longer than the world has time for lost leases. */
  private static long timeoutMs(Style style, int chance) {
    if (style == Style.HANGS) {
      return 6_000L + chance * 4_000L;
    }
    return chance == 0 ? 6_000 : 600_000;
  }

  // ---- What it does with tasks it knows

  void cancel(long chance) {
    if (known.isEmpty()) {
      return;
    }
    var task = known.get((int) Math.floorMod(chance, (long) known.size()));
    cluster.ask(
        someNode(),
        task.partition(),
        to -> new Clients.Cancel(task.sequence(), "not needed", to),
        reply -> {
          if (reply instanceof Clients.Found found && found.task().state() == TaskState.CANCELLED) {
            checker.add(new Fact.CancelAnswered(task));
          }
        });
  }

  void redrive(long chance) {
    dispose(
        chance, (sequence, to) -> new Clients.Redrive(sequence, DeadLetters.Edits.NONE, name, to));
  }

  void discard(long chance) {
    dispose(chance, (sequence, to) -> new Clients.Discard(sequence, name, to));
  }

  private void dispose(
      long chance, BiFunction<Long, ActorRef<Clients.Reply>, Clients.DeadCall> command) {
    if (known.isEmpty()) {
      return;
    }
    var task = known.get((int) Math.floorMod(chance, (long) known.size()));
    cluster.ask(
        someNode(),
        task.partition(),
        to -> command.apply(task.sequence(), to),
        reply -> {
          if (reply instanceof Clients.Disposed done && done.redrivenAs() == 0) {
            checker.add(new Fact.DiscardAnswered(task));
          } else if (reply instanceof Clients.Disposed done) {
            var next = new TaskId(done.partition(), done.redrivenAs());
            checker.add(new Fact.RedriveAnswered(task, next));
            known.add(next);
          }
        });
  }

  /** Redrives or discards what is dead, some at a time. What it lost hold of it does again. */
  void disposeDead(boolean redrive, long chance) {
    cluster.ask(
        someNode(),
        (int) Math.floorMod(chance, (long) cluster.partitionCount()),
        to ->
            new Clients.DisposeDead(
                0, 3, 100, DeadFilter.ALL, redrive, DeadLetters.Edits.NONE, name, to),
        reply -> {});
  }

  void listDead(long chance) {
    var partition = (int) Math.floorMod(chance, (long) cluster.partitionCount());
    var call = name + "-" + ++calls;
    checker.add(new Fact.DeadListCalled(call, partition));
    cluster.ask(
        someNode(),
        partition,
        to -> new Clients.ListDead(0, 1_000, 1_000, 1 << 30, false, DeadFilter.ALL, to),
        reply -> {
          // As for reads: one that lost its journal shows what was.
          if (reply instanceof Clients.Listed listed
              && cluster.journals.get(partition).isOwnedBy(world.sender())) {
            checker.add(
                new Fact.DeadListed(
                    call,
                    partition,
                    listed.tasks().stream()
                        .map(task -> task.id().sequence())
                        .collect(Collectors.toSet())));
          }
        });
  }

  void read(long chance) {
    if (known.isEmpty()) {
      return;
    }
    var task = known.get((int) Math.floorMod(chance, (long) known.size()));
    var answeredBefore = answeredReads;
    cluster.ask(
        someNode(),
        task.partition(),
        to -> new Clients.Get(task.sequence(), to),
        reply -> {
          // Of two reads at one time the answers may come in any order.
          if (answeredReads == answeredBefore) {
            onRead(task, reply);
          }
          answeredReads++;
        });
  }

  private void onRead(TaskId task, Clients.Reply reply) {
    if (!cluster.journals.get(task.partition()).isOwnedBy(world.sender())) {
      // Nobody can tell a partition that another has its journal before it writes; until then it
      // shows what was.
      staleReads++;
      return;
    }
    if (reply instanceof Clients.Found found) {
      var view = found.task();
      var result = view.state() == TaskState.COMPLETED ? Arrays.hashCode(view.result()) : 0;
      checker.add(new Fact.ReadAnswered(name, task, view.state(), view.fence(), result));
      checker.add(new Fact.FailureRead(task, view.state(), view.fence(), view.failure()));
    } else if (reply instanceof Clients.Refused refused
        && refused.rejection().code() == Rejection.Code.UNKNOWN_TASK) {
      checker.add(new Fact.ReadAnswered(name, task, null, 0, 0));
    }
  }

  private Host someNode() {
    return cluster.nodes.get(random.nextInt(cluster.nodes.size()));
  }
}
