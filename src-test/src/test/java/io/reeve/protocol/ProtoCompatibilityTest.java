package io.reeve.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.reeve.protocol.BreakingChanges.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The protocol of today against that of every release, as kept in {@code
 * src/test/resources/proto/<release>/}: {@code reeve.binpb} (a FileDescriptorSet) and beside it the
 * same as text for people.
 *
 * <p>{@code unreleased} is what the next release will promise; it may be recorded anew, on purpose
 * and visibly in the commit, with {@code -Dreeve.proto.record=true}. A release's directory is made
 * once, with {@code -Dreeve.proto.release=<release>} in addition, and never changed.
 */
class ProtoCompatibilityTest {

  private static final Path SNAPSHOTS = Path.of("src", "test", "resources", "proto");
  private static final String UNRELEASED = "unreleased";

  private static final FileDescriptorSet NOW = Protocol.compiled();

  @BeforeAll
  static void recordWhenAsked() throws IOException {
    if (!Boolean.getBoolean("reeve.proto.record")) {
      return;
    }
    var release = System.getProperty("reeve.proto.release", UNRELEASED);
    var directory = SNAPSHOTS.resolve(release);
    if (!release.equals(UNRELEASED) && Files.exists(directory)) {
      throw new IllegalStateException(
          "expected a release that is not recorded yet, got " + release + "; it stays as it is");
    }
    var snapshot = Protocol.bare(NOW, Protocol.PUBLIC, Protocol.STORED, Protocol.BETWEEN_NODES);
    Files.createDirectories(directory);
    Files.write(directory.resolve("reeve.binpb"), snapshot.toByteArray());
    Files.writeString(directory.resolve("reeve.txt"), ReadableProtocol.of(snapshot));
  }

  static Stream<Path> releases() throws IOException {
    try (var directories = Files.list(SNAPSHOTS)) {
      return directories.filter(Files::isDirectory).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("releases")
  void clientsAndWorkersOfTheReleaseAreStillUnderstood(Path release) throws IOException {
    assertThat(breaks(release, Protocol.PUBLIC, Promise.WIRE_AND_JSON))
        .as(
            """
            reeve.v1 no longer understands programs of %s.
            Take the change back and add a field, a value or an rpc with a new name and number
            instead; mark what is no longer used as deprecated. Only if this was never released:
            record it anew with
              mvn -pl src-test -am test -Dtest=ProtoCompatibilityTest \
            -Dsurefire.failIfNoSpecifiedTests=false -Dreeve.proto.record=true
            and say in the commit why nobody relies on it""",
            release.getFileName())
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("releases")
  void journalsOfTheReleaseAreStillReadable(Path release) throws IOException {
    assertThat(breaks(release, Protocol.STORED, Promise.STORED_FOR_EVER))
        .as(
            """
            reeve.journal.v1 no longer reads what %s has written.
            A stored row means for ever what it meant: take the change back, and add a field with
            the next number whose default repeats the old meaning, or a new message under a new
            manifest. Only if this was never released: record it anew with
              mvn -pl src-test -am test -Dtest=ProtoCompatibilityTest \
            -Dsurefire.failIfNoSpecifiedTests=false -Dreeve.proto.record=true
            and say in the commit that journals written before cannot be read""",
            release.getFileName())
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("releases")
  void nodesOfTheReleaseAreStillUnderstood(Path release) throws IOException {
    assertThat(breaks(release, Protocol.BETWEEN_NODES, Promise.WIRE_AND_JSON))
        .as(
            """
            reeve.wire.v1 no longer understands nodes of %s, which may be in one cluster with this
            release while nodes are brought up to date one by one.
            Take the change back and add a field with a default that repeats the old meaning, or a
            message under a manifest of its own. Only if this was never released: record it anew
            with
              mvn -pl src-test -am test -Dtest=ProtoCompatibilityTest \
            -Dsurefire.failIfNoSpecifiedTests=false -Dreeve.proto.record=true""",
            release.getFileName())
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("releases")
  void theTextBesideASnapshotSaysWhatTheSnapshotSays(Path release) throws IOException {
    assertThat(Files.readString(release.resolve("reeve.txt")))
        .as("a snapshot is recorded, never edited by hand")
        .isEqualTo(ReadableProtocol.of(snapshot(release)));
  }

  private static List<String> breaks(Path release, String protoPackage, Promise promise)
      throws IOException {
    return BreakingChanges.between(
        Protocol.bare(snapshot(release), protoPackage), Protocol.bare(NOW, protoPackage), promise);
  }

  private static FileDescriptorSet snapshot(Path release) throws IOException {
    return FileDescriptorSet.parseFrom(Files.readAllBytes(release.resolve("reeve.binpb")));
  }
}
