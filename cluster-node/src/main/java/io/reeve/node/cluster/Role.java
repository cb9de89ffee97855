package io.reeve.node.cluster;

import com.typesafe.config.Config;
import io.reeve.settings.Keys;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What a node does in its cluster. Each node has at least one role; all of them by default. */
public enum Role {
  /** Serves clients and workers. */
  EDGE("edge"),
  /** Owns partitions, and may run the dispatcher. */
  TASKS("tasks");

  private final String word;

  Role(String word) {
    this.word = word;
  }

  /** As settings, the membership and people name it. */
  public String word() {
    return word;
  }

  /**
   * Those that {@code reeve.node.roles} names, in the order of this enumeration.
   *
   * @throws IllegalArgumentException when there is none, or one that is not known
   */
  static Set<Role> from(Config config) {
    var keys = new Keys(config, "reeve.node");
    var roles = EnumSet.noneOf(Role.class);
    for (var text : keys.texts("roles")) {
      var before = roles.size();
      for (var role : values()) {
        if (role.word.equals(text)) {
          roles.add(role);
        }
      }
      keys.demand("roles", roles.size() > before, "edge, tasks or both, each once", text);
    }
    keys.demand("roles", !roles.isEmpty(), "edge, tasks or both", "none");
    return Collections.unmodifiableSet(roles);
  }
}
