package io.reeve.node.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of {@code postgres://user:password@host:port/database?parameters}. No error about it
 * repeats the text, since that may hold a password in an unexpected place.
 *
 * @param hosts each {@code host:port}; several are tried in their order, for one that takes writes
 * @param password null where the URL has none
 * @param parameters for the driver, in their order, none of those that Reeve sets itself
 */
record PostgresUrl(
    String user,
    @Nullable Secret password,
    List<String> hosts,
    String database,
    Map<String, String> parameters) {

  /** The setting that holds one. */
  static final String KEY = "reeve.store.url";

  private static final String SHAPE = "postgres://user:password@host:port/database?parameters";
  private static final String DEFAULT_PORT = ":5432";
  private static final Pattern PARTS =
      Pattern.compile("postgres(?:ql)?://(?:(?<user>[^?]*)@)?(?<hosts>[^/?@]+)(?<rest>[/?].*)?");
  private static final Pattern HOST =
      Pattern.compile("(?<name>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?<port>:\\d{1,5})?");

  /** Parameters whose value is a secret: they would end up in places where others can read them. */
  private static final Set<String> SECRETS = Set.of("password", "sslpassword");

  /** Parameters that the guarantees of the store rest on, or that have a setting of their own. */
  private static final Set<String> OURS =
      Set.of(
          "user",
          "currentSchema",
          "authenticationPluginClassName",
          "connectTimeout",
          "socketTimeout",
          "loginTimeout",
          "logServerErrorDetail",
          "prepareThreshold",
          "reWriteBatchedInserts",
          "autosave",
          "readOnly",
          "targetServerType");

  /**
   * @throws IllegalArgumentException for any other text, with the setting's key and without the
   *     text
   */
  static PostgresUrl parse(String url) {
    // The last @ ends the password, so one that is not encoded does no harm there.
    Matcher parts = PARTS.matcher(url);
    if (!parts.matches()) {
      throw wrong("expected " + SHAPE + ", got another shape; in a file it needs quotes around it");
    }
    var rest = text(parts, "rest");
    var question = rest.indexOf('?');
    var path = question < 0 ? rest : rest.substring(0, question);
    var query = question < 0 ? "" : rest.substring(question + 1);
    var credentials = text(parts, "user").split(":", 2);
    var user = decoded(credentials[0]);
    var database = decoded(path.startsWith("/") ? path.substring(1) : path);
    if (user.isEmpty() || database.isEmpty() || database.contains("/")) {
      throw wrong("expected " + SHAPE + ", got one without user or database");
    }
    return new PostgresUrl(
        user,
        credentials.length < 2 ? null : new Secret(decoded(credentials[1])),
        hosts(text(parts, "hosts")),
        database,
        parameters(query));
  }

  private static List<String> hosts(String text) {
    var hosts = new ArrayList<String>();
    for (var each : text.split(",", -1)) {
      var host = HOST.matcher(each);
      if (!host.matches()) {
        throw wrong("expected " + SHAPE + ", got one whose host is no name or address");
      }
      hosts.add(host.group("port") == null ? each + DEFAULT_PORT : each);
    }
    return List.copyOf(hosts);
  }

  private static Map<String, String> parameters(String query) {
    var parameters = new LinkedHashMap<String, String>();
    for (var each : query.split("&", -1)) {
      if (each.isEmpty()) {
        continue;
      }
      var pair = each.split("=", 2);
      var name = decoded(pair[0]);
      if (SECRETS.contains(name)) {
        throw wrong(
            "expected no parameter "
                + name
                + "; give a password by reeve.store.password-file or reeve.store.password");
      }
      if (OURS.contains(name)) {
        throw wrong("expected no parameter " + name + ", which the store sets itself");
      }
      parameters.put(name, pair.length < 2 ? "" : decoded(pair[1]));
    }
    return parameters;
  }

  private static String text(Matcher parts, String group) {
    var text = parts.group(group);
    return text == null ? "" : text;
  }

  private static String decoded(String text) {
    try {
      // A plus sign stands for itself in a URL of this kind.
      return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      // Without the cause, whose message repeats a part of the text.
      throw wrong("expected a percent sign to be followed by two hexadecimal digits");
    }
  }

  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(KEY + ": " + what);
  }
}
