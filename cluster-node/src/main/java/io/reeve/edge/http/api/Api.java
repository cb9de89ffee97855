package io.reeve.edge.http.api;

import static org.apache.pekko.http.javadsl.server.Directives.completeWithFuture;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.extractRequest;
import static org.apache.pekko.http.javadsl.server.Directives.handleExceptions;
import static org.apache.pekko.http.javadsl.server.Directives.handleRejections;
import static org.apache.pekko.http.javadsl.server.Directives.method;
import static org.apache.pekko.http.javadsl.server.Directives.pathEnd;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.respondWithHeaders;

import com.google.protobuf.InvalidProtocolBufferException;
import io.reeve.edge.bounds.Call;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Expect;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.calls.TaskPage;
import io.reeve.edge.grpc.EdgeServices;
import io.reeve.v1.WatchTaskRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.AttributeKey;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.javadsl.model.headers.Allow;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.MethodRejection;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.RejectionHandler;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;

/**
 * The HTTP API: finds the operation of a request, makes its message, asks the service, and writes
 * the answer. It refuses every call until the services are there.
 */
public final class Api {

  /** The call of a request, which its server began and which takes room. */
  public static final AttributeKey<Call> CALL = AttributeKey.create("call", Call.class);

  /** Where the API is. */
  public static final String ROOT = "/api/v1";

