package io.reeve.edge.http.api;

import io.reeve.edge.bounds.Call;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.grpc.EdgeServices;
import io.reeve.edge.grpc.guard.CallGuard;
import io.reeve.edge.grpc.status.GrpcStatuses;
import io.reeve.v1.WatchTaskRequest;
import io.reeve.v1.WatchTaskResponse;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.japi.pf.PFBuilder;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * Watches of tasks as server-sent events. Each event named {@code task} has the task as it is then;
 * {@code end} follows the last one, and {@code refused} says why there are no more.
 */
final class TaskEvents {

  /** Ends a stream for those who would connect again when it ends. */
  private static final ByteString END = ByteString.fromString("event: end\ndata: {}\n\n");

  /** Lines that start with a colon are comments. */
  private static final ByteString HEARTBEAT = ByteString.fromString(":\n\n");

  private static final Duration HEARTBEAT_EVERY = Duration.ofSeconds(15);

  private final ApiSettings settings;
  private final Duration firstWithin;
  private final Answers answers;
  private final Materializer materializer;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * @param firstWithin how soon the first event has to be there
   */
  TaskEvents(
      ApiSettings settings, Duration firstWithin, Answers answers, Materializer materializer) {
    this.settings = settings;
    this.firstWithin = firstWithin;
    this.answers = answers;
    this.materializer = materializer;
  }

  /** Streams that are open. */
  int open() {
    return open.get();
  }

  /** The stream, once it has its first event: what is refused before gets the status for that. */
  CompletionStage<HttpResponse> watch(EdgeServices services, WatchTaskRequest request, Call call) {
    var changes = services.watch().apply(request);
    if (open.incrementAndGet() > settings.streamsMax()) {
      open.decrementAndGet();
      throw new EdgeRefusal(
          Reason.TOO_MANY_WATCHES,
          "expected at most " + settings.streamsMax() + " streams of events, got one more");
    }
    return changes
        .addAttributes(Attributes.apply(new CallGuard.OfCall(call, settings.readWithin())))
        .watchTermination(
            (nothing, ended) -> {
              ended.whenComplete((done, failure) -> open.decrementAndGet());
              return nothing;
            })
        .initialTimeout(firstWithin)
        .prefixAndTail(1)
        .runWith(Sink.head(), materializer)
        .thenApply(
            started ->
                answers
                    .streamed(
                        MediaTypes.TEXT_EVENT_STREAM.toContentType(),
                        events(Source.from(started.first()).concat(started.second())),
                        call)
                    .addHeader(RawHeader.create("X-Accel-Buffering", "no")));
  }

  private static Source<ByteString, NotUsed> events(Source<ByteString, NotUsed> changes) {
    return changes
        .map(TaskEvents::event)
        .concat(Source.single(END))
        .recover(new PFBuilder<Throwable, ByteString>().matchAny(TaskEvents::refused).build())
        .keepAlive(HEARTBEAT_EVERY, () -> HEARTBEAT);
  }

  private static ByteString event(ByteString change) {
    var task =
        Answers.parsed(
            WatchTaskResponse.getDefaultInstance(),
            com.google.protobuf.ByteString.copyFrom(change.toArrayUnsafe()));
    return ByteString.fromString("event: task\ndata: ")
        .concat(Answers.json(task))
        .concat(ByteString.fromString("\n"));
  }

  private static ByteString refused(Throwable failure) {
    var refusal = GrpcStatuses.refusal(failure);
    GrpcStatuses.sending(refusal);
    return ByteString.fromString("event: refused\ndata: " + Problems.json(refusal) + "\n\n");
  }
}
