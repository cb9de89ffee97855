package io.reeve.wire;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.dispatch.Dispatcher.EpochShown;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two nodes, one of a release that this one does not understand in everything. */
class UnreadableMessagesTest {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Config NODE =
      ConfigFactory.parseString(
          """
          pekko.actor.provider = remote
          pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
          pekko.remote.use-unsafe-remote-features-outside-cluster = off
          pekko.remote.warn-unsafe-watch-outside-cluster = off
          """);

  private final ActorTestKit node =
      ActorTestKit.create("node", NODE.withFallback(ConfigFactory.load()));
  private final ActorTestKit newer =
      ActorTestKit.create(
          "newer",
          ConfigFactory.parseString(
                  "pekko.actor.serializers.reeve-wire = \"" + NewerRelease.class.getName() + "\"")
              .withFallback(NODE)
              .withFallback(ConfigFactory.load()));

  @AfterEach
  void stop() {
    newer.shutdownTestKit();
    node.shutdownTestKit();
  }

  @Test
  void theyAreLoggedAndDroppedAndTheNextOneArrives() {
    var probe = node.<EpochShown>createTestProbe();
    var path = ActorRefResolver.get(node.system()).toSerializationFormat(probe.getRef());
    ActorRef<EpochShown> fromAfar = ActorRefResolver.get(newer.system()).resolveActorRef(path);

    LoggingTestKit.error("Failed to deserialize message")
        .withOccurrences(2)
        .expect(
            node.system(),
            () -> {
              fromAfar.tell(NewerRelease.UNKNOWN);
              fromAfar.tell(NewerRelease.DAMAGED);
              fromAfar.tell(new EpochShown(7));
              probe.expectMessage(SOON, new EpochShown(7));
              return null;
            });
  }
}
