package io.reeve.rig;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.InternalConfigurator;
import io.grpc.InternalConfiguratorRegistry;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.reeve.check.Fact;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.TaskId;
import io.reeve.v1.Hello;
import io.reeve.v1.LeaseRef;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.Settlement;
import io.reeve.v1.Welcome;
import io.reeve.v1.WorkerMessage;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Notes what a worker says on its streams before it leaves, and what it is told before the worker
 * hears it. Works on every channel of this process that is made after it was put in place.
 *
 * <p>Its listener gets one fact at a time, by the threads of the streams.
 */
final class StreamRecorder implements ClientInterceptor {

  private final Consumer<Fact> listener;

  private StreamRecorder(Consumer<Fact> listener) {
    this.listener = listener;
  }

  /** Puts it in place; once in a process, and before its first channel. */
  static void record(Consumer<Fact> listener) {
    var recorder = new StreamRecorder(listener);
    InternalConfiguratorRegistry.setConfigurators(
        List.of(
            new InternalConfigurator() {
              @Override
              public void configureChannelBuilder(ManagedChannelBuilder<?> channel) {
                channel.intercept(recorder);
              }
            }));
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    var stream = new Stream();
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<R> responses, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<>(responses) {
              @Override
              public void onMessage(R message) {
                if (message instanceof ServerMessage heard) {
                  stream.hears(heard);
                }
                super.onMessage(message);
              }
            },
            headers);
      }

      @Override
      public void sendMessage(Q message) {
        if (message instanceof WorkerMessage said) {
          stream.says(said);
        }
        super.sendMessage(message);
      }
    };
  }

  /** One stream. Guarded by itself: it is spoken on by one thread, and heard by another. */
  private final class Stream {

    private final TreeMap<Long, List<Settlement>> unanswered = new TreeMap<>();
    private Hello hello = Hello.getDefaultInstance();
    private String session = "";
    private long assignmentsSeen;

    void says(WorkerMessage message) {
      synchronized (this) {
        switch (message.getMessageCase()) {
          case HELLO -> hello = message.getHello();
          case SETTLEMENTS ->
              unanswered.put(
                  message.getSettlements().getBatch(),
                  message.getSettlements().getSettlementsList());
          case CREDIT -> {
            var credit = message.getCredit();
            listener.accept(
                new Fact.CreditStated(
                    session,
                    credit.getCapacity(),
                    credit.getUrgentReserve(),
                    credit.getReleasedTotal()));
          }
          default -> {
            // Neither credit nor settlements depend on it.
          }
        }
      }
    }

    void hears(ServerMessage message) {
      synchronized (this) {
        switch (message.getMessageCase()) {
          case WELCOME -> welcomed(message.getWelcome());
          case ASSIGNMENTS -> {
            var assignments = message.getAssignments();
            if (assignments.getSequence() > assignmentsSeen) {
              assignmentsSeen = assignments.getSequence();
              for (var assignment : assignments.getAssignmentsList()) {
                var id = TaskId.parse(assignment.getTaskId()).orElseThrow();
                // All that the rig submits is for the normal lane.
                listener.accept(
                    new Fact.Delivered(session, id, assignment.getFence(), Lane.NORMAL));
              }
            }
          }
          case SETTLEMENT_ACK -> {
            var ack = message.getSettlementAck();
            var answered = unanswered.headMap(ack.getBatch(), true);
            var said = answered.values().stream().flatMap(List::stream).toList();
            SettlementLog.answers(said, ack.getRefusedList()).stream()
                .map(SettlementLog.Answer::fact)
                .forEach(listener);
            answered.clear();
          }
          default -> {
            // Neither credit nor settlements depend on it.
          }
        }
      }
    }

    private void welcomed(Welcome welcome) {
      session = welcome.getSessionId();
      var held = new HashSet<LeaseRef>(hello.getHeldList());
      welcome.getLostList().forEach(held::remove);
      listener.accept(
          new Fact.SessionBegan(
              session, hello.getCapacity(), hello.getUrgentReserve(), held.size()));
    }
  }
}
