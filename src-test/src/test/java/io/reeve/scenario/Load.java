package io.reeve.scenario;

import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.Submission;
import io.reeve.client.TaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that submit without pause, single tasks and bulks, each call under a request id of its
 * own. A call whose outcome is unknown is repeated under the same id until it is answered, and one
 * in twenty that was answered is repeated all the same.
 */
final class Load implements AutoCloseable {

  private static final int ATTEMPTS_MAX = 20;
  private static final int CLIENTS = 8;
  private static final int BULK_MAX = 40;
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

  private final ReeveClient client;
  private final Map<String, List<String>> acknowledged = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> mistakes = new ConcurrentLinkedQueue<>();
  private final AtomicLong tasks = new AtomicLong();
  private final AtomicLong repeats = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  Load(ReeveClient client, long seed) {
    this.client = client;
    for (var number = 0; number < CLIENTS; number++) {
      var name = "client-" + number;
      var random = new Random(seed + number);
      var thread = new Thread(() -> run(name, random), name);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /** Ids of tasks by request id, of all calls that were answered. */
  Map<String, List<String>> acknowledged() {
    return Map.copyOf(acknowledged);
  }

  long acknowledgedTasks() {
    return tasks.get();
  }

  /** Calls that were made again because nobody knew whether they had worked. */
  long repeats() {
    return repeats.get();
  }

  /** Answers that must not be. */
  List<String> mistakes() {
    return List.copyOf(mistakes);
  }

  /** Returns when each client has the answer to its last call. */
  void stop() {
    stopped = true;
    Await.until(
        "the clients have their answers",
        ENDS_WITHIN,
        () -> threads.stream().noneMatch(Thread::isAlive));
  }

  @Override
  public void close() {
    stopped = true;
  }

  private void run(String name, Random random) {
    for (var call = 1; !stopped; call++) {
      var requestId = name + "-" + call;
      var count = random.nextInt(4) == 0 ? random.nextInt(2, BULK_MAX) : 1;
      var requests = new ArrayList<TaskRequest>();
      for (var i = 0; i < count; i++) {
        requests.add(request(requestId + "/" + i, random));
      }
      var ids = answered(requestId, requests);
      if (random.nextInt(20) == 0 && !answered(requestId, requests).equals(ids)) {
        mistakes.add(requestId + ": two answers that differ");
      }
      if (ids.size() != count) {
        mistakes.add("%s: %d tasks, %d ids".formatted(requestId, count, ids.size()));
      }
      acknowledged.put(requestId, ids);
      tasks.addAndGet(ids.size());
    }
  }

  private static TaskRequest request(String text, Random random) {
    return switch (random.nextInt(20)) {
      case 0 -> TaskRequest.of("sleep").payload("20ms").build();
      case 1 ->
          TaskRequest.of("fail").payload("{\"rate\": 0.5}").backoffInitial(Duration.ZERO).build();
      default -> TaskRequest.of("echo").payload(text).build();
    };
  }

  /** Says it until somebody answers. */
  private List<String> answered(String requestId, List<TaskRequest> requests) {
    for (var attempt = 1; ; attempt++) {
      try {
        Submission submission =
            requests.size() == 1
                ? client.submit(requestId, requests.get(0))
                : client.submitAll(requestId, requests);
        return submission.taskIds();
      } catch (ReeveException failure) {
        // The node may be down just now, also when the load is told to end.
        if (!failure.isOutcomeUnknown() || attempt == ATTEMPTS_MAX) {
          mistakes.add(requestId + ": " + failure);
          return List.of("");
        }
        repeats.incrementAndGet();
      }
    }
  }
}
