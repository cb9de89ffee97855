package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.reeve.edge.grpc.TestWorker;
import io.reeve.v1.Assignments;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.TaskState;
import io.reeve.v1.WorkerMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Payloads and results are the business of clients and workers: no log has their bytes. */
@Timeout(60)
class LoggedPayloadsTest {

  private static final byte[] SECRET = "lost and found 4711".getBytes(StandardCharsets.US_ASCII);
  private static final ByteString BYTES = ByteString.copyFrom(SECRET);

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger all = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("io.reeve");
  private final Level usual = ours.getLevel();

  @BeforeEach
  void listen() {
    lines.setContext(all.getLoggerContext());
    lines.start();
    all.addAppender(lines);
    ours.setLevel(Level.TRACE);
  }

  @AfterEach
  void stopListening() {
    ours.setLevel(usual);
    all.detachAppender(lines);
  }

  @Test
  void noLineHasThePayloadOrTheResultOfATask(@TempDir Path directory) throws Exception {
    String id;
    try (var node = new RunningNode(directory, Map.of("reeve.partition.count", 1))) {
      id = node.tasks().submitTasks(submission("echo")).getTaskIds(0);
      assertThatThrownBy(() -> node.tasks().submitTasks(submission("")))
          .as("a task without a kind")
          .isInstanceOf(StatusRuntimeException.class);
      var worker = new TestWorker(node.channel());
      worker.greet(TestWorker.hello("worker", 1));
      worker.complete(assignments(worker), assignment -> BYTES);
      // A second greeting is against the protocol, and ends the session.
      awaitAck(worker);
      worker.say(WorkerMessage.newBuilder().setHello(TestWorker.hello("worker", 1)));
      worker.refusal();
    }
    try (var again = new RunningNode(directory, Map.of("reeve.partition.count", 1))) {
      var task = again.tasks().getTask(GetTaskRequest.newBuilder().setTaskId(id).build()).getTask();
      assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
    }

    assertThat(lines.list).anyMatch(line -> line.getLoggerName().startsWith("io.reeve"));
    assertThat(lines.list)
        .allSatisfy(
            line ->
                assertThat(text(line))
                    .doesNotContain(
                        new String(SECRET, StandardCharsets.US_ASCII),
                        Arrays.toString(SECRET),
                        Base64.getEncoder().encodeToString(SECRET),
                        HexFormat.of().formatHex(SECRET)));
  }

  private static SubmitTasksRequest submission(String kind) {
    return SubmitTasksRequest.newBuilder()
        .addTasks(TaskSpec.newBuilder().setKind(kind).setPayload(BYTES))
        .build();
  }

  private static Assignments assignments(TestWorker worker) throws InterruptedException {
    var message = worker.next();
    while (!message.hasAssignments()) {
      message = worker.next();
    }
    return message.getAssignments();
  }

  private static void awaitAck(TestWorker worker) throws InterruptedException {
    var message = worker.next();
    while (!message.hasSettlementAck()) {
      message = worker.next();
    }
  }

  private static String text(ILoggingEvent line) {
    var thrown = line.getThrowableProxy();
    return line.getFormattedMessage()
        + line.getMDCPropertyMap()
        + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown));
  }
}
