package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.node.store.PostgresSettings;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunSchemaTest {

  private final RunSchema schema = new RunSchema("postgres://reeve:pw@127.0.0.1:1/db", "run_1");

  @Test
  void nodesAndWhoReadsTheirJournalAreToldTheSameSchema() {
    assertThat(schema.environment())
        .containsEntry("REEVE_STORE_URL", schema.url())
        .containsEntry("REEVE_STORE_SCHEMA", "run_1");
    assertThat(PostgresSettings.of(schema.configuration()).schema()).isEqualTo("run_1");
  }

  @Test
  void twoRunsHaveDifferentNames() {
    var random = new Random(1);

    assertThat(RunSchema.newRun(random)).isNotEqualTo(RunSchema.newRun(random));
  }
}
