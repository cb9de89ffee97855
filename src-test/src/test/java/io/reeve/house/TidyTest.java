package io.reeve.house;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Small things that a reviewer should not have to look for. */
class TidyTest {

  private static final int LINES_MAX = 500;

  /** Java files that may be longer, each with the reason. */
  private static final Map<String, String> LONG_FILES =
      Map.of(
          "worker-node/src/main/java/io/reeve/worker/slot/Workload.java",
          "what one lock guards stands in one file",
          "actors/src/test/java/io/reeve/partition/PartitionTest.java",
          "one fixture, and a story per method",
          "actors/src/test/java/io/reeve/session/SessionTest.java",
          "one fixture, and a story per method",
          "actors/src/test/java/io/reeve/wire/WireSamples.java",
          "one sample of each message",
          "cli/src/test/java/io/reeve/cli/ReeveCommandTest.java",
          "one fixture, and a story per method",
          "src-test/src/test/java/io/reeve/partition/SimulatedWriter.java",
          "each flaw is planted here",
          "src-test/src/test/java/io/reeve/check/Checker.java",
          "a fact of each kind finds its judge here");

  /** Java files that may make a thread sleep, each with the reason. */
  private static final Map<String, String> SLEEPERS =
      Map.of(
          "worker-node/src/main/java/io/reeve/worker/builtin/SleepHandler.java",
          "to sleep is what the kind is for");

  /** Classes with tests that only a person starts, each with the reason. */
  private static final Map<String, String> BY_HAND =
      Map.of(
          "actors/src/test/java/io/reeve/domain/dispatch/PairingBenchmark.java",
          "it measures, and decides nothing",
          "actors/src/test/java/io/reeve/journal/PartitionCodecBenchmark.java",
          "it measures, and decides nothing",
          "actors/src/test/java/io/reeve/wire/WireBenchmark.java",
          "it measures, and decides nothing");

  private static final SourceTree TREE = SourceTree.ofTheProject();

  // ---- Java -----------------------------------------------------------------------------------

  @Test
  void noFileIsTooLongWithoutAReason() throws IOException {
    var found = new ArrayList<String>();
    for (var file : TREE.files("java")) {
      var lines = TREE.lines(file).size();
      if (lines > LINES_MAX && !LONG_FILES.containsKey(file)) {
        found.add("%s: expected at most %d lines, got %d".formatted(file, LINES_MAX, lines));
      }
    }

    assertThat(found).as("split it by what it is about, or list it here with the reason").isEmpty();
  }

  @Test
  void exceptionsNameOnlyFilesThatAreThere() {
    assertThat(TREE.files("java"))
        .containsAll(LONG_FILES.keySet())
        .containsAll(SLEEPERS.keySet())
        .containsAll(BY_HAND.keySet());
  }

  @Test
  void everyTestIsRun() throws IOException {
    var test = Pattern.compile("^\\s*@(Test|ParameterizedTest|RepeatedTest|TestFactory)\\b");

    assertThat(TREE.linesWith(test, "java"))
        .as("Surefire looks for classes named …Test, and for the scenarios in src-test")
        .extracting(SourceTree.Line::file)
        .filteredOn(file -> !file.endsWith("Test.java"))
        .filteredOn(file -> !file.startsWith("src-test/src/test/java/io/reeve/scenario/"))
        .filteredOn(file -> !BY_HAND.containsKey(file))
        .isEmpty();
  }

  @Test
  void nothingSleeps() throws IOException {
    var sleep = Pattern.compile("\\bThread\\.sleep\\(|\\bTimeUnit\\.\\w+\\.sleep\\(");

    assertThat(TREE.linesWith(sleep, "java"))
        .as("await a named condition with a bound, or use a timer")
        .allMatch(line -> SLEEPERS.containsKey(line.file()));
  }

  @Test
  void everyPackageSaysWhatItIsForAndIsNullMarked() throws IOException {
    var packages =
        TREE.files("java").stream()
            .filter(file -> file.contains("/src/"))
            .collect(groupingBy(TidyTest::packageOfModule, TreeMap::new, toList()));

    var found = new ArrayList<String>();
    for (var entry : packages.entrySet()) {
      var described = false;
      for (var file : entry.getValue()) {
        described |= file.endsWith("/package-info.java") && isDescribed(file);
      }
      if (!described) {
        found.add(entry.getKey());
      }
    }

    assertThat(found)
        .as(
            "add a package-info.java with a comment (purpose, limits, where to start) and @NullMarked")
        .isEmpty();
  }

