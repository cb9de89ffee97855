package io.reeve.worker.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls a URL from an allow-list: {@code {"url": "https://...", "method": "POST", "headers": {},
 * "body": "...", "timeout": "10s"}}, all but the URL optional.
 *
 * <p>The result of an answer of 200 to 299 is {@code {"status": 200, "headers": {}, "body": "...",
 * "truncated": false}}. Any other fails the attempt with the code {@code http-N}: 408, 429 and
 * those from 500 on may be tried again, after the time that a {@code Retry-After} of 429 and 503
 * says; the rest may not. Redirects are followed only to what the allow-list allows.
 */
final class HttpHandler implements TaskHandler {

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final Set<String> SECRETS =
      Set.of("authorization", "cookie", "proxy-authorization");

  /** What a task asks for. */
  record Order(
      @Nullable String url,
      @Nullable String method,
      @Nullable Map<String, String> headers,
      @Nullable String body,
      @Nullable JsonNode timeout) {}

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
    var order = task.payloadAs(Order.class);
    var method = order.method() == null ? "GET" : order.method().toUpperCase(Locale.ROOT);
    if (!METHODS.contains(method)) {
      throw new Rejected("PAYLOAD_UNREADABLE", "expected a method of " + METHODS);
    }
    var headers = order.headers() == null ? Map.<String, String>of() : order.headers();
    var url = allowed(parse(order.url() == null ? "" : order.url()));
    var end = nanos.getAsLong() + Times.of(order.timeout(), settings.timeout()).toNanos();
    var body = order.body();
    var origin = url;
    for (int redirects = 0; ; redirects++) {
      var answer = send(request(url, method, headers, body, !sameServer(origin, url)), end);
      var status = answer.statusCode();
      var location = answer.headers().firstValue("location");
      if (!isRedirect(status) || location.isEmpty()) {
        return result(answer);
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

  private URI allowed(URI url) throws Rejected {
    if (!settings.allowed().allows(url)) {
      throw new Rejected(
          "NOT_ALLOWED", "expected a URL of reeve.worker.builtin.http.allowed, got another");
    }
    return url;
  }

  private static URI parse(String url) throws Rejected {
    try {
      return new URI(url);
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
    try {
      var request =
          HttpRequest.newBuilder(url)
              .method(
                  method,
                  body == null
                      ? BodyPublishers.noBody()
                      : BodyPublishers.ofString(body, StandardCharsets.UTF_8));
      headers.forEach(
          (name, value) -> {
            if (!withoutSecrets || !SECRETS.contains(name.toLowerCase(Locale.ROOT))) {
              request.header(name, value);
            }
          });
      return request.build();
    } catch (IllegalArgumentException refused) {
      throw new Rejected("PAYLOAD_UNREADABLE", "expected headers that may be set", refused);
    }
  }

  private HttpResponse<BoundedBody.Content> send(HttpRequest request, long end) throws Exception {
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

  private Object result(HttpResponse<BoundedBody.Content> answer) throws Exception {
    var status = answer.statusCode();
    if (status >= 200 && status < 300) {
      var result = JsonNodeFactory.instance.objectNode();
      result.put("status", status);
      var headers = result.putObject("headers");
      answer
          .headers()
          .map()
          .forEach((name, values) -> headers.put(name, String.join(", ", values)));
      result.put("body", answer.body().text());
      result.put("truncated", answer.body().truncated());
      return result;
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
