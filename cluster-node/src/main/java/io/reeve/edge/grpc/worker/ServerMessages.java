package io.reeve.edge.grpc.worker;

import com.google.protobuf.UnsafeByteOperations;
import io.reeve.edge.EdgeSettings;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.calls.WireTime;
import io.reeve.edge.v1.AssignmentView;
import io.reeve.edge.v1.AssignmentsView;
import io.reeve.edge.v1.ServerMessageView;
import io.reeve.partition.Leases.EndReason;
import io.reeve.session.Session;
import io.reeve.session.Session.ToWorker;
import io.reeve.v1.CancelLeases;
import io.reeve.v1.CancelReason;
import io.reeve.v1.CancelledLease;
import io.reeve.v1.Control;
import io.reeve.v1.LeaseRef;
import io.reeve.v1.Ping;
import io.reeve.v1.Reconnect;
import io.reeve.v1.RefusedSettlement;
import io.reeve.v1.SettlementAck;
import io.reeve.v1.Welcome;
import java.time.Clock;

/** Puts what a session says into the words of the worker protocol, reusing the specs' bytes. */
final class ServerMessages {

  private final NodeName node;
  private final int resultBytesMax;
  private final int messageBytesMax;
  private final Clock clock;

  /** Whom a worker is told that it talks to. */
  record NodeName(String name, String version) {}

  ServerMessages(NodeName node, EdgeSettings settings, Clock clock) {
    this.node = node;
    this.resultBytesMax = settings.tasks().resultBytesMax();
    this.messageBytesMax = settings.server().messageBytesMax();
    this.clock = clock;
  }

  ServerMessageView view(ToWorker message) {
    var view = ServerMessageView.newBuilder();
    // Assignments first: all others are rare.
    if (message instanceof Session.Assignments m) {
      view.setAssignments(assignments(m));
    } else if (message instanceof Session.SettlementAck m) {
      view.setSettlementAck(settlementAck(m));
    } else if (message instanceof Session.Pong m) {
      view.setPing(
          Ping.newBuilder()
              .setHeartbeat(m.heartbeat())
              .setServerTime(WireTime.instant(clock.millis())));
    } else if (message instanceof Session.CancelLeases m) {
      view.setCancel(cancel(m));
    } else if (message instanceof Session.Reconnect m) {
      view.setControl(control(m));
    } else if (message instanceof Session.Welcome m) {
      view.setWelcome(welcome(m));
    } else {
      throw new IllegalArgumentException("expected a known message, got " + message.getClass());
    }
    return view.build();
  }

  private static AssignmentsView assignments(Session.Assignments message) {
    var view = AssignmentsView.newBuilder().setSequence(message.sequence());
    var prefix = message.partition() + "-";
    for (var assignment : message.assignments()) {
      view.addAssignments(
          AssignmentView.newBuilder()
              .setTaskId(prefix.concat(Long.toString(assignment.sequence())))
              .setFence(assignment.fence())
              .setAttempt(assignment.attempt())
              .setLeaseExpiresAtMs(assignment.leaseExpiresAtMs())
              .setExecutionTimeoutMs(assignment.executionTimeoutMs())
              .setSubmittedAtMs(assignment.submittedAtMs())
              .setSpec(UnsafeByteOperations.unsafeWrap(assignment.spec())));
    }
    return view.build();
  }

  private static SettlementAck settlementAck(Session.SettlementAck message) {
    var ack = SettlementAck.newBuilder().setBatch(message.batch());
    for (var refused : message.refused()) {
      ack.addRefused(
          RefusedSettlement.newBuilder()
              .setTaskId(refused.taskId())
              .setFence(refused.fence())
              .setReason(Reason.of(refused.rejection().code()).name())
              .setMessage(refused.rejection().message()));
    }
    return ack.build();
  }

  private static CancelLeases cancel(Session.CancelLeases message) {
    var cancel = CancelLeases.newBuilder();
    for (var lease : message.leases()) {
      cancel.addLeases(
          CancelledLease.newBuilder()
              .setTaskId(lease.task().toString())
              .setFence(lease.fence())
              .setReason(reason(lease.reason()))
              .setMessage(lease.message()));
    }
    return cancel.build();
  }

  private static CancelReason reason(EndReason reason) {
    return switch (reason) {
      case CANCELLED -> CancelReason.CANCEL_REASON_CANCELLED;
      case TIMED_OUT -> CancelReason.CANCEL_REASON_TIMED_OUT;
      case LEASE_LOST -> CancelReason.CANCEL_REASON_LEASE_LOST;
    };
  }

  private static Control control(Session.Reconnect order) {
    return Control.newBuilder()
        .setReconnect(
            Reconnect.newBuilder().setReason(order.reason()).addAllEndpoints(order.endpoints()))
        .build();
  }

  private Welcome welcome(Session.Welcome message) {
    var settings = message.settings();
    var welcome =
        Welcome.newBuilder()
            .setSessionId(message.sessionId())
            .setResumeToken(message.resumeToken().text())
            .setHeartbeatInterval(WireTime.duration(settings.heartbeatInterval()))
            .setSilenceMax(WireTime.duration(settings.silenceMax()))
            .setLeaseDuration(WireTime.duration(settings.leaseDuration()))
            .setReceivedWithin(WireTime.duration(settings.receivedWithin()))
            .setResumeWithin(WireTime.duration(settings.resumeWithin()))
            .setResultBytesMax(resultBytesMax)
            .setMessageBytesMax(messageBytesMax)
            .setBatchesMax(message.batchesMax())
            .setNode(node.name())
            .setServerVersion(node.version());
    for (var lost : message.lost()) {
      welcome.addLost(
          LeaseRef.newBuilder().setTaskId(lost.task().toString()).setFence(lost.fence()));
    }
    return welcome.build();
  }
}
