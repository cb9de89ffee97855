package io.reeve.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void valuesAtTheirBoundsAreRead() {
    var keys =
        keys(
            "count = 5, share = 0.5, size = 4 KiB, large = 8 GiB, wait = 1 s, on = true, name = n");

    assertThat(keys.count("count", 5, 5)).isEqualTo(5);
    assertThat(keys.number("share", 0.5, 0.5)).isEqualTo(0.5);
    assertThat(keys.bytes("size", 4096, 4096)).isEqualTo(4096);
    assertThat(keys.bytes("large", 0, 1L << 33)).isEqualTo(1L << 33);
    assertThat(keys.bytesFrom("large", 1L << 33)).isEqualTo(1L << 33);
    assertThat(keys.duration("wait", SECOND, SECOND)).isEqualTo(SECOND);
    assertThat(keys.durationFrom("wait", SECOND)).isEqualTo(SECOND);
    assertThat(keys.positive("wait")).isEqualTo(SECOND);
    assertThat(keys.flag("on")).isTrue();
    assertThat(keys.text("name")).isEqualTo("n");
    assertThat(keys.directory("name")).isEqualTo(Path.of("n"));
  }

  @Test
  void listsAreWrittenAsListsOrWithCommas() {
    assertThat(keys("names = [a, b]").texts("names")).isEqualTo(List.of("a", "b"));
    assertThat(keys("names = \"a, b,\"").texts("names")).isEqualTo(List.of("a", "b"));
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refusal("\"\"", keys -> keys.directory("key"), "the name of a directory, got an empty one"),
        refusal("4", keys -> keys.count("key", 5, 9), "5 to 9, got 4"),
        refusal("10", keys -> keys.count("key", 5, 9), "5 to 9, got 10"),
        refusal("many", keys -> keys.count("key", 5, 9), "a whole number, got \"many\""),
        refusal("null", keys -> keys.count("key", 5, 9), "a whole number, got nothing"),
        refusal("1.5", keys -> keys.number("key", 0, 1), "0.0 to 1.0, got 1.5"),
        refusal("NaN", keys -> keys.number("key", 0, 1), "0.0 to 1.0, got NaN"),
        refusal("3", keys -> keys.bytes("key", 4, 8), "4 to 8 bytes, got 3"),
        refusal("9 GiB", keys -> keys.bytes("key", 4, 1L << 33), "4 to 8589934592 bytes, got"),
        refusal("0", keys -> keys.bytesFrom("key", 1), "1 bytes or more, got 0"),
        refusal("0 s", keys -> keys.positive("key"), "more than 0, got 0 ms"),
        refusal("-1 s", keys -> keys.positive("key"), "more than 0, got -1000 ms"),
        refusal("9 ms", keys -> keys.durationFrom("key", SECOND), "1000 ms or more, got 9 ms"),
        refusal(
            "9 ms", keys -> keys.duration("key", SECOND, SECOND), "1000 ms to 1000 ms, got 9 ms"),
        refusal("soon", keys -> keys.positive("key"), "a duration such as 10 s, got \"soon\""),
        refusal("perhaps", keys -> keys.flag("key"), "on or off, got \"perhaps\""));
  }

  private static Arguments refusal(String value, Consumer<Keys> reading, String expected) {
    return Arguments.of(value, reading, expected);
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aWrongValueIsRefusedWithItsFullKey(String value, Consumer<Keys> reading, String expected) {
    var keys = new Keys(ConfigFactory.parseString("reeve.part.deep.key = " + value), "reeve.part");

    assertThatThrownBy(() -> reading.accept(keys.below("deep")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("reeve.part.deep.key: expected " + expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"host:1", "10.0.0.1:65535", "[::1]:7460", "node-1.example:80"})
  void aHostAndPortIs(String text) {
    assertThat(Keys.isHostAndPort(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "host:", ":1", "host:0", "host:65536", "::1:80", "a b:1", "h:1/"})
  void aHostAndPortIsNot(String text) {
    assertThat(Keys.isHostAndPort(text)).isFalse();
  }

  private static Keys keys(String values) {
    return new Keys(ConfigFactory.parseString("reeve.part { " + values + " }"), "reeve.part");
  }
}
