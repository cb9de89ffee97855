package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.dispatch.Dispatcher;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
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
  void theStoreIsAskedAtMostOnceASecond() throws Exception {
    var readiness = readiness(answers(true));

    assertThat(get(readiness.tasks())).isTrue();
    assertThat(get(readiness.tasks())).isTrue();
    assertThat(looks).hasValue(1);

    nanos.addAndGet(Duration.ofMillis(1001).toNanos());
    assertThat(get(readiness.tasks())).isTrue();
    assertThat(looks).hasValue(2);
  }

  @Test
  void aStoreThatFailsOrHangsDoesNotAnswer() throws Exception {
    assertThat(get(readiness(answers(false)).tasks())).isFalse();

    var never = new CountDownLatch(1);
    var hanging =
        readiness(
            () -> {
              try {
                return never.await(1, TimeUnit.MINUTES);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
              }
            });
    assertThat(get(hanging.tasks())).isFalse();
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

  private NodeReadiness readiness(BooleanSupplier store) {
    return new NodeReadiness(KIT.system(), store, dispatcher.getRef(), nanos::get);
  }

  private BooleanSupplier answers(boolean answer) {
    return () -> {
      looks.incrementAndGet();
      return answer;
    };
  }

  private static boolean get(CompletionStage<Boolean> answer) throws Exception {
    return answer.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static ActorTestKit kit(String name, String role) {
    return ActorTestKit.create(
        name,
        ConfigFactory.parseString(
                "pekko.actor.provider = cluster, pekko.remote.artery.canonical.hostname = 127.0.0.1,"
                    + " pekko.remote.artery.canonical.port = 0, pekko.cluster.roles = ["
                    + role
                    + "]")
            .withFallback(ConfigFactory.load()));
  }
}
