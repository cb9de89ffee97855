package io.reeve.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.node.store.MemberDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.Leave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FormationTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  /** Nobody listens there. */
  private static final MemberDirectory.Line DEAD =
      new MemberDirectory.Line("dead#1", "dead", "pekko://formation@127.0.0.1:1");

  private final ActorTestKit kit = kit();

  private static ActorTestKit kit() {
    return ActorTestKit.create(
        "formation",
        ConfigFactory.parseString(
                "pekko.actor.provider = cluster,"
                    + " pekko.remote.artery.canonical.hostname = 127.0.0.1,"
                    + " pekko.remote.artery.canonical.port = 0")
            .withFallback(ConfigFactory.load()));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void theFirstFormsTheClusterAndAnnouncesItself() {
    var directory = new PlayedDirectory(List.of());

    form(directory);

    var self = awaitMember();
    awaitCalls(directory, "announce crane " + self, "keep");
  }

  @Test
  void whoFindsOnlyTheDeadAsksThemFirstThenFormsAndRemovesTheirLines() {
    var directory = new PlayedDirectory(List.of(DEAD));

    form(directory);

    var self = awaitMember();
    awaitCalls(directory, "forget dead#1", "announce crane " + self, "keep");
    assertThat(directory.looks).as("looks while the dead are asked").isGreaterThan(1);
  }

  @Test
  void aDirectoryThatFailsIsAskedAgain() {
    var directory = new PlayedDirectory(List.of());
    directory.failures = 3;

    form(directory);

    awaitMember();
    assertThat(directory.looks).isEqualTo(4);
  }

  @Test
  void whoLeavesRemovesNoLineOfThoseWhoStay() throws Exception {
    var directory = new PlayedDirectory(List.of());
    form(directory);
    var leaves = Cluster.get(kit.system());
    awaitMember();
    var other = kit();
    try {
      var stays = Cluster.get(other.system());
      stays.manager().tell(Join.create(leaves.selfMember().address()));
      other
          .createTestProbe()
          .awaitAssert(
              SOON,
              () -> {
                assertThat(stays.selfMember().status()).isEqualTo(MemberStatus.up());
                return stays;
              });

      leaves.manager().tell(Leave.create(leaves.selfMember().address()));
      kit.system().getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);

      assertThat(directory.calls).noneMatch(call -> call.startsWith("forget"));
    } finally {
      other.shutdownTestKit();
    }
  }

  private void form(MemberDirectory directory) {
    var settings =
        new ClusterSettings(
            "127.0.0.1",
            0,
            List.of(),
            ClusterSettings.Profile.SAFE,
            Duration.ofMillis(300),
            Duration.ofMillis(50),
            Duration.ofMillis(50),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            8 << 20,
            Set.of(Role.values()));
    kit.spawn(Formation.create(directory, settings, "crane", System::nanoTime));
  }

  private String awaitMember() {
    var cluster = Cluster.get(kit.system());
    return kit.createTestProbe()
        .awaitAssert(
            SOON,
            () -> {
              assertThat(cluster.selfMember().status()).isEqualTo(MemberStatus.up());
              return cluster.selfMember().address().toString();
            });
  }

  private void awaitCalls(PlayedDirectory directory, String... calls) {
    kit.createTestProbe()
        .awaitAssert(
            SOON,
            () -> {
              assertThat(directory.calls).startsWith(calls);
              return calls;
            });
  }

  /** Nobody is there who holds a lock. */
  private static final class PlayedDirectory implements MemberDirectory {

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<Line> lines;
    private volatile int looks;
    private volatile int failures;

    PlayedDirectory(List<Line> lines) {
      this.lines = lines;
    }

    @Override
    public synchronized Look look() {
      looks++;
      if (looks <= failures) {
        throw new IllegalStateException("played");
      }
      return new Look(true, lines);
    }

    @Override
    public void announce(Line self) {
      calls.add("announce " + self.name() + " " + self.address());
    }

    @Override
    public void keep() {
      calls.add("keep");
    }

    @Override
    public void forget(String incarnation) {
      calls.add("forget " + incarnation);
    }

    @Override
    public void close() {
      calls.add("close");
    }
  }
}
