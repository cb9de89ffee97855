package io.reeve.rig;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A client that submits in bulks, each under a request id of its own that stays the same over all
 * its tries.
 */
final class BulkLoad implements AutoCloseable {

  private static final int TRIES_MAX = 1_000;
  private static final int CALLS_MAX = 4;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration TRY_TIMEOUT = Duration.ofSeconds(5);

  private final ReeveClient client;
  private final Random random;
  private final Function<Random, TaskRequest> request;
  private final Map<String, List<String>> acknowledged = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> mistakes = new ConcurrentLinkedQueue<>();
  private final AtomicInteger tasks = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private int calls;
  private volatile boolean stopped;

  /**
   * A client.
   *
   * @param request makes the next task
   */
  BulkLoad(String endpoint, long seed, Function<Random, TaskRequest> request) {
    this.client =
        ReeveClient.builder()
            .endpoints(endpoint)
            .callTimeout(CALL_TIMEOUT)
            .tryTimeout(TRY_TIMEOUT)
            .triesMax(TRIES_MAX)
            .backoff(Duration.ofMillis(50), Duration.ofMillis(500))
            .build();
    this.random = new Random(seed);
    this.request = request;
  }

  /** Submits so many tasks, some calls at a time; returns when all of them are said. */
  void submit(int count, int bulk) {
    for (var left = count; left > 0; left -= bulk) {
      while (waiting.get() >= CALLS_MAX) {
        LockSupport.parkNanos(1_000_000);
      }
      call(Math.min(left, bulk));
    }
  }

  /** Submits on a thread of its own at a steady rate, in bulks, until it is told to stop. */
  void submitOn(int perSecond, int bulk) {
    var thread =
        new Thread(
            () -> {
              var began = System.nanoTime();
              for (var said = 0L; !stopped; LockSupport.parkNanos(1_000_000)) {
                var due = (System.nanoTime() - began) / 1_000_000 * perSecond / 1000;
                for (; said + bulk <= due && waiting.get() < CALLS_MAX; said += bulk) {
                  call(bulk);
                }
              }
            },
            "bulk-load");
    thread.setDaemon(true);
    thread.start();
  }

  private synchronized void call(int count) {
    var requestId = "bulk-" + ++calls;
    var requests = new ArrayList<TaskRequest>();
    for (var i = 0; i < count; i++) {
      requests.add(request.apply(random));
    }
    waiting.incrementAndGet();
    CompletableFuture<?> unused =
        client
            .submitAllAsync(requestId, requests)
            .handle(
                (submission, failure) -> {
                  if (failure == null) {
                    acknowledged.put(requestId, submission.taskIds());
                    tasks.addAndGet(count);
                  } else {
                    var cause =
                        failure instanceof CompletionException ? failure.getCause() : failure;
                    mistakes.add(requestId + ": " + cause);
                  }
                  return waiting.decrementAndGet();
                });
  }

  /** Tasks that were acknowledged. */
  int tasks() {
    return tasks.get();
  }

  /** Whether all that was said has its answer. */
  boolean isAnswered() {
    return waiting.get() == 0;
  }

  /** Calls that failed for good. */
  List<String> mistakes() {
    return List.copyOf(mistakes);
  }

  Map<String, List<String>> acknowledged() {
    return Map.copyOf(acknowledged);
  }

  void stop() {
    stopped = true;
  }

  @Override
  public void close() {
    stop();
    client.close();
  }
}
