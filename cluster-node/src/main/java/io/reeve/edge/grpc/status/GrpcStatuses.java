package io.reeve.edge.grpc.status;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.calls.WireTime;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.grpc.GrpcServiceException;
import org.apache.pekko.grpc.Trailers;
import org.apache.pekko.grpc.internal.GrpcProtocolNative$;
import org.apache.pekko.grpc.internal.Identity$;
import org.apache.pekko.grpc.internal.MissingParameterException;
import org.apache.pekko.grpc.javadsl.GrpcExceptionHandler;
import org.apache.pekko.grpc.javadsl.MetadataBuilder;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.EntityStreamException;
import org.apache.pekko.http.scaladsl.model.http2.PeerClosedStreamException;
import org.apache.pekko.stream.AbruptTerminationException;
import org.apache.pekko.stream.StreamTcpException;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where a refusal or a failure becomes a gRPC status. It also counts what all edges
 * refuse.
 */
public final class GrpcStatuses {

  /** Domain of every ErrorInfo. */
  static final String DOMAIN = "reeve.io";

  /** In the metadata of an ErrorInfo, the task that stands in the way. */
  private static final String TASK_ID = "task_id";

  /** The header in which a google.rpc.Status travels. */
  private static final String DETAILS = "grpc-status-details-bin";

  /** Of this process: a status does not know which server of it sends it. */
  private static final Refusals REFUSALS = new Refusals();

  private static final Logger LOG = LoggerFactory.getLogger(GrpcStatuses.class);

  private GrpcStatuses() {}

  /** The refusals that were sent. */
  public static Refusals refusals() {
    return REFUSALS;
  }

  /** What the library's handlers ask for the status of a failure. */
  @SuppressWarnings("deprecation") // They take this type and no other.
  public static org.apache.pekko.japi.Function<Throwable, Trailers> mapper(
      org.apache.pekko.actor.ActorSystem system) {
    return GrpcStatuses::trailers;
  }

  /** A response that is nothing but the refusal. */
  public static HttpResponse response(EdgeRefusal refusal, ClassicActorSystemProvider system) {
    return GrpcExceptionHandler.standard(
        refusal,
        GrpcStatuses::mapper,
        GrpcProtocolNative$.MODULE$.newWriter(Identity$.MODULE$),
        system);
  }

  /** How a call that ended in {@code failure} is answered. Logs what is a fault of ours. */
  public static Trailers trailers(Throwable failure) {
    var cause = EdgeRefusal.unwrap(failure);
    if (cause instanceof GrpcServiceException already) {
      return new Trailers(already.status(), already.getMetadata());
    }
    return trailers(refusal(cause));
  }

  /** The refusal as an exception that ends a stream. */
  public static GrpcServiceException exception(EdgeRefusal refusal) {
    var trailers = trailers(refusal);
    return new GrpcServiceException(trailers.getStatus(), trailers.getMetadata());
  }

  /** The refusal that a failed call is answered with. */
  public static EdgeRefusal refusal(Throwable failure) {
    var cause = EdgeRefusal.unwrap(failure);
    if (cause instanceof EdgeRefusal refusal) {
      return refusal;
    }
    if (cause instanceof TimeoutException) {
      return new EdgeRefusal(Reason.NO_ANSWER, "expected an answer in time, got none");
    }
    if (cause instanceof UnsupportedOperationException) {
      return new EdgeRefusal(Reason.UNKNOWN_METHOD, "expected a method of this service");
    }
    if (cause instanceof InvalidProtocolBufferException
        || cause instanceof MissingParameterException) {
      return new EdgeRefusal(
          Reason.MALFORMED_MESSAGE, "expected one message of the method's type, got other bytes");
    }
    if (cause instanceof StatusRuntimeException || cause instanceof StatusException) {
      // The library's own framing errors; their texts hold nothing of our insides.
      var code = io.grpc.Status.fromThrowable(cause).getCode();
      if (code != io.grpc.Status.Code.UNKNOWN && code != io.grpc.Status.Code.INTERNAL) {
        return new EdgeRefusal(
            Reason.MALFORMED_MESSAGE, "expected a well-formed gRPC message, got other bytes");
      }
    }
    if (cause instanceof PeerClosedStreamException) {
      // The caller took the call back before its message had come; nobody reads the answer, and a
      // line for each would let callers fill the log.
      LOG.debug("a caller cancelled its call", cause);
      return new EdgeRefusal(Reason.NO_ANSWER, "the caller cancelled the call");
    }
    LOG.error("a call failed unexpectedly", cause);
    return new EdgeRefusal(
        Reason.INTERNAL, "unexpected failure; the log of the server has the details");
  }

