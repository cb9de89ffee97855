package io.reeve.rig;

import io.reeve.check.Fact;
import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.TaskRequest;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.v1.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that submit tasks and cancel most of them some instant later; a part of them twice at
 * once, a part watched from the beginning, all read right after the answer.
 */
final class CancelLoad implements AutoCloseable {

  private static final int CLIENTS = 8;
  private static final int WAIT_MICROS_MAX = 60_000;
  private static final int WATCHED_PERCENT = 20;
  private static final int TWICE_PERCENT = 20;
  private static final int LEFT_ALONE_PERCENT = 10;

  private final ReeveClient client;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, List<String>> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Task>> watched = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Fact> facts = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger won = new AtomicInteger();
  private final AtomicInteger late = new AtomicInteger();
  private volatile boolean stopped;

  CancelLoad(ReeveClient client, long seed) {
    this.client = client;
    for (var i = 0; i < CLIENTS; i++) {
      var name = "client-" + i;
      var random = new Random(seed * CLIENTS + i);
      var thread = new Thread(() -> submitAndCancel(name, random), name);
      thread.setDaemon(true);
      threads.add(thread);
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  void stop() {
    stopped = true;
  }

  /** Whether each client has the answer to its last call. */
  boolean isOver() {
    return threads.stream().noneMatch(Thread::isAlive);
  }

  // ---- One client -------------------------------------------------------------------------------

  private void submitAndCancel(String name, Random random) {
    for (var call = 1; !stopped; call++) {
      var requestId = name + "-" + call;
      facts.add(new Fact.SubmitCalled(requestId, 1));
      var taskId = client.submit(requestId, request(random)).taskId();
      acknowledged.put(requestId, List.of(taskId));
      if (random.nextInt(100) < WATCHED_PERCENT) {
        watched.put(taskId, client.watch(taskId, change -> readAs("watch of " + name, change)));
      }
      var wait = random.nextInt(WAIT_MICROS_MAX);
      var twice = random.nextInt(100) < TWICE_PERCENT;
      if (random.nextInt(100) >= LEFT_ALONE_PERCENT) {
        LockSupport.parkNanos(wait * 1_000L);
        cancel(name, taskId, twice);
      }
    }
  }

  /** Most take about as long as the cancel waits, some fail first, some wait to be tried again. */
  private static TaskRequest request(Random random) {
    var millis = random.nextInt(10) == 0 ? 500 : random.nextInt(30);
    var fails = random.nextInt(4) == 0 ? "f" : "";
    return TaskRequest.of("work")
        .payload(millis + fails)
        .attemptsMax(1 + random.nextInt(3))
        .backoffInitial(Duration.ofMillis(random.nextInt(40)))
        .build();
  }

  private void cancel(String name, String taskId, boolean twice) {
    var other = twice ? client.cancelAsync(taskId, name + " again") : null;
    var first = client.cancelAsync(taskId, name);
    var answers = new ArrayList<>(List.of(answer(taskId, first)));
    if (other != null) {
      answers.add(answer(taskId, other));
    }
    if (answers.stream().distinct().count() > 1) {
      wrong.add("%s: two cancels were answered %s".formatted(taskId, answers));
    }
    readAs(name, client.get(taskId));
  }

  /** Whether it is cancelled. */
  private boolean answer(String taskId, CompletableFuture<Task> answer) {
    try {
      var task = answer.join();
      if (stateOf(task) != TaskState.CANCELLED) {
        wrong.add("%s: expected it to be CANCELLED, got %s".formatted(taskId, stateOf(task)));
      }
      facts.add(new Fact.CancelAnswered(id(taskId)));
      won.incrementAndGet();
      return true;
    } catch (CompletionException failed) {
      if (!(failed.getCause() instanceof ReeveException no && no.reason().equals("WRONG_STATE"))) {
        wrong.add("%s: expected cancelled or WRONG_STATE, got %s".formatted(taskId, failed));
      }
      late.incrementAndGet();
      return false;
    }
  }

  private void readAs(String reader, Task task) {
    facts.add(
        new Fact.ReadAnswered(
            reader,
            id(task.getId()),
            stateOf(task),
            task.getFence(),
            stateOf(task) == TaskState.COMPLETED
                ? Arrays.hashCode(task.getResult().toByteArray())
                : 0));
  }

  static TaskState stateOf(Task task) {
    return TaskState.valueOf(task.getState().name().replace("TASK_STATE_", ""));
  }

  private static TaskId id(String text) {
    return TaskId.parse(text).orElseThrow();
  }

  // ---- What came of it --------------------------------------------------------------------------

  /**
   * Reads every task once more, and what watches told last; both become facts too.
   *
   * @param listed states by id, as one listing told them
   * @return where those differ
   */
  List<String> judge(Map<String, TaskState> listed) {
    acknowledged.values().stream()
        .flatMap(List::stream)
        .forEach(
            taskId -> {
              var read = client.get(taskId);
              readAs("the last reader", read);
              var state = stateOf(read);
              if (listed.get(taskId) != state) {
                wrong.add("%s: listed %s, read %s".formatted(taskId, listed.get(taskId), state));
              }
              var watch = watched.get(taskId);
              if (watch != null && stateOf(watch.join()) != state) {
                wrong.add(
                    "%s: watched %s, read %s".formatted(taskId, stateOf(watch.join()), state));
              }
            });
    return List.copyOf(wrong);
  }

  /** Cancels that were acknowledged. */
  int won() {
    return won.get();
  }

  /** Cancels that came after the end. */
  int late() {
    return late.get();
  }

  Map<String, List<String>> acknowledged() {
    return Map.copyOf(acknowledged);
  }

  List<Fact> facts() {
    return List.copyOf(facts);
  }

  @Override
  public String toString() {
    return "%d cancels won, %d were late, %d tasks watched"
        .formatted(won(), late(), watched.size());
  }

  @Override
  public void close() {
    stop();
  }
}
