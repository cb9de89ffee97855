package io.reeve.dispatch;

import io.reeve.domain.dispatch.Offer;
import io.reeve.domain.dispatch.Order;
import io.reeve.partition.Grants;
import io.reeve.partition.Leases;
import java.util.LinkedHashSet;
import org.apache.pekko.actor.typed.ActorRef;

/** Where a session is reached, and how grants to it read on the wire. */
record SessionAddress(
    int sessionNo, ActorRef<Dispatcher.ToSession> session, ActorRef<Leases.ToSession> deliverTo) {

  Grants.Grant grant(long epoch, Order.Propose order) {
    var to = order.to();
    return new Grants.Grant(
        epoch,
        order.seq(),
        order.taskClass(),
        order.count(),
        to.holder(),
        to.sessionNo(),
        to.workerId(),
        deliverTo);
  }

  Grants.StandingGrant standingGrant(long epoch, Order.Stand order) {
    Offer to = order.to();
    return new Grants.StandingGrant(
        epoch,
        order.seq(),
        new LinkedHashSet<>(to.queues()),
        to.kinds(),
        to.labels(),
        order.count(),
        to.holder(),
        to.sessionNo(),
        to.workerId(),
        deliverTo);
  }
}
