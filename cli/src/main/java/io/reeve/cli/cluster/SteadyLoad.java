package io.reeve.cli.cluster;

import io.reeve.client.ReeveClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Submits tasks at a steady rate through all nodes, one by one, each with a request id, and records
 * the answers. Owns one thread; other threads may read the results.
 *
 * <p>Each node has several clients that prefer it and know the others. One connection takes 256
 * calls at a time, and calls for a partition that is away wait. With a single client such calls
 * would soon block all others and measure the client's bound instead of the cluster.
 */
final class SteadyLoad implements AutoCloseable {

  private static final int CLIENTS_PER_NODE = 4;
  private static final int WAITING_MAX = 20_000;
  private static final long STEP_MILLIS = 10;
  private static final int TRIES_MAX = 1_000;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration BACKOFF_MIN = Duration.ofMillis(50);
  private static final Duration BACKOFF_MAX = Duration.ofMillis(500);
  private static final Duration END_WITHIN = Duration.ofSeconds(5);

  /** An answer: when it came, and how long it took. */
  private record Answer(long atMs, long tookMs) {}

  private final List<String> endpoints;
  private final int perSecond;
  private final String run;
  private final Clock clock;
  private final List<ReeveClient> all = new ArrayList<>();
  private volatile List<ReeveClient> inUse;
  private final Map<String, Integer> numberById = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Moments acknowledgements = new Moments();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  /**
   * Starts.
   *
   * @param endpoints of all nodes
   * @param run makes the request ids differ from those of other runs
   */
  SteadyLoad(List<String> endpoints, int perSecond, String run, Clock clock) {
    this.endpoints = List.copyOf(endpoints);
    this.perSecond = perSecond;
    this.run = run;
    this.clock = clock;
    this.inUse = newClients();
    this.thread = new Thread(this::submit, "steady-load");
    thread.setDaemon(true);
    thread.start();
  }

  private List<ReeveClient> newClients() {
    var clients = new ArrayList<ReeveClient>();
    for (var i = 0; i < endpoints.size() * CLIENTS_PER_NODE; i++) {
      var preferred = i % endpoints.size();
      var rotated = new ArrayList<>(endpoints.subList(preferred, endpoints.size()));
      rotated.addAll(endpoints.subList(0, preferred));
      clients.add(
          ReeveClient.builder()
              .endpoints(String.join(",", rotated))
              .callTimeout(CALL_TIMEOUT)
              .triesMax(TRIES_MAX)
              .backoff(BACKOFF_MIN, BACKOFF_MAX)
              .build());
    }
    synchronized (all) {
      all.addAll(clients);
    }
    return List.copyOf(clients);
  }

  /** From now on new tasks go through all nodes again, wherever failures drove the clients. */
  void spreadAgain() {
    inUse = newClients();
  }

  private void submit() {
    var began = clock.millis();
    var number = 0;
    try {
      while (!stop.await(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
        var due = (clock.millis() - began) * perSecond / 1000;
        for (; number < due && waiting.get() < WAITING_MAX; number++) {
          submit(number);
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void submit(int number) {
    var client = inUse.get(number % inUse.size());
    var from = clock.millis();
    waiting.incrementAndGet();
    var unused =
        client
            .submitAsync(run + "-" + number, DemoTask.request(number))
            .whenComplete(
                (submission, failure) -> {
                  if (failure == null) {
                    var now = clock.millis();
                    acknowledgements.add(now);
                    answers.add(new Answer(now, now - from));
                    numberById.put(submission.taskId(), number);
                  } else {
                    unanswered.incrementAndGet();
                  }
                  waiting.decrementAndGet();
                });
  }

  /** Submits no more. */
  void stop() {
    stop.countDown();
    try {
      thread.join(END_WITHIN.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Submissions that have no answer yet. */
  int waiting() {
    return waiting.get();
  }

  /** Submissions that failed for good. */
  int unanswered() {
    return unanswered.get();
  }

  int acknowledged() {
    return numberById.size();
  }

  /** The number of each acknowledged task, by its id. */
  Map<String, Integer> numberById() {
    return Map.copyOf(numberById);
  }

  Moments acknowledgements() {
    return acknowledgements;
  }

  /** The longest that a submission took which was answered within these times. */
  Duration slowest(long fromMs, long toMs) {
    return Duration.ofMillis(
        answers.stream()
            .filter(answer -> answer.atMs() >= fromMs && answer.atMs() <= toMs)
            .mapToLong(Answer::tookMs)
            .max()
            .orElse(0));
  }

  @Override
  public void close() {
    stop();
    synchronized (all) {
      all.forEach(ReeveClient::close);
      all.clear();
    }
  }
}
