package io.reeve.bench.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.reeve.client.ReeveClient;
import io.reeve.client.TaskQuery;
import io.reeve.client.TaskRequest;
import io.reeve.client.TaskStates;
import io.reeve.client.fake.FakeReeve;
import io.reeve.v1.TaskState;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BenchWorkerTest {

  private static final int TASKS = 3000;

  private final NoOp handler = new NoOp(() -> 5_000_000L);

  @ParameterizedTest
  @ValueSource(strings = {"raw", "sdk"})
  void aLinkHandlesAndSettlesAllItIsGivenAndComesBackAfterAPause(String kind) throws IOException {
    try (var server = FakeReeve.start(Clock.systemUTC());
        var client = ReeveClient.connect(server.endpoint())) {
      submit(client);
      Link link =
          kind.equals("raw")
              ? new RawLink("127.0.0.1", server.port(), "bench-1", "one", 100, handler)
              : new SdkLink(server.endpoint(), "bench-1", 100, handler);

      var answers = obey(link, "connect", "await " + TASKS, "disconnect");
      submit(client);
      var more = obey(link, "connect", "await " + 2 * TASKS, "waits", "quit");

      assertThat(answers).containsExactly("connected", "handled " + TASKS, "disconnected");
      assertThat(more).hasSize(3).startsWith("connected", "handled " + 2 * TASKS);
      assertThat(BenchWorker.decode(more.get(2).substring("waits ".length())).getTotalCount())
          .isZero();
      awaitAllCompleted(client);
      link.close();
    }
  }

  @Test
  void stampedTasksAreMeasuredFromTheirSubmission() {
    var stamped = ByteBuffer.allocate(16).put(NoOp.STAMP).putLong(2_000_000L).rewind();
    handler.handle(ByteString.copyFrom(stamped));
    handler.handle(ByteString.copyFrom(new byte[] {NoOp.PLAIN}));

    var waits = handler.takeWaits();

    assertThat(handler.handled()).isEqualTo(2);
    assertThat(waits.getTotalCount()).isEqualTo(1);
    assertThat(waits.getMaxValue()).isBetween(3_000_000L, 3_010_000L);
    assertThat(handler.takeWaits().getTotalCount()).isZero();
  }

  @Test
  void anOrderItDoesNotKnowEndsIt() {
    assertThatThrownBy(() -> obey(new NoLink(), "dance")).hasMessageContaining("got 'dance'");
  }

  private List<String> obey(Link link, String... orders) throws IOException {
    var answers = new ByteArrayOutputStream();
    var script = String.join("\n", orders);
    new BenchWorker(link, handler)
        .obey(
            new BufferedReader(new StringReader(script)),
            new PrintStream(answers, true, StandardCharsets.UTF_8));
    return answers.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static void submit(ReeveClient client) {
    try (var bulk = client.bulk().start()) {
      for (var i = 0; i < TASKS; i++) {
        bulk.add(TaskRequest.of("bench").payload(new byte[] {NoOp.PLAIN}).build());
      }
    }
  }

  private static void awaitAllCompleted(ReeveClient client) {
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    var live = TaskQuery.all().states(TaskState.TASK_STATE_READY, TaskState.TASK_STATE_LEASED);
    while (client.list(live).iterator().hasNext()) {
      assertThat(System.nanoTime()).as("until all are settled").isLessThan(until);
      LockSupport.parkNanos(5_000_000);
    }
    assertThat(client.list(TaskQuery.all()))
        .allMatch(task -> TaskStates.isTerminal(task.getState()));
  }

  private static final class NoLink implements Link {
    @Override
    public void connect() {}

    @Override
    public void disconnect() {}

    @Override
    public void close() {}
  }
}
