package io.reeve.dispatch;

import io.reeve.domain.dispatch.Belief;
import io.reeve.partition.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;

/** What a dispatcher believes of a partition, as it reads on the wire. */
final class Audits {

  private Audits() {}

  /** Tells each partition what is believed of it; {@code direct} has all that are believed in. */
  static void tell(
      List<Belief> beliefs,
      long epoch,
      ActorRef<Partition.ToDispatcher> dispatcher,
      Map<Integer, ActorRef<Partition.Command>> direct) {
    for (var belief : beliefs) {
      Objects.requireNonNull(direct.get(belief.partition())).tell(of(belief, epoch, dispatcher));
    }
  }

  private static Partition.Audit of(
      Belief belief, long epoch, ActorRef<Partition.ToDispatcher> dispatcher) {
    var ready = new ArrayList<Partition.ReadyCount>(belief.ready().size());
    belief
        .ready()
        .forEach((taskClass, count) -> ready.add(new Partition.ReadyCount(taskClass, count)));
    var standing =
        belief.standing().stream()
            .map(grant -> new Partition.GrantUse(grant.seq(), grant.leased(), grant.revoked()))
            .toList();
    return new Partition.Audit(
        epoch,
        belief.incarnation(),
        belief.sentSeq(),
        belief.heardSeq(),
        ready,
        standing,
        dispatcher);
  }
}
