package io.reeve.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.protocol.Explained.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How the .proto files read: their comments are the documentation for strangers. */
class ProtocolStyleTest {

  /** Fields that need no comment wherever they stand, each with what the name always means. */
  private static final Map<String, String> SELF_EXPLAINED =
      Map.of("task_id", "the task it is about");

  private static final List<Explained> ALL = Explained.in(Protocol.compiled().getFileList());

  /** Types of ours that say at their declaration what they are. */
  private static final Set<String> EXPLAINED_TYPES =
      ALL.stream()
          .filter(it -> it.kind() == Kind.MESSAGE || it.kind() == Kind.ENUM)
          .filter(Explained::hasComment)
          .map(Explained::fullName)
          .collect(Collectors.toSet());

  @Test
  void everyFieldOfThePublicProtocolIsExplained() {
    assertThat(of(Protocol.PUBLIC, Kind.FIELD))
        .isNotEmpty()
        .filteredOn(field -> !SELF_EXPLAINED.containsKey(field.name()))
        .filteredOn(field -> !EXPLAINED_TYPES.contains(field.type()))
        .as("say what it is, its unit and bounds, and what absence means")
        .filteredOn(field -> !field.hasComment())
        .isEmpty();
  }

  @Test
  void everyRpcAndServiceIsExplained() {
    assertThat(of(Protocol.PUBLIC, Kind.RPC))
        .isNotEmpty()
        .filteredOn(it -> !it.hasComment())
        .isEmpty();
  }

  @Test
  void everyEnumOfThePublicProtocolIsExplained() {
    assertThat(of(Protocol.PUBLIC, Kind.ENUM))
        .isNotEmpty()
        .filteredOn(it -> !it.hasComment())
        .isEmpty();
  }

  @Test
  void everyMessageIsExplainedAsAWholeOrFieldByField() {
    assertThat(ALL)
        .filteredOn(it -> it.kind() == Kind.MESSAGE && !it.hasComment())
        // The views are those of the public messages, comments included.
        .filteredOn(it -> !it.protoPackage().equals(Protocol.EDGE))
        .filteredOn(message -> !everyFieldHasAComment(message))
        .isEmpty();
  }

  @Test
  void theFirstValueOfAnEnumIsUnspecified() {
    var zeros =
        ALL.stream().filter(it -> it.kind() == Kind.ENUM_VALUE && it.type().equals("0")).toList();

    assertThat(zeros).isNotEmpty().allMatch(zero -> zero.name().endsWith("_UNSPECIFIED"));
  }

  @Test
  void namesAreWrittenAsProtobufWritesThem() {
    assertThat(ALL).allMatch(it -> it.name().matches(it.kind().name));
  }

  @Test
  void valuesOfAnEnumBeginWithItsName() {
    assertThat(ALL)
        .filteredOn(it -> it.kind() == Kind.ENUM_VALUE)
        .allMatch(value -> value.name().startsWith(upperSnake(value.ownersName()) + "_"));
  }

  @Test
  void numbersSayTheirUnit() {
    assertThat(ALL)
        .filteredOn(it -> it.kind() == Kind.FIELD && it.type().matches("s?u?int(32|64)|double"))
        .filteredOn(
            it ->
                it.name()
                    .matches(".*(timeout|delay|duration|interval|backoff_(initial|max))|.*_at"))
        .as("a time that is a number ends in its unit")
        .isEmpty();
  }

  private static List<Explained> of(String protoPackage, Kind kind) {
    return ALL.stream()
        .filter(it -> it.protoPackage().equals(protoPackage) && it.kind() == kind)
        .toList();
  }

  private static boolean everyFieldHasAComment(Explained message) {
    return ALL.stream()
        .filter(it -> it.kind() == Kind.FIELD && it.owner().equals(message.fullName()))
        .allMatch(Explained::hasComment);
  }

  private static String upperSnake(String name) {
    return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }
}
