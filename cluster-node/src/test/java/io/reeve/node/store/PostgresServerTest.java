package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresServerTest {

  private static PostgresServer server(
      int version, boolean standby, String fsync, String commit, String pages, String retry) {
    return new PostgresServer(version, standby, fsync, commit, pages, retry, "on", false, true);
  }

  @Test
  void aServerAsItComesIsTaken() {
    var server = server(150003, false, "on", "on", "on", "off");

    assertThat(server.obstacles()).isEmpty();
    assertThat(server.dangers()).isEmpty();
    assertThat(server.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "off, on, on, off, 'expected fsync=on, got off'",
    "on, off, on, off, 'expected synchronous_commit=on or remote_apply, got off'",
    "on, local, on, off, 'expected synchronous_commit=on or remote_apply, got local'",
    "on, remote_write, on, off, 'expected synchronous_commit=on or remote_apply, got remote_write'",
    "on, on, off, off, 'expected full_page_writes=on, got off'",
    "on, on, on, on, 'expected data_sync_retry=off, got on'",
  })
  void eachSettingThatLosesCommitsIsADanger(
      String fsync, String commit, String pages, String retry, String danger) {
    assertThat(server(150003, false, fsync, commit, pages, retry).dangers())
        .containsExactly(danger);
  }

  @Test
  void waitingForStandbysToShowACommitIsAsGood() {
    assertThat(server(150003, false, "on", "remote_apply", "on", "off").dangers()).isEmpty();
  }

  @Test
  void anOldServerAndAStandbyCannotBeUsed() {
    assertThat(server(120017, true, "on", "on", "on", "off").obstacles())
        .containsExactly(
            "expected version 13 or newer, got 12",
            "expected a server that accepts writes, got a standby in recovery");
  }

  @Test
  void missingChecksumsAndAnOpenLineAreWorthAWord() {
    assertThat(
            new PostgresServer(150003, false, "on", "on", "on", "off", "off", false, false)
                .warnings())
        .hasSize(2);
  }
}
