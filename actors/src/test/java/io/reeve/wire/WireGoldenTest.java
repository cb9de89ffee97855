package io.reeve.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.reeve.dispatch.Dispatcher;
import io.reeve.dispatch.Queues;
import io.reeve.journal.Golden;
import io.reeve.partition.Clients;
import io.reeve.partition.Grants;
import io.reeve.partition.Leases;
import io.reeve.partition.Partition;
import io.reeve.partition.Wire;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What a node of any release ever said still reads as what it meant. A folder holds the messages of
 * one release; {@code unreleased} those of the next. With its release the folder is renamed to the
 * version and copied, and is never touched again.
 */
class WireGoldenTest {

  private static final Path FOLDERS = Path.of("src", "test", "resources", "wire");
  private static final Path UNRELEASED = FOLDERS.resolve("unreleased");
  private static final boolean RECORD = Boolean.getBoolean("reeve.golden.record");

  private static final String WHAT_TO_DO =
      """
      A message of another release no longer reads as what it means.
      Do not edit the golden file: nodes of that release send the same bytes.
      Give the message a new field with a default that repeats the old meaning, or send a new \
      message under a manifest of its own, and keep reading the old one.
      """;

  private static final String WHAT_TO_DO_UNRELEASED =
      """
      The form of a message changed. If that is meant, and no release sends it yet, record it anew:
      mvn -pl actors -am test -Dtest=WireGoldenTest -Dsurefire.failIfNoSpecifiedTests=false \
      -Dreeve.golden.record=true
      """;

  /** Messages that never leave their node. */
  private static final Set<Class<?>> LOCAL = Set.of(Partition.HandOff.class);

  private final WireForms forms = new WireForms(NamedRef.REFS);

  @TestFactory
  Stream<DynamicTest> everythingEverSaidStillReadsAsItDid() throws IOException {
    return files(FOLDERS).stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    FOLDERS.relativize(file).toString(),
                    () -> {
                      var golden = Golden.read(file);

                      assertThat(WireReading.of(forms, golden))
                          .describedAs(WHAT_TO_DO)
                          .containsSubsequence(golden.reading());
                    }));
  }

  @Test
  void theNextReleaseSaysWhatWasRecorded() throws IOException {
    var today = today();
    if (RECORD) {
      for (var file : files(UNRELEASED)) {
        Files.delete(file);
      }
      today.forEach((name, golden) -> golden.write(UNRELEASED.resolve(name)));
      fail("recorded %d files in %s; run again without recording", today.size(), UNRELEASED);
    }

    var recorded = new TreeMap<String, String>();
    for (var file : files(UNRELEASED)) {
      recorded.put(file.getFileName().toString(), Golden.read(file).text());
    }

    var texts = new TreeMap<String, String>();
    today.forEach((name, golden) -> texts.put(name, golden.text()));
    assertThat(texts).describedAs(WHAT_TO_DO_UNRELEASED).isEqualTo(recorded);
  }

  @Test
  void everyMessageHasAGolden() throws IOException {
    var recorded = new TreeSet<String>();
    for (var file : files(UNRELEASED)) {
      recorded.add(Golden.read(file).manifest());
    }

    assertThat(forms.all())
        .describedAs("add the missing message to WireSamples, then record")
        .extracting(Form::manifest)
        .hasSameElementsAs(recorded);
  }

  @Test
  void everyMessageOfEveryProtocolHasAForm() {
    var messages = new ArrayList<Class<?>>();
    for (var protocol :
        List.of(
            Partition.Command.class,
            Clients.Reply.class,
            Grants.ToDispatcher.class,
            Leases.ToSession.class,
            Dispatcher.Command.class,
            Dispatcher.ToSession.class,
            Queues.Answer.class)) {
      addMessages(protocol, messages);
    }

    assertThat(messages)
        .describedAs("give the message a form in its codec, or list it as one of its node")
        .filteredOn(type -> !LOCAL.contains(type))
        .isNotEmpty()
        .isSubsetOf(forms.all().stream().map(Form::type).collect(Collectors.toSet()));
  }

  @Test
  void manifestsAreShortWordsAndNoNamesOfClasses() {
    assertThat(forms.all()).extracting(Form::manifest).allMatch(it -> it.matches("[a-z-]{3,24}"));
  }

  /** The public ones among those that a sealed type permits, at any depth. */
  private static void addMessages(Class<?> type, List<Class<?>> messages) {
    if (type.isSealed()) {
      for (var permitted : type.getPermittedSubclasses()) {
        addMessages(permitted, messages);
      }
    } else if (type.isRecord() && Modifier.isPublic(type.getModifiers())) {
      messages.add(type);
    }
  }

  /** What today's code says, by the name of the file. */
  private Map<String, Golden> today() {
    var goldens = new TreeMap<String, Golden>();
    WireSamples.all().forEach((name, message) -> goldens.put(name + ".txt", golden(message)));
    return goldens;
  }

  private Golden golden(Wire message) {
    var form = forms.of(message);
    var bytes = form.bytes(message);
    return Golden.of(form.manifest(), WireReading.of(form, bytes), bytes);
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
