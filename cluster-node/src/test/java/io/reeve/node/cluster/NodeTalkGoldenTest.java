package io.reeve.node.cluster;

import static io.reeve.node.cluster.ClusterPictureTest.facts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.typesafe.config.ConfigFactory;
import io.reeve.wire.UnreadableMessageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What a node of any release ever said of itself still reads as what it meant. A file has what the
 * bytes say, as JSON, and after an empty line the bytes in hexadecimal; it is named by their
 * manifest. A folder holds the messages of one release; {@code unreleased} those of the next.
 */
class NodeTalkGoldenTest {

  private static final Path FOLDERS = Path.of("src", "test", "resources", "node-talk");
  private static final Path UNRELEASED = FOLDERS.resolve("unreleased");
  private static final boolean RECORD = Boolean.getBoolean("reeve.golden.record");
  private static final long SEED = Long.getLong("seed", 1);
  private static final int MUTATIONS = 500;
  private static final int SERIALIZER = 746_004;
  private static final String SUFFIX = ".txt";

  private static final String WHAT_TO_DO =
      """
      What nodes say of themselves changed. Nodes of other releases send the recorded bytes: add a \
      field, never rename one or change its type. If it is meant, and no release says it yet, \
      record it anew:
      mvn -pl cluster-node -am test -Dtest=NodeTalkGoldenTest \
      -Dsurefire.failIfNoSpecifiedTests=false -Dreeve.golden.record=true
      """;

  private static final ActorTestKit KIT =
      ActorTestKit.create(
          "reeve",
          ConfigFactory.parseString("pekko.actor.provider = local")
              .withFallback(ConfigFactory.load()));
  private static final ObjectMapper TREES = new ObjectMapper(new CBORFactory());

  private final Serialization serialization =
      SerializationExtension.get(Adapter.toClassic(KIT.system()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @TestFactory
  Stream<DynamicTest> everythingEverSaidStillReadsAsItDid() throws IOException {
    return files(FOLDERS).stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    FOLDERS.relativize(file).toString(),
                    () -> {
                      var parts = Files.readString(file).split("\n\n", -1);
                      var manifest = file.getFileName().toString().replace(SUFFIX, "");
                      var bytes = HexFormat.of().parseHex(parts[1].replace("\n", ""));

                      assertThat(reading(manifest, bytes))
                          .describedAs(WHAT_TO_DO)
                          .isEqualTo(parts[0]);
                    }));
  }

  @Test
  void theNextReleaseSaysWhatWasRecorded() throws IOException {
    var today = new TreeMap<String, String>();
    for (var message : samples()) {
      var manifest = manifest(message);
      today.put(manifest + SUFFIX, text(manifest, bytes(message)));
    }
    if (RECORD) {
      for (var file : files(UNRELEASED)) {
        Files.delete(file);
      }
      Files.createDirectories(UNRELEASED);
      for (var golden : today.entrySet()) {
        Files.writeString(UNRELEASED.resolve(golden.getKey()), golden.getValue());
      }
      fail("recorded %d files in %s; run again without recording", today.size(), UNRELEASED);
    }

    var recorded = new TreeMap<String, String>();
    for (var file : files(UNRELEASED)) {
      recorded.put(file.getFileName().toString(), Files.readString(file));
    }

    assertThat(today).describedAs(WHAT_TO_DO).isEqualTo(recorded);
  }

  @Test
  void everyMessageHasAManifestAndAGolden() throws IOException {
    var messages = new ArrayList<Class<?>>(List.of(NodeFacts.class, WorkersHere.class));
    messages.addAll(List.of(NodeRegistry.FromNode.class.getPermittedSubclasses()));

    assertThat(Set.<Class<?>>copyOf(NodeTalkSerializer.MANIFESTS.values()))
        .hasSameElementsAs(messages);
    assertThat(files(UNRELEASED))
        .extracting(file -> file.getFileName().toString().replace(SUFFIX, ""))
        .hasSameElementsAs(NodeTalkSerializer.MANIFESTS.keySet());
  }

  // ---- Other releases --------------------------------------------------------------------------

