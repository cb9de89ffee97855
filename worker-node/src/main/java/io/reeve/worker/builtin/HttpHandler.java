package io.reeve.worker.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import io.reeve.worker.Failed;
import io.reeve.worker.PermanentFailure;
import io.reeve.worker.Rejected;
import io.reeve.worker.RetryLater;
import io.reeve.worker.TaskContext;
import io.reeve.worker.TaskHandler;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Calls a URL from an allow-list: {@code {"url": "https://...", "method": "POST", "headers": {},
 * "body": "...", "timeout": "10s", "encoding": "text"}}, all but the URL optional. With {@code
 * "encoding": "base64"} the body of the answer is given byte for byte.
 *
 * <p>The result of an answer of 200 to 299 is {@code {"status": 200, "headers": {}, "body": "...",
 * "encoding": "text", "truncated": false}}; the body is cut until it fits into the server's limit
 * of a result. Any other status fails the attempt with the code {@code http-N}: 408, 429 and those
 * from 500 on may be tried again, after the time that a {@code Retry-After} of 429 and 503 says;
 * the rest may not. Redirects are followed only to URLs that the allow-list allows.
 *
 * <p>Calls in clear text use HTTP/1.1 without offering an upgrade to HTTP/2: some servers drop the
 * body of a request that offers one.
 */
final class HttpHandler implements TaskHandler {

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final Set<String> SECRETS =
      Set.of("authorization", "cookie", "proxy-authorization");

  static final String EXAMPLE =
      "{\"url\": \"https://hooks.example.com/in\", \"method\": \"POST\", \"headers\": {\"X-A\": \"b\"},"
          + " \"body\": \"text\", \"timeout\": \"10s\", \"encoding\": \"text\"}, all but \"url\""
          + " optional";

  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
  private static final Pattern HEADER_VALUE = Pattern.compile("[\\t -~]*");

  /** What a task asks for. */
  record Order(
      @Nullable String url,
      @Nullable String method,
      @Nullable Map<String, @Nullable String> headers,
      @Nullable String body,
      @Nullable JsonNode timeout,
      @Nullable String encoding) {}

  private final BuiltinSettings.Http settings;
  private final LongSupplier nanos;
  private final LongSupplier millis;
  private final HttpClient client;

