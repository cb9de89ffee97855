package io.reeve.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.domain.session.CreditBook;
import io.reeve.partition.Leases;
import java.util.ArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A session that has as many leases as it may, all at one partition, and far apart. */
class LargestAttachTest {

  private static final int CAPACITY_MAX = 400_000;
  private static final long SEQUENCE_MAX = (1L << 47) - 1;
  private static final long FENCE_MAX = (1L << 35) - 1;

  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  "pekko.actor.provider = local\nreeve.session.capacity-max = " + CAPACITY_MAX)
              .withFallback(ConfigFactory.load()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void itFitsTheFrameThatTheNodeComputes() {
    var count = CreditBook.heldMax(CAPACITY_MAX);
    ActorRef<Leases.ToSession> session = KIT.<Leases.ToSession>createTestProbe().getRef();
    var held = new ArrayList<Leases.LeaseKey>(count);
    for (var i = 0; i < count; i++) {
      held.add(new Leases.LeaseKey(i % 2 == 0 ? SEQUENCE_MAX : 1, FENCE_MAX));
    }

    var bytes =
        SerializationExtension.get(Adapter.toClassic(KIT.system()))
            .serialize(new Leases.Attach("holder", 1, session, held))
            .get();

    assertThat(bytes).hasSizeGreaterThan(12 * count);
    assertThat((long) bytes.length)
        .isLessThan(ClusterSettings.from(KIT.system().settings().config()).frameBytes());
  }
}
