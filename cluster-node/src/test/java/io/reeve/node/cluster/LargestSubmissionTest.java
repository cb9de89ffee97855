package io.reeve.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.partition.Clients;
import io.reeve.v1.TaskSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The submission that grows most on its way between nodes: no two of its tasks are alike. */
class LargestSubmissionTest {

  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString("pekko.actor.provider = local")
              .withFallback(ConfigFactory.load()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void itFitsTheFrameThatTheNodeComputes() {
    fits(KIT.system().settings().config(), 0);
  }

  @Test
  void itFitsThoughEachTaskRequiresLabelsOfItsOwn() {
    fits(
        ConfigFactory.parseString("reeve.task.per-call-max = 1000")
            .withFallback(KIT.system().settings().config()),
        8);
  }

  private static void fits(Config config, int labels) {
    var count = config.getInt("reeve.task.per-call-max");
    var bytesEach = (int) (config.getBytes("reeve.grpc.message-size-max") / count);
    ActorRef<Clients.Reply> client = KIT.<Clients.Reply>createTestProbe().getRef();
    var tasks = new ArrayList<Clients.NewTask>();
    for (var i = 0; i < count; i++) {
      var profile = profile(i, labels);
      var spec = spec(profile, bytesEach);
      assertThat(spec).hasSizeLessThanOrEqualTo(bytesEach);
      tasks.add(new Clients.NewTask(profile, TimeBounds.INSTANT_MAX_MS, 0, spec));
    }

    var bytes =
        SerializationExtension.get(Adapter.toClassic(KIT.system()))
            .serialize(new Clients.Submit("r", 1, tasks, client))
            .get();

    assertThat((long) bytes.length).isLessThan(ClusterSettings.from(config).frameBytes());
  }

  private static TaskProfile profile(int i, int labels) {
    var name = "x".repeat(123) + (10_000 + i);
    var needs = new HashMap<String, String>();
    for (var l = 0; l < labels; l++) {
      needs.put("ⲁ".repeat(122) + l + (10_000 + i), "ⲁ".repeat(128));
    }
    return new TaskProfile(
        new TaskClass(name, name, Lane.URGENT, Priority.CRITICAL, Labels.of(needs)),
        TimeBounds.DURATION_MAX_MS,
        TimeBounds.DURATION_MAX_MS,
        new RetryPolicy(1000, Duration.ofDays(1), Duration.ofDays(7), 99.9, 0.3),
        "ⲁ".repeat(123) + (10_000 + i));
  }

  private static byte[] spec(TaskProfile profile, int bytes) {
    var spec =
        TaskSpec.newBuilder()
            .setQueue(profile.taskClass().queue())
            .setKind(profile.taskClass().kind())
            .setTenant(profile.tenant())
            .putAllRequires(profile.taskClass().needs().asMap());
    var left = bytes - spec.build().getSerializedSize();
    return spec.setPayload(ByteString.copyFrom(new byte[left - 4])).build().toByteArray();
  }
}
