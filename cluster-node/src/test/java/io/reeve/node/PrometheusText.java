package io.reeve.node;

import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A scrape in the text format of Prometheus, version 0.0.4, read as strictly as its description
 * allows: each family is described and typed once, in one piece, and no sample comes twice.
 */
record PrometheusText(Map<String, Family> families) {

  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\"\\\\n])*\"";
  private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") (\\S.*)");
  private static final Pattern TYPE =
      Pattern.compile("# TYPE (" + NAME + ") (gauge|counter|histogram)");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "(" + NAME + ")(\\{" + LABEL + "(?:," + LABEL + ")*,?})? (NaN|[+-]Inf|[-+0-9.eE]+)");

  /** Samples of one name, by their labels. */
  record Family(String type, Map<String, Double> samples) {}

  static PrometheusText parse(String text) {
    if (!text.endsWith("\n")) {
      throw new IllegalArgumentException("expected a line feed at the end");
    }
    var families = new TreeMap<String, Family>();
    var described = new HashSet<String>();
    var current = "";
    for (var line : text.lines().toList()) {
      var help = HELP.matcher(line);
      var type = TYPE.matcher(line);
      var sample = SAMPLE.matcher(line);
      if (help.matches()) {
        demand(described.add(help.group(1)), line);
      } else if (type.matches()) {
        current = type.group(1);
        demand(described.contains(current), line);
        demand(families.put(current, new Family(type.group(2), new TreeMap<>())) == null, line);
      } else {
        demand(sample.matches() && families.containsKey(current), line);
        var family = Objects.requireNonNull(families.get(current), line);
        var part = part(sample.group(1), current, family.type());
        var before = family.samples().put(part + labels(sample), value(sample.group(3)));
        demand(before == null, line);
      }
    }
    return new PrometheusText(families);
  }

  /** Which sample of its family it is: a histogram has three kinds of them. */
  private static String part(String name, String family, String type) {
    var part = name.startsWith(family) ? name.substring(family.length()) : "-";
    demand(type.equals("histogram") ? part.matches("_bucket|_sum|_count") : part.isEmpty(), name);
    return part;
  }

  private static String labels(Matcher sample) {
    return sample.group(2) == null ? "" : sample.group(2);
  }

  private static double value(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static void demand(boolean holds, String line) {
    if (!holds) {
      throw new IllegalArgumentException("expected the text format, got: " + line);
    }
  }

  /** The only sample of this name. */
  double only(String name) {
    var samples = Objects.requireNonNull(families.get(name), name).samples();
    demand(samples.size() == 1, name + samples);
    return samples.values().iterator().next();
  }
}
