package io.reeve.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.TaskState;
import io.reeve.partition.Assignment;
import io.reeve.partition.Clients;
import io.reeve.partition.Leases;
import io.reeve.partition.TaskView;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * What a task costs in a message between nodes. Not part of a normal run: {@code mvn test -pl
 * actors -am -Dtest=WireBenchmark -Dsurefire.failIfNoSpecifiedTests=false}; it prints its figures,
 * in CPU time of the calling thread.
 */
class WireBenchmark {

  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString("pekko.actor.provider = local")
              .withFallback(ConfigFactory.load()));
  private static final long NOON = 1_763_640_000_000L;
  private static final long FIRST = 1L << 40;
  private static final int SPEC_BYTES = 120;
  private static final int RUNS = 5;
  private static final int TASKS_PER_RUN = 500_000;

  private final Serialization serialization =
      SerializationExtension.get(Adapter.toClassic(KIT.system()));
  private long sink;

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void aTaskCostsLittleBesideItsSpec() {
    ActorRef<Clients.Reply> client = KIT.<Clients.Reply>createTestProbe().getRef();
    ActorRef<Leases.ToSession> session = KIT.<Leases.ToSession>createTestProbe().getRef();

    measure("submission", 10_000, n -> submission(n, client), n -> n * SPEC_BYTES);
    measure("submission", 1, n -> submission(n, client), n -> n * SPEC_BYTES);
    measure("assignment", 500, WireBenchmark::assigned, n -> n * SPEC_BYTES);
    measure("settlement", 500, n -> settle(n, session), n -> 0);
    measure("listing", 100, WireBenchmark::listed, n -> n * SPEC_BYTES);
  }

  private void measure(
      String name, int count, IntFunction<Object> message, IntUnaryOperator specBytes) {
    var sent = message.apply(count);
    var bytes = serialization.serialize(sent).get();
    var serializer = serialization.findSerializerFor(sent);
    var manifest = Serializers.manifestFor(serializer, sent);
    var write = bestNsPerTask(count, () -> sink += serialization.serialize(sent).get().length);
    var read =
        bestNsPerTask(
            count,
            () ->
                sink +=
                    serialization
                        .deserialize(bytes, serializer.identifier(), manifest)
                        .get()
                        .getClass()
                        .hashCode());

    System.out.printf(
        "%s of %d: %.1f bytes a task on top, write %.0f ns, read %.0f ns%n",
        name, count, (bytes.length - specBytes.applyAsInt(count)) / (double) count, write, read);
    assertThat(bytes.length).isPositive();
  }

  /** The best of some runs; the first ones warm up. */
  private static double bestNsPerTask(int count, Runnable message) {
    var best = Double.MAX_VALUE;
    for (var run = 0; run < RUNS; run++) {
      var rounds = TASKS_PER_RUN / count;
      var start = cpuNanos();
      for (var i = 0; i < rounds; i++) {
        message.run();
      }
      best = Math.min(best, (cpuNanos() - start) / (double) rounds / count);
    }
    return best;
  }

  /** CPU time of this thread: other work on the machine counts less than by the clock. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static Object submission(int count, ActorRef<Clients.Reply> client) {
    var retry = new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2);
    var mail = new TaskClass("default", "io.example.noop", Lane.NORMAL, Priority.NORMAL);
    var profile = new TaskProfile(mail, 300_000, 0, retry, "");
    var tasks =
        IntStream.range(0, count)
            .mapToObj(i -> new Clients.NewTask(profile, 0, 0, new byte[SPEC_BYTES]))
            .toList();
    return new Clients.Submit("0f8fad5b-d9cb-469f-a165-70867728950e", 7, tasks, client);
  }

  private static Object assigned(int count) {
    return new Leases.Assigned(
        3,
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    new Assignment(
                        FIRST + i,
                        1,
                        1,
                        Lane.NORMAL,
                        false,
                        NOON + 30_000,
                        300_000,
                        NOON,
                        new byte[SPEC_BYTES]))
            .toList());
  }

  private static Object settle(int count, ActorRef<Leases.ToSession> session) {
    return new Leases.Settle(
        "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        1,
        IntStream.range(0, count)
            .mapToObj(i -> Settlement.completed(FIRST + i, 1, new byte[0]))
            .toList(),
        session);
  }

  private static Object listed(int count) {
    return new Clients.Listed(
        IntStream.range(0, count).mapToObj(WireBenchmark::view).toList(), FIRST + count);
  }

  private static TaskView view(int i) {
    return new TaskView(
        new TaskId(3, FIRST + i),
        TaskState.LEASED,
        new byte[SPEC_BYTES],
        1,
        1,
        NOON,
        NOON,
        NOON + 1,
        0,
        new byte[0],
        null,
        0,
        "",
        "worker-1/pool-0",
        null,
        0,
        0,
        List.of(),
        0,
        0);
  }
}
