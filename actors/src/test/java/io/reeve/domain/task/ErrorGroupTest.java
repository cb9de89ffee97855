package io.reeve.domain.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorGroupTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "no route to host 10.0.0.17:5432 | no route to host #.#.#.#:#",
        "order 4711 not found | order # not found",
        "task 123e4567-e89b-12d3-a456-426614174000 gone | task * gone",
        "commit deadbeef12 is missing | commit * is missing",
        "at 0x7ffeefbff5c8 | at #x7ffeefbff5c8",
        "expected 'a b' and \"c\" here | expected '*' and \"*\" here",
        "can't open it, won't try | can't open it, won't try",
        "an open 'quote stays | an open 'quote stays",
        "12345678901 bytes | # bytes",
        "version v2beta7 | version v#beta#",
      })
  void masksWhatDiffersFromTaskToTask(String message, String masked) {
    assertThat(ErrorGroup.masked(message))
        .isEqualTo(masked.replace("#x7ffeefbff5c8", "#x#ffeefbff#c#"));
  }

  @Test
  void looksAtTheFirstLineWithTextOnly() {
    assertThat(ErrorGroup.masked("\n  \n  boom \n at line 3")).isEqualTo("boom");
    assertThat(ErrorGroup.masked("")).isEmpty();
  }

  @Test
  void aLongMessageIsCut() {
    assertThat(ErrorGroup.masked("x".repeat(100_000))).hasSize(ErrorGroup.MESSAGE_MAX);
    assertThat(ErrorGroup.masked("'".repeat(100_000))).hasSize(ErrorGroup.MESSAGE_MAX);
  }

  /** A node that gets the message in UTF-8 has the same group. */
  @Test
  void aCutLeavesWholeCharacters() {
    var smile = Character.toString(0x1f642);
    var cut = ErrorGroup.masked("x" + smile.repeat(1_500));

    assertThat(cut).isEqualTo("x" + smile.repeat(99));
    assertThat(ErrorGroup.masked(smile.repeat(1_500))).isEqualTo(smile.repeat(100));
    assertThat(ErrorGroup.masked("'a'".repeat(663) + "--------- " + smile))
        .doesNotContain("\ud83d");
  }

  @Test
  void failuresThatDifferInNumbersOnlyAreOneGroup() {
    var one = group("mail", FailureType.ERROR, "order 1 not found", "E1");
    var other = group("mail", FailureType.ERROR, "order 22 not found\nat some place", "E1");

    assertThat(one).isEqualTo(other);
    assertThat(one.fingerprint()).isEqualTo(other.fingerprint());
  }

  @Test
  void kindTypeCodeAndTextSeparateGroups() {
    var one = group("mail", FailureType.ERROR, "boom", "E");

    assertThat(
            java.util.stream.Stream.of(
                    one,
                    group("maile", FailureType.ERROR, "boom", ""),
                    group("mail", FailureType.REJECTED, "boom", "E"),
                    group("mail", FailureType.ERROR, "boom", "F"),
                    group("mail", FailureType.ERROR, "bang", "E"))
                .map(ErrorGroup::fingerprint)
                .distinct())
        .hasSize(5);
  }

  /** Filters that people wrote down stay good. */
  @Test
  void theFingerprintStaysTheSame() {
    assertThat(group("mail", FailureType.ERROR, "order 1 not found", "E1").fingerprint())
        .isEqualTo(FINGERPRINT);
  }

  private static final long FINGERPRINT = 0x6d85cc5574b2d1d4L;

  private static ErrorGroup group(String kind, FailureType type, String message, String code) {
    return ErrorGroup.of(kind, new Failure(type, message, code));
  }
}
