package io.reeve.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BuildSeedTest {

  private static final String COMMIT = "97d66a6fc0ffee00112233445566778899aabbcc";

  @Test
  void eachCommitHasASeedOfItsOwn() {
    assertThat(BuildSeed.first(null, COMMIT)).isEqualTo(0x97d66a6fL);
    assertThat(BuildSeed.first("", "00000001" + COMMIT.substring(8))).isEqualTo(1);
  }

  @Test
  void aNamedSeedGoesBeforeTheCommit() {
    assertThat(BuildSeed.first(" 17 ", COMMIT)).isEqualTo(17);
  }

  @Test
  void sourcesWithoutACommitHaveASeedToo() {
    assertThat(BuildSeed.first(null, null)).isEqualTo(1);
  }
}
