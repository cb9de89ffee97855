package io.reeve.rig;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.check.Invariant;
import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.Submission;
import io.reeve.client.TaskRequest;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.v1.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that submit at a steady rate, whatever answers they get: single tasks and small bulks,
 * each call under a request id of its own. Some calls are repeated after their answer, some tasks
 * are cancelled, some read. What clients were told becomes facts for the checker; a call without an
 * answer becomes none, for nobody knows what came of it.
 *
 * <p>One thread submits; the answers come by those of the clients. Everything is decided by the
 * seed but for the order in which answers come.
 */
final class RigLoad implements AutoCloseable {

  private static final int CLIENTS_PER_NODE = 4;
  private static final int WAITING_MAX = 20_000;
  private static final long STEP_MILLIS = 10;
  private static final int TRIES_MAX = 1_000;
  private static final int BULK = 5;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration TRY_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration BACKOFF_MIN = Duration.ofMillis(50);
  private static final Duration BACKOFF_MAX = Duration.ofMillis(500);

  /** Enough that tasks whose workers and nodes are killed again and again do not die of it. */
  private static final int ATTEMPTS_MAX = 100;

  /** Of the delayed tasks: how long at least. */
  private static final long DELAY_MIN_MILLIS = 200;

  /** So long that no task of a run expires, unless a clock runs wrong. */
  private static final Duration QUEUE_TIMEOUT = Duration.ofMinutes(30);

  /** By which share the nodes' time may run faster ({@code reeve.clock.slew-max}). */
  private static final double SLEW_MAX = 0.01;

  /** Instants are kept in milliseconds, and clocks are read one after the other. */
  private static final long GRAIN_NANOS = 5_000_000;

  /** A submission was acknowledged. */
  record Acknowledged(int partition, long atMs) {}

  /**
   * What was said of a delayed task: the monotonic clock before it was handed in, and its delay.
   */
  private record NotBefore(long calledNanos, long delayNanos) {
    boolean isEarly(long atNanos) {
      return atNanos - calledNanos < delayNanos * (1 - SLEW_MAX) - GRAIN_NANOS;
    }
  }

  private final List<String> endpoints;
  private final String run;
  private final int perSecond;
  private final SplittableRandom random;
  private final List<ReeveClient> clients = new ArrayList<>();
  private final ConcurrentLinkedQueue<Fact> facts = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Acknowledged> acknowledgements =
      new ConcurrentLinkedQueue<>();
  private final Map<String, List<String>> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, NotBefore> notBefore = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> mistakes = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> refusals = new ConcurrentHashMap<>();
  private final AtomicInteger tasks = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  /**
   * Starts.
   *
   * @param endpoints of all nodes
   * @param run makes the request ids differ from those of other runs
   */
  RigLoad(List<String> endpoints, String run, int perSecond, long seed) {
    this.endpoints = List.copyOf(endpoints);
    this.run = run;
    this.perSecond = perSecond;
    this.random = new SplittableRandom(seed);
    for (var i = 0; i < endpoints.size() * CLIENTS_PER_NODE; i++) {
      clients.add(client(i % endpoints.size()));
    }
    this.thread = new Thread(this::submit, "rig-load");
    thread.setDaemon(true);
    thread.start();
  }

  /** One that prefers a node, and knows the others. */
  private ReeveClient client(int preferred) {
    var rotated = new ArrayList<>(endpoints.subList(preferred, endpoints.size()));
    rotated.addAll(endpoints.subList(0, preferred));
    return ReeveClient.builder()
        .endpoints(String.join(",", rotated))
        .callTimeout(CALL_TIMEOUT)
        .tryTimeout(TRY_TIMEOUT)
        .triesMax(TRIES_MAX)
        .backoff(BACKOFF_MIN, BACKOFF_MAX)
        .build();
  }

