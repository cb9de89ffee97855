package io.reeve.node.store;

import com.typesafe.config.Config;

/** Chooses the store of a node by its configuration. */
public final class Stores {

  private Stores() {}

  /**
   * Opens the store that {@code reeve.store} names, creating what is missing.
   *
   * @param config a whole configuration
   * @throws IllegalArgumentException for a setting out of its bounds; the message has the full key
   * @throws StoreException when the store cannot be opened or trusted
   */
  public static Store open(Config config) {
    return EmbeddedStore.open(StoreSettings.of(config));
  }
}
