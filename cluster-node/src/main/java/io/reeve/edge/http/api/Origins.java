package io.reeve.edge.http.api;

import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Expect;
import io.reeve.edge.calls.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.http.javadsl.model.Host;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * Keeps pages of other sites out. Whoever reaches the port may do anything, and a browser on this
 * machine reaches it on behalf of any page that it shows: by a name of that site's own which leads
 * to loopback, or by a form that is sent here. The first is known by Host, the second by the
 * headers that every browser sets and no page can.
 */
final class Origins {

  /** A page of ours, or an address that a person typed. */
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private final List<String> hosts;

  /**
   * @param hosts names of this node beside those of loopback
   */
  Origins(List<String> hosts) {
    this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
  }

  /** Why a call is not taken; empty: it is. */
  Optional<EdgeRefusal> refusal(HttpRequest request) {
    var host = request.getUri().getHost();
    if (!isOurs(host)) {
      return Optional.of(
          refused(
              "expected Host to be localhost, a loopback address or one of reeve.http.api.hosts,"
                  + " got "
                  + Expect.quoted(host.address())));
    }
    if (request.method().equals(HttpMethods.GET) || request.method().equals(HttpMethods.HEAD)) {
      // Nothing changes, and without CORS no other site reads the answer.
      return Optional.empty();
    }
    var site = header(request, "Sec-Fetch-Site");
    if (site.isPresent() && !OWN_SITES.contains(site.get())) {
      return Optional.of(
          refused("expected a call of a program or of a page of this node, got one of another"));
    }
    var origin = header(request, "Origin");
    if (origin.isPresent() && !origin.get().equals(own(request))) {
      return Optional.of(
          refused("expected the origin " + own(request) + ", got " + Expect.quoted(origin.get())));
    }
    return Optional.empty();
  }

  private boolean isOurs(Host host) {
    var name = host.address().toLowerCase(Locale.ROOT);
    if (hosts.contains(name)) {
      return true;
    }
    if (host.isNamedHost()) {
      return name.equals("localhost");
    }
    // An address, so nothing is looked up.
    return !host.isEmpty() && host.getInetAddresses().iterator().next().isLoopbackAddress();
  }

  private static String own(HttpRequest request) {
    var uri = request.getUri();
    var host =
        uri.getHost().isIPv6() ? "[" + uri.getHost().address() + "]" : uri.getHost().address();
    return uri.getScheme() + "://" + host + ":" + uri.getPort();
  }

  private static Optional<String> header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value);
  }

  private static EdgeRefusal refused(String text) {
    return new EdgeRefusal(Reason.ORIGIN_REFUSED, text);
  }
}