  /** The refusal that ends a worker's stream whose inbound side broke. */
  public static EdgeRefusal refusalOfStream(Throwable failure) {
    var cause = EdgeRefusal.unwrap(failure);
    var broken =
        cause instanceof PeerClosedStreamException
            || cause instanceof EntityStreamException
            || cause instanceof StreamTcpException
            || cause instanceof AbruptTerminationException
            || cause instanceof TimeoutException;
    return broken
        ? new EdgeRefusal(Reason.SESSION_FAILED, "the stream broke; connect and resume")
        : refusal(cause);
  }

  /** The status of a reason. Total: a new reason does not compile until it has one. */
  public static io.grpc.Status.Code code(Reason reason) {
    return switch (reason) {
      case UNKNOWN_TASK, UNKNOWN_SCHEDULE, UNKNOWN_SERVICE -> io.grpc.Status.Code.NOT_FOUND;
      case WRONG_STATE,
          SETTLED_OTHERWISE,
          HELLO_EXPECTED,
          SECOND_HELLO,
          TOTAL_FELL,
          RELEASED_TOO_MUCH,
          RECEIVED_TOO_MUCH,
          BATCH_OUT_OF_ORDER,
          TOO_MANY_BATCHES ->
          io.grpc.Status.Code.FAILED_PRECONDITION;
      case STALE_LEASE, SUPERSEDED, VERSION_CHANGED -> io.grpc.Status.Code.ABORTED;
      case REQUEST_ID_REUSED, ALREADY_EXISTS -> io.grpc.Status.Code.ALREADY_EXISTS;
      case OVER_CAPACITY,
          TOO_MANY_CLASSES,
          STORE_FULL,
          OVERLOADED,
          MESSAGE_TOO_LARGE,
          NO_ROOM,
          TOO_MANY_QUEUES,
          TOO_MANY_PAUSES,
          TOO_MANY_SESSIONS,
          TOO_MANY_WATCHES ->
          io.grpc.Status.Code.RESOURCE_EXHAUSTED;
      case OUTCOME_UNKNOWN,
          NOT_READY,
          NO_ANSWER,
          NO_DISPATCHER,
          MESSAGE_LATE,
          NO_EDGE,
          HELLO_LATE,
          DEAF,
          SILENT,
          SLOW_READER,
          SESSION_STOPPED,
          SESSION_FAILED,
          NODE_LEAVING ->
          io.grpc.Status.Code.UNAVAILABLE;
      case MALFORMED_SETTLEMENT, INVALID_REQUEST, MALFORMED_MESSAGE, CAPACITY_OUT_OF_BOUNDS ->
          io.grpc.Status.Code.INVALID_ARGUMENT;
      case COMPRESSION_REFUSED, UNKNOWN_METHOD, METHOD_REFUSED, MEDIA_TYPE_REFUSED ->
          io.grpc.Status.Code.UNIMPLEMENTED;
      case ORIGIN_REFUSED -> io.grpc.Status.Code.PERMISSION_DENIED;
      case INTERNAL -> io.grpc.Status.Code.INTERNAL;
    };
  }

  /** The google.rpc.Status of a refusal. */
  static Status status(EdgeRefusal refusal) {
    var reason = refusal.reason();
    var info = ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(refusal.reasonName());
    if (!refusal.taskId().isEmpty()) {
      info.putMetadata(TASK_ID, refusal.taskId());
    }
    var status =
        Status.newBuilder()
            .setCode(code(reason).value())
            .setMessage(refusal.text())
            .addDetails(Any.pack(info.build()));
    if (!refusal.field().isEmpty()) {
      status.addDetails(
          Any.pack(
              BadRequest.newBuilder()
                  .addFieldViolations(
                      BadRequest.FieldViolation.newBuilder()
                          .setField(refusal.field())
                          .setDescription(refusal.text()))
                  .build()));
    }
    if (!reason.retryAfter().isZero()) {
      status.addDetails(
          Any.pack(
              RetryInfo.newBuilder()
                  .setRetryDelay(WireTime.duration(reason.retryAfter()))
                  .build()));
    }
    return status.build();
  }

  /** Counts a refusal that an edge of this process is about to send. */
  public static void sending(EdgeRefusal refusal) {
    REFUSALS.count(refusal.reason());
    LOG.debug("refused: {} {}", refusal.reasonName(), refusal.text());
  }

  private static Trailers trailers(EdgeRefusal refusal) {
    sending(refusal);
    var metadata =
        new MetadataBuilder()
            .addBinary(DETAILS, ByteString.fromArrayUnsafe(status(refusal).toByteArray()))
            .build();
    return new Trailers(
        code(refusal.reason()).toStatus().withDescription(refusal.text()), metadata);
  }
}
