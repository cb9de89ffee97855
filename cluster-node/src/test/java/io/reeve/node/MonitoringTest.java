package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The alert rules and the dashboard against docs/metrics.md, which MetricsTest compares with a
 * scrape: each metric and each label that they name is there.
 */
class MonitoringTest {

  private static final Path DOCS = Path.of("..", "docs");
  private static final Path RULES = DOCS.resolve("monitoring/reeve.rules.yml");
  private static final Path DASHBOARD = DOCS.resolve("monitoring/reeve-dashboard.json");

  private static final Pattern ROW =
      Pattern.compile("\\| `(?<name>\\w+)(?:\\{(?<labels>[\\w,]+)})?` \\| (?<type>\\w+) \\|.*");
  private static final Pattern METRIC = Pattern.compile("\\b(?:reeve|jvm|process|system)_\\w+");
  private static final Pattern LABEL =
      Pattern.compile("(?:by|without) \\((?<all>[\\w, ]+)\\)|(?<one>\\w+)=~?\"");

  /** Of the scrape, or of a histogram. */
  private static final Set<String> LABELS_OF_ALL = Set.of("instance", "le", "reason");

  /** One alert, each part on a line of its own: the subset of YAML that these rules keep to. */
  private static final Pattern ALERT =
      Pattern.compile(
          """
                - alert: (?<name>Reeve\\w+)
                  expr: '(?<expr>[^\n]+)'
                  for: [0-9]+[smh]
                  labels:
                    severity: (?:warning|critical)
                  annotations:
                    summary: '[^\n]+'
                    description: '[^\n]+'
          """);

  @Test
  void rulesAreAlertsAndNothingElse() throws IOException {
    var text = Files.readString(RULES);
    var names = new ArrayList<String>();
    var rest =
        ALERT
            .matcher(text)
            .replaceAll(
                alert -> {
                  names.add(alert.group(1));
                  return "";
                });

    assertThat(rest.lines().filter(line -> !line.startsWith("#")))
        .containsExactly("groups:", "  - name: reeve", "    rules:");
    assertThat(names).hasSizeGreaterThan(8).doesNotHaveDuplicates();
  }

  @Test
  void everyExpressionNamesMetricsAndLabelsThatThereAre() throws IOException {
    var metrics = metrics();
    var labels = labels();
    for (var expression : expressions()) {
      assertThat(METRIC.matcher(expression).results().map(found -> found.group()).toList())
          .as(expression)
          .isNotEmpty()
          .isSubsetOf(metrics);
      LABEL
          .matcher(expression)
          .results()
          .flatMap(
              found ->
                  List.of((found.group(1) == null ? found.group(2) : found.group(1)).split(", "))
                      .stream())
          .forEach(label -> assertThat(labels).as(expression).contains(label));
    }
  }

  @Test
  void everyExpressionClosesWhatItOpens() throws IOException {
    for (var expression : expressions()) {
      for (var pair : List.of("()", "[]", "{}")) {
        assertThat(count(expression, pair.charAt(0)))
            .as(expression)
            .isEqualTo(count(expression, pair.charAt(1)));
      }
      assertThat(count(expression, '"') % 2).as(expression).isZero();
    }
  }

  @Test
  void panelsHaveNumbersOfTheirOwnAndDoNotOverlap() throws IOException {
    var panels = new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels");
    var ids = new HashSet<Integer>();
    var cells = new HashSet<String>();
    for (var panel : panels) {
      assertThat(ids.add(panel.path("id").asInt())).as(panel.path("title").asText()).isTrue();
      assertThat(panel.path("datasource").path("uid").asText()).isEqualTo("${source}");
      var place = panel.path("gridPos");
      for (var x = 0; x < place.path("w").asInt(); x++) {
        for (var y = 0; y < place.path("h").asInt(); y++) {
          var cell = (place.path("x").asInt() + x) + "," + (place.path("y").asInt() + y);
          assertThat(cells.add(cell)).as(panel.path("title").asText()).isTrue();
        }
      }
    }
    assertThat(ids).hasSizeGreaterThan(10);
  }

  private static long count(String text, char c) {
    return text.chars().filter(each -> each == c).count();
  }

  private static List<String> expressions() throws IOException {
    var all = new ArrayList<String>();
    ALERT
        .matcher(Files.readString(RULES))
        .results()
        .forEach(alert -> all.add(alert.group(2).replace("''", "'")));
    all.addAll(new ObjectMapper().readTree(DASHBOARD.toFile()).findValuesAsText("expr"));
    return all;
  }

  private static Set<String> metrics() throws IOException {
    var names = new TreeSet<String>();
    for (var line : Files.readAllLines(DOCS.resolve("metrics.md"))) {
      var row = ROW.matcher(line);
      if (row.matches()) {
        var name = row.group("name");
        if (row.group("type").equals("histogram")) {
          names.addAll(List.of(name + "_bucket", name + "_sum", name + "_count"));
        } else {
          names.add(name);
        }
      }
    }
    return names;
  }

  private static Set<String> labels() throws IOException {
    var labels = new TreeSet<>(LABELS_OF_ALL);
    for (var line : Files.readAllLines(DOCS.resolve("metrics.md"))) {
      var row = ROW.matcher(line);
      if (row.matches() && row.group("labels") != null) {
        labels.addAll(List.of(row.group("labels").split(",")));
      }
    }
    return labels;
  }
}