  @TestFactory
  Stream<DynamicTest> fieldsThatANewerReleaseAddsAreSkipped() {
    return each(
        (manifest, bytes) -> {
          var tree = (ObjectNode) TREES.readTree(bytes);
          addFields(tree);

          var newer = TREES.writeValueAsBytes(tree);

          assertThat(reading(manifest, newer)).isEqualTo(reading(manifest, bytes));
        });
  }

  @TestFactory
  Stream<DynamicTest> aFieldThatIsAbsentIsReadOrRefused() {
    return each(
        (manifest, bytes) -> {
          var names = new ArrayList<String>();
          TREES.readTree(bytes).fieldNames().forEachRemaining(names::add);
          for (var name : names) {
            var less = ((ObjectNode) TREES.readTree(bytes)).without(name);

            readsOrRefuses(manifest, TREES.writeValueAsBytes(less), name);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> damagedBytesAreReadOrRefused() {
    var random = new Random(SEED);
    return each(
        (manifest, bytes) -> {
          for (var round = 0; round < MUTATIONS; round++) {
            var damaged = bytes.clone();
            var at = random.nextInt(bytes.length);
            if (random.nextBoolean()) {
              damaged = Arrays.copyOf(bytes, at);
            } else {
              damaged[at] = (byte) random.nextInt();
            }

            readsOrRefuses(manifest, damaged, "seed %d, round %d".formatted(SEED, round));
          }
        });
  }

  @Test
  void aManifestOfANewerReleaseIsRefused() {
    assertThatThrownBy(() -> message("leaving", new byte[0]))
        .isInstanceOf(UnreadableMessageException.class)
        .hasMessage("expected a known manifest, got leaving: a newer release sent it");
  }

  // ---- How it is asked -------------------------------------------------------------------------

  private static List<NodeTalk> samples() {
    var crane = facts("crane", "crane:7460", 5);
    var workers = "what it knows".getBytes(StandardCharsets.UTF_8);
    return List.of(
        new NodeRegistry.Describe(nobody()),
        new NodeRegistry.DescribeWorkers(nobody()),
        new NodeRegistry.Told(crane),
        crane,
        new WorkersHere(crane.identity(), workers));
  }

  /** An actor that has the same path in every run. */
  private static <T> ActorRef<T> nobody() {
    return Adapter.toTyped(Adapter.toClassic(KIT.system()).deadLetters());
  }

  @FunctionalInterface
  private interface Check {
    void check(String manifest, byte[] bytes) throws Exception;
  }

  private Stream<DynamicTest> each(Check check) {
    return samples().stream()
        .map(
            message -> {
              var manifest = manifest(message);
              return DynamicTest.dynamicTest(manifest, () -> check.check(manifest, bytes(message)));
            });
  }

  private void readsOrRefuses(String manifest, byte[] bytes, String what) {
    try {
      assertThat(message(manifest, bytes)).isNotNull();
    } catch (UnreadableMessageException refused) {
      assertThat(refused).as(what).hasMessageStartingWith("expected ");
    }
  }

  private String manifest(Object message) {
    return Serializers.manifestFor(serialization.findSerializerFor(message), message);
  }

  private byte[] bytes(Object message) {
    return serialization.serialize(message).get();
  }

  private Object message(String manifest, byte[] bytes) throws UnreadableMessageException {
    var read = serialization.deserialize(bytes, SERIALIZER, manifest);
    if (read.isFailure() && read.failed().get() instanceof UnreadableMessageException unreadable) {
      throw unreadable;
    }
    return read.get();
  }

  private String text(String manifest, byte[] bytes) {
    var hex = HexFormat.of().formatHex(bytes).replaceAll(".{96}", "$0\n").strip();
    return reading(manifest, bytes) + "\n\n" + hex + "\n";
  }

  /** What the bytes say, read and written again. */
  private String reading(String manifest, byte[] bytes) {
    try {
      return TREES.readTree(bytes(message(manifest, bytes))).toPrettyString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addFields(JsonNode node) {
    node.forEach(NodeTalkGoldenTest::addFields);
    if (node instanceof ObjectNode object) {
      object.put("added", 1).putObject("and").put("more", "later");
    }
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
