package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.dispatch.Dispatcher;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NodeReadinessTest {

  private static final ActorTestKit KIT = kit("readiness", "tasks");

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger looks = new AtomicInteger();
  private final TestProbe<Dispatcher.Command> dispatcher = KIT.createTestProbe();

  @BeforeAll
  static void join() {
    join(KIT);
  }

  private static void join(ActorTestKit kit) {
    var cluster = Cluster.get(kit.system());
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    kit.createTestProbe()
        .awaitAssert(
            Duration.ofSeconds(20),
            () -> {
              assertThat(cluster.selfMember().status()).isEqualTo(MemberStatus.up());
              return cluster;
            });
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void aNodeThatIsNoMemberTakesNoTasksAndDoesNotAskTheStore() throws Exception {
    var alone = kit("alone", "tasks");
    try {
      var readiness =
          new NodeReadiness(
              alone.system(),
              answers(true),
              alone.<Dispatcher.Command>createTestProbe().getRef(),
              nanos::get);

      assertThat(get(readiness.tasks())).isFalse();
      assertThat(looks).hasValue(0);
    } finally {
      alone.shutdownTestKit();
    }
  }

  @Test
  void whereNobodyOwnsPartitionsNoTasksAreTakenAndTheStoreIsNotAsked() throws Exception {
    var edge = kit("edge", "edge");
    try {
      join(edge);
      var readiness =
          new NodeReadiness(
              edge.system(),
              answers(true),
              edge.<Dispatcher.Command>createTestProbe().getRef(),
              nanos::get);

      assertThat(get(readiness.tasks())).isFalse();
      assertThat(looks).hasValue(0);
    } finally {
      edge.shutdownTestKit();
    }
  }

  @Test
  void theStoreIsAskedAtMostOnceInTwoSeconds() throws Exception {
    var readiness = readiness(answers(true));

    assertThat(get(readiness.tasks())).isTrue();
    assertThat(get(readiness.tasks())).isTrue();
    assertThat(looks).hasValue(1);

    nanos.addAndGet(Duration.ofMillis(2001).toNanos());
    assertThat(get(readiness.tasks())).isTrue();
    assertThat(looks).hasValue(2);
  }

  @Test
  void aStoreThatFailsOrHangsDoesNotAnswer() throws Exception {
    assertThat(reason(readiness(answers(false)).tasks())).isEqualTo("STORE_FULL: played");

    var never = new CountDownLatch(1);
    var hanging =
        readiness(
            () -> {
              looks.incrementAndGet();
              try {
                return never.await(1, TimeUnit.MINUTES) ? Optional.empty() : Optional.of("late");
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of("interrupted");
              }
            });
    looks.set(0);
    assertThat(reason(hanging.tasks())).isEqualTo("the store did not answer within 2 s");
    nanos.addAndGet(Duration.ofSeconds(3).toNanos());
    assertThat(reason(hanging.tasks())).isEqualTo("the store did not answer within 2 s");
    assertThat(looks).hasValue(1);
    never.countDown();
  }

  @Test
  void workersAreServedByADispatcherThatHasItsEpoch() throws Exception {
    assertThat(workersWith(0)).isFalse();
    assertThat(workersWith(7)).isTrue();
  }

  @Test
  void aDispatcherThatDoesNotAnswerServesNobody() throws Exception {
    var readiness = readiness(answers(true));

    assertThat(get(readiness.workers())).isFalse();
    assertThat(get(readiness.tasks())).isTrue();
  }

  private boolean workersWith(long epoch) throws Exception {
    var answer = readiness(answers(true)).workers();
    dispatcher
        .expectMessageClass(Dispatcher.ShowEpoch.class)
        .replyTo()
        .tell(new Dispatcher.EpochShown(epoch));
    return get(answer);
  }

  private NodeReadiness readiness(Supplier<Optional<String>> store) {
    return new NodeReadiness(KIT.system(), store, dispatcher.getRef(), nanos::get);
  }

  private Supplier<Optional<String>> answers(boolean answer) {
    return () -> {
      looks.incrementAndGet();
      return answer ? Optional.empty() : Optional.of("STORE_FULL: played");
    };
  }

  /** Whether nothing is amiss. */
  private static boolean get(CompletionStage<Optional<String>> answer) throws Exception {
    return reason(answer).isEmpty();
  }

  private static String reason(CompletionStage<Optional<String>> answer) throws Exception {
    return answer.toCompletableFuture().get(10, TimeUnit.SECONDS).orElse("");
  }

  private static ActorTestKit kit(String name, String role) {
    return ActorTestKit.create(
        name,
        ConfigFactory.parseString(
                "pekko.actor.provider = cluster, pekko.remote.artery.canonical.hostname ="
                    + " 127.0.0.1, pekko.remote.artery.canonical.port = 0, pekko.cluster.roles = ["
                    + role
                    + "]")
            .withFallback(ConfigFactory.load()));
  }
}