  private void submit() {
    var began = System.nanoTime();
    var number = 0L;
    try {
      while (!stop.await(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
        var due = (System.nanoTime() - began) / 1_000_000 * perSecond / 1000;
        while (number < due && waiting.get() < WAITING_MAX) {
          number += call(number);
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes one call; tells how many tasks it hands in. */
  private int call(long number) {
    var requestId = run + "-" + number;
    var client = clients.get((int) (number % clients.size()));
    var requests = new ArrayList<TaskRequest>();
    for (var left = random.nextInt(20) == 0 ? BULK : 1; left > 0; left--) {
      requests.add(request());
    }
    var afterwards = random.nextInt(100);
    facts.add(new Fact.SubmitCalled(requestId, requests.size()));
    waiting.incrementAndGet();
    var unused =
        submitted(client, requestId, requests)
            .thenCompose(submission -> further(client, requestId, requests, afterwards, submission))
            .whenComplete((done, failure) -> waiting.decrementAndGet());
    return requests.size();
  }

  private TaskRequest request() {
    var kind = random.nextInt(100);
    // The longer ones so that some are in hand at any instant.
    var millis = kind < 90 ? random.nextInt(20) : 500 + random.nextInt(2500);
    var task =
        TaskRequest.of("work")
            .payload(millis + (kind % 20 == 0 ? "f" : ""))
            .attemptsMax(ATTEMPTS_MAX)
            .backoffInitial(Duration.ofMillis(100))
            .queueTimeout(QUEUE_TIMEOUT);
    return random.nextInt(20) == 0
        ? task.delay(Duration.ofMillis(DELAY_MIN_MILLIS + random.nextInt(4000))).build()
        : task.build();
  }

  private CompletableFuture<Submission> submitted(
      ReeveClient client, String requestId, List<TaskRequest> requests) {
    var calledNanos = System.nanoTime();
    var answer =
        requests.size() == 1
            ? client.submitAsync(requestId, requests.get(0))
            : client.submitAllAsync(requestId, requests);
    return answer.whenComplete(
        (submission, failure) -> {
          if (failure == null) {
            acknowledge(requestId, requests.size(), submission.taskIds());
            for (var i = 0; i < requests.size(); i++) {
              var delay = requests.get(i).spec().getDelay();
              var nanos = TimeUnit.SECONDS.toNanos(delay.getSeconds()) + delay.getNanos();
              if (nanos > 0) {
                notBefore.putIfAbsent(
                    submission.taskIds().get(i), new NotBefore(calledNanos, nanos));
              }
            }
          } else {
            refused(failure);
          }
        });
  }

  private void acknowledge(String requestId, int count, List<String> ids) {
    var earlier = acknowledged.put(requestId, ids);
    if (ids.size() != count || (earlier != null && !earlier.equals(ids))) {
      mistakes.add("%s: %s after %s for %d tasks".formatted(requestId, ids, earlier, count));
      return;
    }
    var first = id(ids.get(0));
    acknowledgements.add(new Acknowledged(first.partition(), System.currentTimeMillis()));
    facts.add(new Fact.SubmitAnswered(requestId, first.partition(), first.sequence(), count));
    if (earlier == null) {
      tasks.addAndGet(count);
    }
  }

  private CompletableFuture<?> further(
      ReeveClient client,
      String requestId,
      List<TaskRequest> requests,
      int afterwards,
      Submission submission) {
    var taskId = submission.taskIds().get(0);
    if (afterwards < 5) {
      return submitted(client, requestId, requests);
    } else if (afterwards < 10) {
      return read(client, "load", taskId);
    } else if (afterwards < 13) {
      return client
          .cancelAsync(taskId, "the rig says so")
          .whenComplete(
              (task, failure) -> {
                if (failure == null && stateOf(task) == TaskState.CANCELLED) {
                  facts.add(new Fact.CancelAnswered(id(taskId)));
                } else if (failure != null && !isOver(failure)) {
                  refused(failure);
                }
              });
    }
    return CompletableFuture.completedFuture(submission);
  }

  private CompletableFuture<Task> read(ReeveClient client, String reader, String taskId) {
    return client
        .getAsync(taskId)
        .whenComplete(
            (task, failure) -> {
              if (failure == null) {
                var state = stateOf(task);
                var result =
                    state == TaskState.COMPLETED
                        ? Arrays.hashCode(task.getResult().toByteArray())
                        : 0;
                facts.add(
                    new Fact.ReadAnswered(reader, id(taskId), state, task.getFence(), result));
              } else {
                refused(failure);
              }
            });
  }

  /** Whether a task could not be cancelled since it had ended. */
  private static boolean isOver(Throwable failure) {
    return cause(failure) instanceof ReeveException refusal
        && refusal.reason().equals("WRONG_STATE");
  }

  private static Throwable cause(Throwable failure) {
    return failure.getCause() instanceof ReeveException inner ? inner : failure;
  }

  private void refused(Throwable failure) {
    var cause = cause(failure);
    var word =
        cause instanceof ReeveException refusal
            ? refusal.code() + " " + refusal.reason() + " " + shortened(refusal)
            : cause.toString();
    refusals.computeIfAbsent(word, it -> new AtomicInteger()).incrementAndGet();
  }

  /** Without the ids that make two messages of one kind differ. */
  private static String shortened(ReeveException refusal) {
    var text = String.valueOf(refusal.getMessage()).replaceAll("\\d+", "#");
    return text.substring(0, Math.min(text.length(), 160));
  }

  private static TaskState stateOf(Task task) {
    return TaskState.valueOf(task.getState().name().replace("TASK_STATE_", ""));
  }

  private static TaskId id(String text) {
    return TaskId.parse(text).orElseThrow();
  }

  // ---- What the rig asks ------------------------------------------------------------------------

  /** Submits no more; what was said still waits for its answers. */
  void stop() {
    stop.countDown();
  }

  /** Calls that have no answer yet. */
  int waiting() {
    return waiting.get();
  }

  /** Tasks that were acknowledged. */
  int tasks() {
    return tasks.get();
  }

  /** Calls that failed for good, by what was said. */
  Map<String, AtomicInteger> refusals() {
    return Map.copyOf(refusals);
  }

  /** Answers that contradict each other or the question. */
  List<String> mistakes() {
    return List.copyOf(mistakes);
  }

  /**
   * Tells the checker of attempts that began before the delay of their task was over, and of tasks
   * that expired though nobody let them wait for so long.
   */
  void early(List<RigWorker.Attempt> attempts, Checker checker) {
    for (var attempt : attempts) {
      var told = notBefore.get(attempt.taskId());
      if (told != null && attempt.what().equals("start") && told.isEarly(attempt.atNanos())) {
        checker.violated(
            Invariant.NOT_TOO_EARLY,
            "%s began %d ms after it was handed in with a delay of %d ms"
                .formatted(
                    attempt.taskId(),
                    (attempt.atNanos() - told.calledNanos()) / 1_000_000,
                    told.delayNanos() / 1_000_000));
      }
    }
    var expired = checker.ended(TaskState.EXPIRED);
    if (expired > 0) {
      checker.violated(
          Invariant.NOT_TOO_EARLY,
          "expected no task to expire within %s, got %d".formatted(QUEUE_TIMEOUT, expired));
    }
  }

  /** Ids of tasks by request id, of all submissions that were answered. */
  Map<String, List<String>> acknowledged() {
    return Map.copyOf(acknowledged);
  }

  /** The next acknowledgement that was not asked for yet; null when there is none. */
  @org.jspecify.annotations.Nullable
  Acknowledged nextAcknowledgement() {
    return acknowledgements.poll();
  }

  /** Everything clients said and were told, in the order it was noted. */
  List<Fact> facts() {
    return List.copyOf(facts);
  }

  /** Reads some of the acknowledged tasks through every node, by a new client each. */
  void readBack(int atMost) {
    var ids = acknowledged.values().stream().flatMap(List::stream).sorted().limit(atMost).toList();
    for (var endpoint : endpoints) {
      try (var client = ReeveClient.connect(endpoint)) {
        var reads = ids.stream().map(id -> read(client, endpoint, id)).toList();
        CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
            .handle((done, failure) -> "noted by each")
            .join();
      }
    }
  }

  @Override
  public void close() {
    stop();
    clients.forEach(ReeveClient::close);
  }
}