  /**
   * @param nanos the monotonic clock
   * @param millis the wall clock, for {@code Retry-After} with a date
   */
  HttpHandler(BuiltinSettings.Http settings, LongSupplier nanos, LongSupplier millis) {
    this.settings = settings;
    this.nanos = nanos;
    this.millis = millis;
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.timeout())
            .build();
  }

  @Override
  public Object handle(TaskContext task) throws Exception {
    var order = Orders.read(task, Order.class, EXAMPLE);
    if (order.url() == null) {
      throw Orders.refused(EXAMPLE, "no url");
    }
    var method = order.method() == null ? "GET" : order.method().toUpperCase(Locale.ROOT);
    if (!METHODS.contains(method)) {
      throw new Rejected("PAYLOAD_UNREADABLE", "expected a method of " + METHODS + ", got another");
    }
    var headers = headers(order);
    var encoding = BoundedResult.encoding(order.encoding());
    var url = allowed(parse(order.url()));
    var end = nanos.getAsLong() + Times.timeout(order.timeout(), settings.timeout()).toNanos();
    var body = order.body();
    var origin = url;
    for (int redirects = 0; ; redirects++) {
      var answer = send(request(url, method, headers, body, !sameServer(origin, url)), end);
      var status = answer.statusCode();
      var location = answer.headers().firstValue("location");
      if (!isRedirect(status) || location.isEmpty()) {
        return result(task, answer, encoding);
      }
      if (redirects == settings.redirectsMax()) {
        throw new PermanentFailure(
            "http-" + status, "more than " + settings.redirectsMax() + " redirects", null);
      }
      url = allowed(url.resolve(parse(location.get())));
      if (status != 307 && status != 308 && !method.equals("HEAD")) {
        method = "GET";
        body = null;
      }
    }
  }

  private static Map<String, String> headers(Order order) throws Rejected {
    var headers = new LinkedHashMap<String, String>();
    if (order.headers() == null) {
      return headers;
    }
    for (var header : order.headers().entrySet()) {
      var name = header.getKey();
      if (!HEADER_NAME.matcher(name).matches()) {
        throw Orders.refused(EXAMPLE, "a name of a header with a character that names cannot have");
      }
      var value = header.getValue();
      if (value == null) {
        throw Orders.refused(EXAMPLE, "null as the value of the header " + name);
      }
      if (!HEADER_VALUE.matcher(value).matches()) {
        throw new Rejected(
            "PAYLOAD_UNREADABLE",
            "expected the value of the header "
                + name
                + " in printable ASCII, got another character; encode it as its receiver expects");
      }
      headers.put(name, value);
    }
    return headers;
  }

  private URI allowed(URI url) throws Rejected {
    if (UrlAllowList.hasUnusableHost(url)) {
      throw new Rejected(
          "HOST_UNUSABLE",
          "expected a host of ASCII letters, digits, hyphens and dots, got one with another"
              + " character such as an underscore, which Java cannot call; use its address or"
              + " another name");
    }
    if (!settings.allowed().allows(url)) {
      throw new Rejected(
          "NOT_ALLOWED", "expected a URL of reeve.worker.builtin.http.allowed, got another");
    }
    return url;
  }

  /** Letters beyond ASCII are percent-encoded as UTF-8, as browsers do. */
  private static URI parse(String url) throws Rejected {
    try {
      return new URI(new URI(url).toASCIIString());
    } catch (URISyntaxException malformed) {
      throw new Rejected("PAYLOAD_UNREADABLE", "expected a URL, got something else", malformed);
    }
  }

  private static HttpRequest request(
      URI url,
      String method,
      Map<String, String> headers,
      @Nullable String body,
      boolean withoutSecrets)
      throws Rejected {
    var request = HttpRequest.newBuilder(url);
    if ("http".equalsIgnoreCase(url.getScheme())) {
      request.version(HttpClient.Version.HTTP_1_1);
    }
    for (var header : headers.entrySet()) {
      try {
        if (!withoutSecrets || !SECRETS.contains(header.getKey().toLowerCase(Locale.ROOT))) {
          request.header(header.getKey(), header.getValue());
        }
      } catch (IllegalArgumentException restricted) {
        throw new Rejected(
            "PAYLOAD_UNREADABLE",
            "expected headers that a task may set, got "
                + header.getKey()
                + ", which the worker sets itself",
            restricted);
      }
    }
    return request
        .method(
            method,
            body == null
                ? BodyPublishers.noBody()
                : BodyPublishers.ofString(body, StandardCharsets.UTF_8))
        .build();
  }

  private HttpResponse<Output> send(HttpRequest request, long end) throws Exception {
    var call = client.sendAsync(request, info -> new BoundedBody(settings.responseMax()));
    try {
      return call.get(Math.max(1, end - nanos.getAsLong()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new Failed("timeout", "no complete answer in time");
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof IOException io ? io : failed;
    } finally {
      call.cancel(true);
    }
  }

  private Object result(TaskContext task, HttpResponse<Output> answer, Output.Encoding encoding)
      throws Exception {
    var status = answer.statusCode();
    if (status >= 200 && status < 300) {
      var result = new BoundedResult(task.resultBytesMax());
      result.fields().put("status", status);
      var headers = new LinkedHashMap<String, String>();
      answer
          .headers()
          .map()
          .forEach((name, values) -> headers.put(name, String.join(", ", values)));
      result.putTexts("headers", headers);
      result.putOutput("body", answer.body());
      return result.write(encoding);
    }
    var message = "the server answered " + status;
    var wait = retryAfter(answer);
    if (wait != null) {
      throw new RetryLater(wait, message);
    }
    if (status >= 500 || status == 429 || status == 408) {
      throw new Failed("http-" + status, message);
    }
    throw new PermanentFailure("http-" + status, message, null);
  }

  private @Nullable Duration retryAfter(HttpResponse<?> answer) {
    if (answer.statusCode() != 429 && answer.statusCode() != 503) {
      return null;
    }
    return answer
        .headers()
        .firstValue("retry-after")
        .map(text -> RetryAfter.parse(text, millis.getAsLong()))
        .orElse(null);
  }

  private static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private static boolean sameServer(URI a, URI b) {
    return String.valueOf(a.getScheme()).equalsIgnoreCase(b.getScheme())
        && String.valueOf(a.getHost()).equalsIgnoreCase(b.getHost())
        && a.getPort() == b.getPort();
  }
}
