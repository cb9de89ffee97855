package io.reeve.edge.grpc.worker;

import io.reeve.edge.EdgeSettings;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.grpc.guard.FrameGuard;
import io.reeve.edge.grpc.status.GrpcStatuses;
import io.reeve.edge.v1.ServerMessageView;
import io.reeve.edge.v1.WorkerServiceView;
import io.reeve.session.Session;
import io.reeve.session.Session.FromWorker;
import io.reeve.session.Session.ToWorker;
import io.reeve.v1.WorkerMessage;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * Joins a worker's stream to a session actor. What the worker says is checked and told to the actor
 * in order; what the session says goes through a bounded queue with one writer.
 *
 * <p>The stream ends with its session and the session hears of the stream's end, in whichever
 * order.
 */
public final class WorkerServiceEdge implements WorkerServiceView {

  private final ActorSystem<?> system;
  private final ActorRef<Sessions.Command> sessions;
  private final EdgeSettings settings;
  private final WorkerMessages messages;
  private final ServerMessages outbound;

  /**
   * @param sessions the actor of {@link Sessions}
   * @param partitions how many there are
   * @param nodeName told to workers, for people; version alike
   */
  public WorkerServiceEdge(
      ActorSystem<?> system,
      ActorRef<Sessions.Command> sessions,
      EdgeSettings settings,
      int partitions,
      String nodeName,
      String version,
      Clock clock) {
    this.system = system;
    this.sessions = sessions;
    this.settings = settings;
    this.messages =
        new WorkerMessages(
            partitions, settings.workers().capacityMax(), settings.tasks().resultBytesMax());
    this.outbound =
        new ServerMessages(new ServerMessages.NodeName(nodeName, version), settings, clock);
  }

  @Override
  public Source<ServerMessageView, NotUsed> connect(Source<WorkerMessage, NotUsed> in) {
    var queue = Source.<ToWorker>queue(settings.workers().buffered()).preMaterialize(system);
    var inbound = new Inbound();
    var link =
        new Link(
            new OutboundStream(queue.first(), inbound, settings.workers().bufferedBytes()),
            inbound);
    // Mailboxes are unbounded: a flood is held back by flow control instead of being stored.
    in.addAttributes(Attributes.apply(inbound))
        .initialTimeout(settings.workers().helloWithin())
        .throttle(settings.workers().messagesPerSecond(), Duration.ofSeconds(1))
        .via(link.inboundSwitch.flow())
        .mapAsync(1, link::onMessage)
        .runWith(Sink.ignore(), system)
        .whenComplete((done, failure) -> link.onInboundEnd(failure));
    return queue
        .second()
        .map(message -> outbound.view(link.stream.taken(message)))
        .watchTermination(
            (mat, done) -> {
              done.whenComplete((ok, failure) -> link.onOutboundEnd());
              return NotUsed.getInstance();
            });
  }

  /** One stream. Its methods are called by one thread at a time, as the stream goes on. */
  private final class Link {

    private final OutboundStream stream;
    private final Inbound inbound;
    private final SharedKillSwitch inboundSwitch = KillSwitches.shared("worker-inbound");
    private volatile boolean outboundEnded;
    private volatile @Nullable ActorRef<FromWorker> session;

    Link(OutboundStream stream, Inbound inbound) {
      this.stream = stream;
      this.inbound = inbound;
    }

    CompletionStage<Done> onMessage(WorkerMessage message) {
      var open = session;
      if (open == null) {
        var hello = messages.hello(message);
        inbound.telling(hello);
        return open(hello);
      }
      var said = messages.later(message);
      inbound.telling(said);
      if (said != null) {
        open.tell(said);
      }
      return DONE;
    }

    private CompletionStage<Done> open(Session.Hello hello) {
      return AskPattern.<Sessions.Command, Sessions.Answer>ask(
              sessions,
              replyTo -> new Sessions.Open(hello, stream, replyTo),
              settings.asks().write(),
              system.scheduler())
          .thenApply(
              answer -> {
                if (answer instanceof Sessions.NotOpened refused) {
                  throw refused.refusal();
                }
                var ref = ((Sessions.Opened) answer).session();
                session = ref;
                if (outboundEnded) {
                  ref.tell(new Session.StreamClosed("the stream ended"));
                }
                return Done.getInstance();
              });
    }

    /** The worker ended its side, the connection broke, or we refused what it said. */
    void onInboundEnd(@Nullable Throwable failure) {
      var open = session;
      if (failure != null) {
        stream.refuse(refusal(failure, open != null));
      } else if (open == null) {
        stream.complete();
      }
      if (open != null) {
        open.tell(new Session.StreamClosed(cause(failure)));
      }
    }

    /**
     * The response is on its way or the worker is gone. What the worker still says is read and
     * dropped for a moment by the {@link FrameGuard}, so that the status reaches it.
     */
    void onOutboundEnd() {
      outboundEnded = true;
      var open = session;
      if (open != null) {
        open.tell(new Session.StreamClosed("the stream ended"));
      }
      inboundSwitch.shutdown();
    }

    private EdgeRefusal refusal(Throwable failure, boolean wasOpen) {
      var cause = EdgeRefusal.unwrap(failure);
      if (!wasOpen && cause instanceof TimeoutException) {
        return new EdgeRefusal(
            Reason.HELLO_LATE,
            "expected Hello within " + settings.workers().helloWithin().toMillis() + " ms");
      }
      if (cause instanceof EdgeRefusal refusal) {
        return refusal;
      }
      return GrpcStatuses.refusalOfStream(cause);
    }

    private static String cause(@Nullable Throwable failure) {
      return failure == null
          ? "the worker ended the stream"
          : "the stream broke: " + EdgeRefusal.unwrap(failure);
    }
  }

  private static final CompletionStage<Done> DONE =
      CompletableFuture.completedFuture(Done.getInstance());
}
