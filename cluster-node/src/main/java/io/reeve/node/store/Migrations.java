package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.SCHEMA_TOO_NEW;
import static io.reeve.node.store.StoreException.Reason.SCHEMA_UNEXPECTED;

import java.util.Arrays;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Brings a schema up to that of this release, and refuses one that is newer or somebody else's. */
final class Migrations {

  private Migrations() {}

  /** A configuration to complete with a database and with where its migrations are. */
  static FluentConfiguration configuration() {
    return Flyway.configure(Migrations.class.getClassLoader())
        .loggers("slf4j")
        .failOnMissingLocations(true)
        .cleanDisabled(true);
  }

  /**
   * Applies what is missing.
   *
   * @param what the store, for messages
   * @return the number of migrations applied
   * @throws StoreException when the schema is not one that this release made or can continue
   */
  static int apply(FluentConfiguration configuration, String what) {
    try {
      var flyway = configuration.load();
      refuseNewerSchema(flyway.info().applied(), what);
      return flyway.migrate().migrationsExecuted;
    } catch (FlywayException e) {
      throw StoreException.of(
          SCHEMA_UNEXPECTED,
          "the schema of %s is not from this release: %s"
              .formatted(what, StoreException.oneLine(e.getMessage())),
          e);
    }
  }

  private static void refuseNewerSchema(MigrationInfo[] applied, String what) {
    Arrays.stream(applied)
        .filter(
            m ->
                m.getState() == MigrationState.FUTURE_SUCCESS
                    || m.getState() == MigrationState.FUTURE_FAILED)
        .findFirst()
        .ifPresent(
            m -> {
              throw new StoreException(
                  SCHEMA_TOO_NEW,
                  ("%s has schema version %s, which this release does not know; a newer release"
                          + " wrote it")
                      .formatted(what, m.getVersion()));
            });
  }
}
