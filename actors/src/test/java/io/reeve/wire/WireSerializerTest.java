package io.reeve.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.rules.EpochStarted;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.partition.Clients;
import io.reeve.partition.Leases;
import io.reeve.partition.Partition;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every message between dispatcher, sessions and partitions survives the way to another node. */
class WireSerializerTest {

  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString("pekko.actor.provider = local")
              .withFallback(ConfigFactory.load()));

  private final SerializationTestKit kit = KIT.serializationTestKit();
  private final Serialization serialization =
      SerializationExtension.get(Adapter.toClassic(KIT.system()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @TestFactory
  Stream<DynamicTest> everyMessageArrivesAsItWas() {
    var forms = new WireForms(NamedRef.REFS);
    return WireSamples.all().entrySet().stream()
        .map(
            sample ->
                DynamicTest.dynamicTest(
                    sample.getKey(),
                    () -> {
                      var sent = sample.getValue();
                      var form = forms.of(sent);

                      var received = forms.of(form.manifest()).message(form.bytes(sent));

                      assertThat(received).usingRecursiveComparison().isEqualTo(sent);
                      assertThat(received).hasSameClassAs(sent);
                    }));
  }

  @Test
  void actorsAreNamedByTheirPaths() {
    ActorRef<Dispatcher.ToSession> session = KIT.<Dispatcher.ToSession>createTestProbe().getRef();
    ActorRef<Leases.ToSession> delivery = KIT.<Leases.ToSession>createTestProbe().getRef();

    kit.verifySerialization(
        new Dispatcher.Register(
            "h",
            1,
            "w",
            "p",
            List.of("mail"),
            Set.of("*"),
            Labels.NONE,
            "",
            new CreditTotals(8, 2, 10, 7, 0),
            session,
            delivery),
        true);
  }

  @Test
  void messagesHaveTheIdentifierAndManifestThatOtherReleasesKnow() {
    var message = new Dispatcher.EpochShown(7);
    var serializer = serialization.findSerializerFor(message);

    assertThat(serializer.identifier()).isEqualTo(746_003);
    assertThat(Serializers.manifestFor(serializer, message)).isEqualTo("epoch");
  }

  @Test
  void theEpochIsStoredUnderItsShortManifest() {
    kit.verifySerialization(new EpochStarted(7, 1_000, "node-1"), true);
  }

  @Test
  void aMessageOfTheNodeItselfDoesNotTravel() {
    assertThatThrownBy(() -> serialization.serialize(new Partition.HandOff()).get())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected a message between nodes, got ");
  }

  @Test
  void aTaskOfASubmissionCostsAFewBytesBesideItsSpec() {
    var specBytes = 800;
    var count = 10_000;
    ActorRef<Clients.Reply> client = KIT.<Clients.Reply>createTestProbe().getRef();
    var retry = new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2);
    var mail = new TaskClass("mail", "send", Lane.URGENT, Priority.HIGH);
    var profile = new TaskProfile(mail, 300_000, 60_000, retry, "tenant");
    var task = new Clients.NewTask(profile, 0, 0, new byte[specBytes]);

    var bytes =
        serialization
            .serialize(new Clients.Submit("r", 1, Collections.nCopies(count, task), client))
            .get();

    assertThat(bytes).hasSizeLessThan(count * (specBytes + 4));
  }
}
