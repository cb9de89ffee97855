package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.dispatch.Dispatcher;
import io.reeve.dispatch.DispatcherSettings;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.domain.task.Labels;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.session.Session;
import io.reeve.session.SessionTuning;
import io.reeve.session.WorkerCard;
import io.reeve.session.WorkerStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A dispatcher that throws, restarted as a node restarts it, and a session that stays connected.
 */
class DispatcherSingletonTest {

  private final ActorTestKit kit =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  "pekko.actor.provider = local, pekko.persistence.journal.plugin ="
                      + " pekko.persistence.journal.inmem")
              .withFallback(ConfigFactory.load()));
  private final TestProbe<ShardingEnvelope<Partition.Command>> region = kit.createTestProbe();
  private final Partitions partitions = new Partitions(1, region.getRef());
  private final ActorRef<Dispatcher.Command> dispatcher =
      kit.spawn(
          DispatcherSingleton.restarting(
              Dispatcher.create(
                  partitions,
                  DispatcherSettings.from(kit.system().settings().config()),
                  "n",
                  Clock.systemUTC(),
                  System::nanoTime,
                  new KeptRows(),
                  epoch -> {})));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void sessionsAreKnownToADispatcherThatThrewAndRestarted() {
    var stream = new OpenStream();
    connect(stream);
    awaitDemand(1, 1);

    dispatcher.tell(thatThrows());

    awaitDemand(2, 1);
    assertThat(stream.ended).isFalse();
  }

  private void connect(OpenStream stream) {
    var config = kit.system().settings().config();
    var session =
        kit.spawn(
            Session.create(
                stream,
                new WorkerCard(),
                new Session.Environment(
                    partitions,
                    dispatcher,
                    Session.Settings.from(config, Duration.ofSeconds(30)),
                    SessionTuning.from(config),
                    System::nanoTime,
                    () -> "0123456789abcdef0123456789abcdef")));
    session.tell(
        new Session.Hello(
            "w",
            "p",
            "i",
            List.of("default"),
            Set.of("*"),
            Labels.NONE,
            4,
            0,
            null,
            List.of(),
            "c",
            "h",
            1));
  }

  /** Within less than the time after which a session states its credit anyway. */
  private void awaitDemand(long epoch, long workers) {
    var reader = kit.<Dispatcher.DemandShown>createTestProbe();
    var any = new WorkerKind(Set.of(), Set.of());
    region.awaitAssert(
        Duration.ofSeconds(4),
        () -> {
          dispatcher.tell(new Dispatcher.ShowDemand(any, reader.getRef()));
          var shown = reader.receiveMessage();
          assertThat(shown.epoch()).isEqualTo(epoch);
          assertThat(shown.demand().workers()).isEqualTo(workers);
          return shown;
        });
  }

  @NullUnmarked
  private static Dispatcher.Command thatThrows() {
    return new Dispatcher.Register(
        "x", 1, "w", "p", List.of(), Set.of(), Labels.NONE, "", null, null, null);
  }

  /** Takes every message. */
  private static final class OpenStream implements WorkerStream {

    final AtomicBoolean ended = new AtomicBoolean();

    @Override
    public boolean offer(Session.ToWorker message) {
      return true;
    }

    @Override
    public void complete() {
      ended.set(true);
    }

    @Override
    public void refuse(SessionRefusal refusal) {
      ended.set(true);
    }
  }
}