  /** Module and package; main and test code of one package share its package-info. */
  private static String packageOfModule(String file) {
    var module = file.substring(0, file.indexOf("/src/"));
    var directory = file.substring(0, file.lastIndexOf('/'));
    return module + ": " + directory.replaceFirst(".*/src/\\w+/java/?", "").replace('/', '.');
  }

  private static boolean isDescribed(String packageInfo) throws IOException {
    var text = TREE.text(packageInfo);
    return text.startsWith("/**") && text.contains("@NullMarked");
  }

  // ---- words ----------------------------------------------------------------------------------

  @Test
  void nothingIsLeftForLater() throws IOException {
    // Said in pieces, so that this file does not name itself.
    var marks = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");

    assertThat(TREE.linesWith(marks, SourceTree.TEXTS)).isEmpty();
  }

  @Test
  void nothingNamesADevelopersMachineOrARegistry() throws IOException {
    var homes = "(?<![\\w.}-])/(home|root|Users|wo" + "rk)/[\\w.]";
    var registries =
        "\\b(repo1?\\.m" + "aven|oss\\.s" + "onatype|jfr" + "og|arti" + "factory|nex" + "us)\\b";

    assertThat(TREE.linesWith(Pattern.compile(homes + "|" + registries), SourceTree.TEXTS))
        .isEmpty();
  }

  // ---- pages ----------------------------------------------------------------------------------

  @Test
  void decisionsHaveOneNumberEachAndAreListed() throws IOException {
    var index = TREE.text("docs/adr/README.md");
    var numbers = new TreeMap<String, String>();
    var found = new ArrayList<String>();
    for (var page : TREE.files("md")) {
      if (!page.startsWith("docs/adr/") || page.equals("docs/adr/README.md")) {
        continue;
      }
      var name = page.substring("docs/adr/".length());
      if (!name.matches("\\d{4}-[a-z0-9-]+\\.md")) {
        found.add(name + ": expected a name like 0001-what-was-decided.md");
        continue;
      }
      var number = name.substring(0, 4);
      var other = numbers.put(number, name);
      if (other != null) {
        found.add(name + ": expected a number of its own, got that of " + other);
      }
      if (!index.contains("(" + name + ")")) {
        found.add(name + ": expected a line in docs/adr/README.md");
      }
      if (!TREE.text(page).startsWith("# " + number + ". ")) {
        found.add(name + ": expected the heading \"# " + number + ". …\"");
      }
    }

    assertThat(found).isEmpty();
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    var found = new ArrayList<String>();
    for (var page : TREE.files("md")) {
      found.addAll(new Links(TREE, page).broken());
    }

    assertThat(found).isEmpty();
  }

  // ---- settings -------------------------------------------------------------------------------

  @Test
  void everySettingOfOursHasAComment() {
    var found = new ArrayList<String>();
    for (var file : TREE.files("conf")) {
      if (file.endsWith("/src/main/resources/reference.conf")) {
        var settings = parsed(file);
        if (settings.hasPath("reeve")) {
          for (var part : settings.getObject("reeve").entrySet()) {
            uncommented(part.getValue(), "reeve." + part.getKey(), false)
                .forEach(key -> found.add(file + ": " + key));
          }
        }
      }
    }

    assertThat(found)
        .as("say right above it, or above the group it is in: what, unit, bounds, what more costs")
        .isEmpty();
  }

  /** Keys at and below the path that no comment is about; a part as a whole is no group. */
  private static List<String> uncommented(ConfigValue value, String path, boolean inGroup) {
    var explained = inGroup || !value.origin().comments().isEmpty();
    if (!(value instanceof ConfigObject group)) {
      return explained ? List.of() : List.of(path);
    }
    var isPart = path.chars().filter(c -> c == '.').count() == 1;
    return group.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(
            entry ->
                uncommented(entry.getValue(), path + "." + entry.getKey(), !isPart && explained)
                    .stream())
        .toList();
  }

  @Test
  void theOperatorsFileNamesOnlySettingsThatExist() {
    var file = TREE.path("application.conf");
    assertThat(file).exists();
    var reference = ConfigFactory.defaultReference();
    var application =
        ConfigFactory.parseFile(file.toFile())
            .resolveWith(reference, ConfigResolveOptions.noSystem());

    var unknown = new TreeSet<String>();
    for (var entry : application.entrySet()) {
      if (!reference.hasPathOrNull(entry.getKey())) {
        unknown.add(entry.getKey());
      }
    }

    assertThat(unknown).as("a key that no reference.conf has is a typing error").isEmpty();
  }

  private static Config parsed(String file) {
    File reference = TREE.path(file).toFile();
    return ConfigFactory.parseFile(reference)
        .resolve(ConfigResolveOptions.noSystem().setAllowUnresolved(true));
  }
}
