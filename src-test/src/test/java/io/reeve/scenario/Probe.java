package io.reeve.scenario;

import io.grpc.Status;
import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.TaskRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Clients that submit one small task after the other and never try again, so that each answer shows
 * how the server is at that moment.
 */
final class Probe implements AutoCloseable {

  private static final int CLIENTS = 4;

  /** Longer than the server may take for a write. */
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);

  /**
   * @param atNanos when it came
   * @param reason of a refusal; empty when the task was taken, or the refusal has none
   */
  record Answer(long atNanos, Duration took, Status.Code code, String reason) {}

  private final ReeveClient client;
  private final List<Answer> answers = new CopyOnWriteArrayList<>();
  private volatile boolean stopped;

  Probe(NodeProcess node) {
    client =
        ReeveClient.builder()
            .endpoints(node.endpoint())
            .callTimeout(ANSWER_WITHIN)
            .tryTimeout(ANSWER_WITHIN)
            .triesMax(1)
            .build();
    for (var number = 0; number < CLIENTS; number++) {
      var name = "probe-" + number;
      var thread = new Thread(() -> run(name), name);
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void run(String name) {
    for (var call = 1; !stopped; call++) {
      var began = System.nanoTime();
      var code = Status.Code.OK;
      var reason = "";
      try {
        client.submit(name + "-" + call, TaskRequest.of("echo").payload(name).build());
      } catch (ReeveException refusal) {
        code = refusal.code();
        reason = refusal.reason();
      }
      var now = System.nanoTime();
      answers.add(new Answer(now, Duration.ofNanos(now - began), code, reason));
      // Refusals come at once; without a pause they would be the load.
      Await.pass(Duration.ofMillis(20));
    }
  }

  /** Whether a task was taken after this instant. */
  boolean tookSince(long nanos) {
    return answers.stream()
        .anyMatch(answer -> answer.code() == Status.Code.OK && answer.atNanos() > nanos);
  }

  /** Everything but tasks that were taken. */
  List<Answer> refusals() {
    return answers.stream().filter(answer -> answer.code() != Status.Code.OK).toList();
  }

  /** The longest that a client waited for any answer. */
  Duration longestWait() {
    return answers.stream().map(Answer::took).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    stopped = true;
    client.close();
  }
}
