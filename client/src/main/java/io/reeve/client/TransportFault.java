package io.reeve.client;

import io.grpc.Status;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A failure below the calls, in a plain sentence. The original texts of grpc-java, Netty and the
 * system name functions and error numbers.
 *
 * @param reason one of the client's own, or empty
 */
record TransportFault(Status.Code code, String reason, String message) {

  /** How an HTTP/1 answer begins, as Netty shows the first bytes that were no HTTP/2. */
  private static final String HTTP_1_ANSWER = "485454502f";

  private static final Pattern DEADLINE = Pattern.compile("eadline exceeded after ([0-9.]+)s");

  /** How Netty begins when the system refuses a connection: its function, then the reason. */
  private static final Pattern NATIVE =
      Pattern.compile("\\w+\\(\\.\\.\\) failed(?: with error\\(-?\\d+\\))?: ");

  static TransportFault of(Status status) {
    var description = status.getDescription();
    var said = description == null ? status.getCode().name() : description;
    var all = withCauses(said, status.getCause());
    if (all.contains(HTTP_1_ANSWER)) {
      return new TransportFault(
          Status.Code.UNIMPLEMENTED,
          ReeveException.REASON_NOT_GRPC,
          "an HTTP/1.1 server answered, which is no gRPC");
    }
    return new TransportFault(status.getCode(), "", inWords(status, said, all));
  }

  private static String inWords(Status status, String said, String all) {
    if (has(status.getCause(), UnknownHostException.class)
        || all.contains("UnknownHostException")) {
      return "no such host is known";
    }
    if (all.contains("Connection refused")) {
      return "connection refused";
    }
    if (has(status.getCause(), NoRouteToHostException.class)) {
      return "no route to this host";
    }
    if (has(status.getCause(), ConnectException.class) && all.contains("timed out")) {
      return "the connection was not accepted in time";
    }
    var deadline = DEADLINE.matcher(said);
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED && deadline.find()) {
      return String.format(
          Locale.ROOT, "no answer within %.1f s", Double.parseDouble(deadline.group(1)));
    }
    var cause = status.getCause();
    return said.equals("io exception") && cause != null && cause.getMessage() != null
        ? NATIVE.matcher(cause.getMessage()).replaceAll("")
        : said;
  }

  /** Whether the failure came before there was a connection. */
  static boolean reachedNobody(@Nullable Throwable failure) {
    return has(failure, ConnectException.class)
        || has(failure, NoRouteToHostException.class)
        || has(failure, UnknownHostException.class);
  }

  private static boolean has(@Nullable Throwable failure, Class<? extends Throwable> type) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static String withCauses(String said, @Nullable Throwable failure) {
    var all = new StringBuilder(said);
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      all.append('\n').append(cause);
    }
    return all.toString();
  }
}
