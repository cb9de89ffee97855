package io.reeve.scenario;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * What a server on this machine answers with.
 *
 * @param status 0: nobody listens, or nobody answers in time
 */
record HttpAnswer(int status, String body) {

  static final int OK = 200;
  static final int SERVICE_UNAVAILABLE = 503;

  private static final HttpAnswer NONE = new HttpAnswer(0, "");

  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(WITHIN).build();

  /** The answer to GET. */
  static HttpAnswer of(int port, String path) {
    var uri = URI.create("http://127.0.0.1:" + port + path);
    try {
      var answer =
          CLIENT.send(HttpRequest.newBuilder(uri).timeout(WITHIN).build(), BodyHandlers.ofString());
      return new HttpAnswer(answer.statusCode(), answer.body());
    } catch (IOException nobody) {
      return NONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return NONE;
    }
  }
}
