package io.reeve.worker.link;

import io.reeve.worker.settings.Endpoint;
import io.reeve.worker.settings.InvalidSetting;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/**
 * What a worker takes of the endpoints that a leaving server names: the first sixteen that are well
 * formed. The text comes from another process, so it is bounded and never trusted to be right.
 *
 * @param endpoints in the server's order
 * @param ignored how many were left out
 * @param example the first of those that are malformed, safe for a log; empty: none is
 */
record NamedEndpoints(List<Endpoint> endpoints, int ignored, String example) {

  /** As many as the protocol allows. */
  private static final int ENDPOINTS_MAX = 16;

  /** A host name of the longest kind, and a port. */
  private static final int LENGTH_MAX = 260;

  private static final int EXAMPLE_LENGTH_MAX = 40;

  /** The endpoints of these texts; what is left out is told to a log. */
  static List<Endpoint> read(List<String> texts, Logger log) {
    var named = read(texts);
    if (named.ignored() > 0) {
      log.warn(
          "ignored {} of {} endpoints that the leaving server named, expected at most {}, each as"
              + " host:port{}",
          named.ignored(),
          texts.size(),
          ENDPOINTS_MAX,
          named.example().isEmpty() ? "" : "; got " + named.example());
    }
    return named.endpoints();
  }

  static NamedEndpoints read(List<String> texts) {
    var endpoints = new ArrayList<Endpoint>();
    var example = "";
    for (var text : texts.subList(0, Math.min(ENDPOINTS_MAX, texts.size()))) {
      try {
        if (text.length() > LENGTH_MAX) {
          throw new InvalidSetting("endpoint", "at most " + LENGTH_MAX + " characters", "more");
        }
        endpoints.add(Endpoint.parse("endpoint", text));
      } catch (InvalidSetting malformed) {
        example = example.isEmpty() ? '"' + printable(text) + '"' : example;
      }
    }
    return new NamedEndpoints(List.copyOf(endpoints), texts.size() - endpoints.size(), example);
  }

  private static String printable(String text) {
    return text.codePoints()
        .limit(EXAMPLE_LENGTH_MAX)
        .map(c -> c < ' ' || c > '~' ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
