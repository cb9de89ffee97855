package io.reeve.node.store;

import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an open store holds; given back in the reverse order. Not for two threads at once. */
final class Held implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Held.class);

  private final ArrayDeque<AutoCloseable> resources = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T resource) {
    resources.push(resource);
    return resource;
  }

  /** Gives all back; a resource that fails to close does not keep the others. */
  @Override
  public void close() {
    while (!resources.isEmpty()) {
      var resource = resources.pop();
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("{} did not close", resource.getClass().getSimpleName(), e);
      }
    }
  }
}