  /** JSON is no page: nothing of it is run, framed or guessed at. */
  private static final List<HttpHeader> HEADERS =
      List.of(
          RawHeader.create("X-Content-Type-Options", "nosniff"),
          RawHeader.create("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
          RawHeader.create("Cross-Origin-Resource-Policy", "same-origin"),
          RawHeader.create("Referrer-Policy", "no-referrer"));

  /** Bytes of a body that is dropped so that the connection can go on. */
  private static final long DROPPED_BYTES_MAX = 64 * 1024;

  /** Bytes in memory for each name and value of a body while a message is made of it. */
  private static final long TOKEN_BYTES = 96;

  /** Bytes in memory for each byte of a body, as bytes, as a text and as values. */
  private static final long BODY_FACTOR = 4;

  private final ApiSettings settings;
  private final Materializer materializer;
  private final Origins origins;
  private final Bodies bodies;
  private final JsonText text;
  private final Answers answers;
  private final TaskEvents events;
  private volatile Supplier<EdgeServices> services =
      () -> {
        throw new EdgeRefusal(Reason.NOT_READY, "expected a running node, got one that starts");
      };

  /**
   * @param firstEventWithin how soon the first event of a stream has to be there
   */
  public Api(ApiSettings settings, Duration firstEventWithin, Materializer materializer) {
    this.settings = settings;
    this.materializer = materializer;
    this.origins = new Origins(settings.hosts());
    this.bodies = new Bodies(settings, materializer);
    this.text = new JsonText(settings.bodyBytesMax());
    this.answers = new Answers(settings.readWithin());
    this.events = new TaskEvents(settings, firstEventWithin, answers, materializer);
  }

  /**
   * From now on calls are answered.
   *
   * @param found empty: this node serves no clients, and says so
   */
  public void open(Optional<EdgeServices> found) {
    services =
        () ->
            found.orElseThrow(
                () ->
                    new EdgeRefusal(
                        Reason.NO_EDGE,
                        "expected a node with the role edge, got one that only owns tasks"));
  }

  public boolean isEnabled() {
    return settings.enabled();
  }

  /** Streams of events that are open. */
  public int openStreams() {
    return events.open();
  }

  /** Whether a response ends its call itself. */
  public static boolean endsCall(HttpResponse response) {
    return response.getAttribute(Answers.ENDS_CALL).isPresent();
  }

  /**
   * What a call is answered with that took too long. One that may change something may still do so,
   * so its caller is not told to repeat it.
   */
  public static HttpResponse late(HttpRequest request) {
    var reads =
        request.method().equals(HttpMethods.GET) || request.method().equals(HttpMethods.HEAD);
    return Problems.response(
        new EdgeRefusal(
            reads ? Reason.NO_ANSWER : Reason.OUTCOME_UNKNOWN,
            "expected an answer in time, got none"));
  }

  // ---- Paths ------------------------------------------------------------------------------------

  /** Answers everything below {@code /api}. */
  public Route route() {
    var routes = new ArrayList<Route>();
    for (var operation : Operations.ALL) {
      routes.add(route(operation));
    }
    routes.add(document());
    var first = routes.get(0);
    var others = routes.subList(1, routes.size()).toArray(Route[]::new);
    return pathPrefix(
        "api",
        () ->
            respondWithHeaders(
                HEADERS,
                () ->
                    handleExceptions(
                        failures(),
                        () ->
                            handleRejections(
                                otherwise(),
                                () -> pathPrefix("v1", () -> concat(first, others))))));
  }

  private Route route(Operation operation) {
    return route(operation, new Requests(operation), operation.segments(), List.of());
  }

  /** Matches the segments one by one. */
  private Route route(
      Operation operation,
      Requests requests,
      List<Operation.Segment> segments,
      List<String> values) {
    if (segments.isEmpty()) {
      return pathEnd(
          () ->
              methods(
                  operation.method(),
                  operation.form() != Operation.Form.EVENTS,
                  extractRequest(
                      request ->
                          completeWithFuture(answer(operation, requests, values, request)))));
    }
    var rest = segments.subList(1, segments.size());
    var segment = segments.get(0);
    return segment.isField()
        ? pathPrefix(
            PathMatchers.segment(),
            value -> route(operation, requests, rest, Requests.with(values, value)))
        : pathPrefix(segment.text(), () -> route(operation, requests, rest, values));
  }

  /** What can be got and has an end can be asked for its head. */
  private static Route methods(HttpMethod method, boolean hasEnd, Route inner) {
    var asked = method(method, () -> inner);
    return method.equals(HttpMethods.GET) && hasEnd
        ? concat(asked, method(HttpMethods.HEAD, () -> inner))
        : asked;
  }

  /** The description of all this, made when somebody asks for it. */
  private Route document() {
    return pathPrefix(
        "openapi.json",
        () ->
            pathEnd(
                () ->
                    methods(
                        HttpMethods.GET,
                        true,
                        extractRequest(
                            request ->
                                completeWithFuture(
                                    CompletableFuture.completedFuture(
                                        answers.response(
                                            ContentTypes.APPLICATION_JSON,
                                            OpenApi.document(),
                                            call(request))))))));
  }

  private RejectionHandler otherwise() {
    return RejectionHandler.newBuilder()
        .handleAll(
            MethodRejection.class,
            rejections ->
                extractRequest(
                    request ->
                        completeWithFuture(
                            unread(
                                request,
                                Problems.response(otherMethod(request))
                                    .addHeader(allow(rejections))))))
        .handleNotFound(
            extractRequest(request -> completeWithFuture(unread(request, unknown(request)))))
        .build();
  }

  private static EdgeRefusal otherMethod(HttpRequest request) {
    return new EdgeRefusal(
        Reason.METHOD_REFUSED,
        "expected one of the methods of Allow, got " + Expect.quoted(request.method().name()));
  }

  private static Allow allow(List<MethodRejection> rejections) {
    return Allow.create(
        rejections.stream().map(MethodRejection::supported).toArray(HttpMethod[]::new));
  }

  private static EdgeRefusal unknown(HttpRequest request) {
    return new EdgeRefusal(
        Reason.UNKNOWN_METHOD,
        "expected a path of "
            + ROOT
            + "/openapi.json, got "
            + Expect.quoted(request.getUri().path()));
  }

  private ExceptionHandler failures() {
    return ExceptionHandler.newBuilder()
        .matchAny(
            failure ->
                completeWithFuture(CompletableFuture.completedFuture(Problems.response(failure))))
        .build();
  }

  // ---- One call ---------------------------------------------------------------------------------

  private CompletionStage<HttpResponse> answer(
      Operation operation, Requests requests, List<String> path, HttpRequest request) {
    var call = call(request);
    var refusal = origins.refusal(request).or(() -> bodies.refusal(operation, request, call));
    if (refusal.isPresent()) {
      return unread(request, refusal.get());
    }
    return bodies
        .read(request)
        .thenCompose(body -> ask(operation, requests, path, request, body, call))
        .thenApply(response -> isHead(request) ? withoutStream(response) : response)
        .exceptionally(Problems::response);
  }

  private static boolean isHead(HttpRequest request) {
    return request.method().equals(HttpMethods.HEAD);
  }

  /** Nobody will read a large answer to HEAD, so its stream would never end the call. */
  private HttpResponse withoutStream(HttpResponse response) {
    if (!endsCall(response)) {
      return response;
    }
    var entity = response.entity();
    entity.getDataBytes().runWith(Sink.cancelled(), materializer);
    return response.withEntity(
        HttpEntities.create(entity.getContentType(), ByteString.emptyByteString()));
  }

  private CompletionStage<HttpResponse> ask(
      Operation operation,
      Requests requests,
      List<String> path,
      HttpRequest request,
      byte[] body,
      Call call) {
    var names = requests.check(body, text);
    if (body.length > 0 && !call.takeInstead(body.length * BODY_FACTOR + names * TOKEN_BYTES)) {
      throw EdgeRefusal.noRoom();
    }
    var message = requests.read(path, query(request), body);
    var running = services.get();
    // Else many callers at once would have many pages made before any of them finds no room.
    if (operation.isPaged() && !call.take(TaskPage.BYTES_MAX)) {
      throw EdgeRefusal.noRoom();
    }
    if (operation.form() == Operation.Form.EVENTS) {
      return events.watch(running, (WatchTaskRequest) message, call);
    }
    try {
      return operation
          .call()
          .ask(running, message)
          .thenApply(reply -> answers.of(operation, reply, call));
    } catch (InvalidProtocolBufferException e) {
      throw new CompletionException(e);
    }
  }

  private static List<Pair<String, String>> query(HttpRequest request) {
    try {
      return request.getUri().query(StandardCharsets.UTF_8, Uri.RELAXED).toList();
    } catch (IllegalUriException e) {
      throw EdgeRefusal.invalid("query", "expected name=value&…, percent-encoded, got other text");
    }
  }

  private static Call call(HttpRequest request) {
    return request.getAttribute(CALL).orElseThrow();
  }

  /**
   * Refuses a request whose body nobody has read. A small body is dropped first, since the library
   * closes a connection whose request is answered before its end; a large one is not waited for.
   */
  private CompletionStage<HttpResponse> unread(HttpRequest request, EdgeRefusal refusal) {
    return unread(request, Problems.response(refusal));
  }

  private CompletionStage<HttpResponse> unread(HttpRequest request, HttpResponse problem) {
    var entity = request.entity();
    if (entity.isStrict()) {
      return CompletableFuture.completedFuture(problem);
    }
    if (entity.getContentLengthOption().orElse(0) <= DROPPED_BYTES_MAX) {
      return entity
          .withSizeLimit(DROPPED_BYTES_MAX)
          .discardBytes(materializer)
          .completionStage()
          .handle((done, tooLarge) -> problem);
    }
    entity.getDataBytes().runWith(Sink.cancelled(), materializer);
    return CompletableFuture.completedFuture(problem.addHeader(Connection.create("close")));
  }
}
