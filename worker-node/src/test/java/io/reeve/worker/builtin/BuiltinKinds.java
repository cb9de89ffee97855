package io.reeve.worker.builtin;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.typesafe.config.ConfigFactory;
import io.reeve.v1.Assignment;
import io.reeve.v1.TaskSpec;
import io.reeve.worker.TaskContext;
import io.reeve.worker.TaskHandler;
import io.reeve.worker.slot.Attempt;
import java.util.Map;
import java.util.Objects;

/** The built-in kinds with settings of a test, and tasks for them. */
final class BuiltinKinds {

  static final int RESULT_MAX = 256 * 1024;

  private static final ObjectMapper JSON = new ObjectMapper();

  private BuiltinKinds() {}

  static BuiltinSettings settings(String settings) {
    return BuiltinSettings.from(
        ConfigFactory.parseString("reeve.worker.builtin { " + settings + " }")
            .withFallback(ConfigFactory.load()));
  }

  static Map<String, TaskHandler> handlers(String settings) {
    return Builtin.handlers(
        settings(settings),
        Map.of("PATH", "/usr/bin:/bin")::get,
        System::nanoTime,
        System::currentTimeMillis);
  }

  static Object run(String kind, String settings, String payload) throws Exception {
    var handler = Objects.requireNonNull(handlers(settings).get(kind));
    var result = handler.handle(task("t1", payload));
    return result == null ? "" : result;
  }

  static TaskContext task(String id, String payload) {
    var surroundings =
        new Attempt.Surroundings(
            System::nanoTime, Runnable::run, attempt -> {}, JSON, () -> RESULT_MAX);
    return new Attempt(
        Assignment.newBuilder()
            .setTaskId(id)
            .setFence(1)
            .setAttempt(1)
            .setSpec(TaskSpec.newBuilder().setPayload(ByteString.copyFromUtf8(payload)))
            .build(),
        surroundings,
        0,
        0);
  }
}
