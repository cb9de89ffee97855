package io.reeve.node.store;

import com.typesafe.config.Config;

/** Chooses the store of a node by its configuration. */
public final class Stores {

  private Stores() {}

  /**
   * Opens the store that {@code reeve.store} names, creating what is missing: a PostgreSQL server
   * where {@code reeve.store.url} says so, else the files in {@code reeve.store.directory}.
   *
   * @param config a whole configuration
   * @throws IllegalArgumentException for a setting out of its bounds; the message has the full key
   *     and no secret
   * @throws StoreException when the store cannot be opened or trusted
   */
  public static Store open(Config config, StoreSenses senses) {
    return PostgresSettings.wanted(config)
        ? PostgresStore.open(PostgresSettings.of(config), senses)
        : EmbeddedStore.open(StoreSettings.of(config), senses);
  }
}
