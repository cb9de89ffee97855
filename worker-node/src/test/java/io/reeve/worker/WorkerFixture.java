package io.reeve.worker;

import static io.reeve.worker.FakeServer.task;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;

/** A worker and the server it talks to, with handlers that wait until a test lets them go. */
abstract class WorkerFixture {

  final FakeServer server = new FakeServer();
  final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
  final List<String> started = new CopyOnWriteArrayList<>();
  final List<String> cancelled = new CopyOnWriteArrayList<>();
  final CountDownLatch never = new CountDownLatch(1);
  // A task may start while a test ends, in the place of one that was let go.
  volatile boolean over;
  Worker worker = builder().build();

  WorkerBuilder builder() {
    return Worker.builder()
        .environment(Map.of())
        .endpoints(server.endpoint())
        .id("worker-7")
        .set("link.reconnect.backoff-max", "200ms")
        .handler("echo", TaskContext::payload)
        .handler("gate", this::gate)
        .handler(
            "deaf",
            task -> {
              started.add(task.taskId());
              while (never.getCount() > 0) {
                try {
                  never.await();
                } catch (InterruptedException ignored) {
                  cancelled.add(task.taskId());
                }
              }
              return null;
            });
  }

  Object gate(TaskContext task) throws InterruptedException {
    started.add(task.taskId());
    task.onCancel(() -> cancelled.add(task.taskId()));
    gateOf(task.taskId()).await();
    return "done";
  }

  CountDownLatch gateOf(String taskId) {
    return gates.computeIfAbsent(taskId, id -> new CountDownLatch(over ? 0 : 1));
  }

  void start(WorkerBuilder builder) {
    worker = builder.build().start();
  }

  void awaitStarted(String taskId) {
    Await.until("start of " + taskId, () -> started.contains(taskId));
  }

  @AfterEach
  void end() {
    over = true;
    never.countDown();
    gates.values().forEach(CountDownLatch::countDown);
    worker.close();
    server.close();
  }
}
