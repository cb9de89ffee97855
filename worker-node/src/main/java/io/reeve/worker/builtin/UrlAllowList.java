package io.reeve.worker.builtin;

import io.reeve.worker.settings.InvalidSetting;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which URLs may be called: those below a prefix, which names scheme, host, port and the beginning
 * of the path, and those of a host. Compared part by part, so that neither {@code
 * allowed.example.evil} nor {@code allowed@evil} nor {@code /in/../} passes.
 */
public final class UrlAllowList {

  private record Rule(@Nullable String scheme, String host, int port, String path) {

    boolean allows(URI url, String host) {
      if (!this.host.equals(host)) {
        return false;
      }
      if (scheme == null) {
        return true;
      }
      return scheme.equals(schemeOf(url)) && port == portOf(url) && isBelow(pathOf(url));
    }

    /** Below {@code /in} are {@code /in} and {@code /in/x}, yet not {@code /inner}. */
    private boolean isBelow(String path) {
      return path.equals(this.path)
          || path.startsWith(this.path.endsWith("/") ? this.path : this.path + "/");
    }
  }

  private static final String HOSTS_EXPECTED =
      "hosts of ASCII letters, digits, hyphens and dots (Java can call no other; use the address of"
          + " such a host or another name)";

  private final List<Rule> rules;

  private UrlAllowList(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * Reads a list of entries.
   *
   * @param name the setting, for the message when an entry is wrong
   * @param entries prefixes of URLs, or names of hosts
   */
  public static UrlAllowList of(String name, List<String> entries) {
    var rules = new ArrayList<Rule>();
    for (var entry : entries) {
      rules.add(entry.contains("://") ? prefix(name, entry) : host(name, entry));
    }
    return new UrlAllowList(rules);
  }

  /** Whether a URL may be called. */
  public boolean allows(URI url) {
    var scheme = url.getScheme();
    var host = url.getHost();
    if (scheme == null || host == null || url.getRawUserInfo() != null) {
      return false;
    }
    if (!schemeOf(url).equals("http") && !schemeOf(url).equals("https")) {
      return false;
    }
    var path = pathOf(url).toLowerCase(Locale.ROOT);
    // What a server makes of these is not for us to guess.
    if (path.contains("/..")
        || path.contains("%2e")
        || path.contains("%2f")
        || path.contains("\\")) {
      return false;
    }
    var lowered = host.toLowerCase(Locale.ROOT);
    return rules.stream().anyMatch(rule -> rule.allows(url, lowered));
  }

  /**
   * Whether the URL names a host that Java cannot call: it takes letters, digits, hyphens and dots.
   */
  static boolean hasUnusableHost(URI url) {
    return (schemeOf(url).equals("http") || schemeOf(url).equals("https"))
        && url.getHost() == null
        && url.getRawAuthority() != null
        && !url.getRawAuthority().contains("@");
  }

  private static Rule prefix(String name, String entry) {
    try {
      var url = new URI(entry);
      if (hasUnusableHost(url)) {
        throw new InvalidSetting(name, HOSTS_EXPECTED, entry);
      }
      var host = url.getHost();
      if (host != null
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && (schemeOf(url).equals("http") || schemeOf(url).equals("https"))) {
        return new Rule(schemeOf(url), host.toLowerCase(Locale.ROOT), portOf(url), pathOf(url));
      }
    } catch (URISyntaxException malformed) {
      throw new InvalidSetting(name, "prefixes of URLs or names of hosts", entry);
    }
    throw new InvalidSetting(name, "prefixes of URLs or names of hosts", entry);
  }

  private static Rule host(String name, String entry) {
    if (entry.matches("[\\p{L}\\p{N}._-]+") && !entry.matches("[A-Za-z0-9.-]+")) {
      throw new InvalidSetting(name, HOSTS_EXPECTED, entry);
    }
    if (!entry.matches("[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+]")) {
      throw new InvalidSetting(name, "prefixes of URLs or names of hosts", entry);
    }
    return new Rule(null, entry.toLowerCase(Locale.ROOT), 0, "/");
  }

  private static String schemeOf(URI url) {
    return String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
  }

  private static int portOf(URI url) {
    if (url.getPort() >= 0) {
      return url.getPort();
    }
    return schemeOf(url).equals("https") ? 443 : 80;
  }

  private static String pathOf(URI url) {
    var path = url.getRawPath();
    return path == null || path.isEmpty() ? "/" : path;
  }
}
