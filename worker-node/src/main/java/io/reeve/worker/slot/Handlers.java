package io.reeve.worker.slot;

import io.reeve.worker.TaskHandler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The handlers of a worker by kind, and the handler of all other kinds, if there is one. */
public final class Handlers {

  /** As a kind: any kind. */
  public static final String ANY = "*";

  private static final String KIND = "[A-Za-z0-9._:/-]{1,128}";

  private final Map<String, TaskHandler> byKind;
  private final @Nullable TaskHandler fallback;

  /**
   * @param byKind at least one; {@value #ANY} stands for every kind that is not named
   */
  public Handlers(Map<String, TaskHandler> byKind) {
    if (byKind.isEmpty()) {
      throw new IllegalArgumentException("expected at least one handler, got none");
    }
    for (var kind : byKind.keySet()) {
      if (!kind.equals(ANY) && !kind.matches(KIND)) {
        throw new IllegalArgumentException(
            "expected a kind of 1 to 128 characters of [A-Za-z0-9._:/-], or \"*\", got \""
                + kind
                + '"');
      }
    }
    this.byKind = new LinkedHashMap<>(byKind);
    this.fallback = this.byKind.remove(ANY);
  }

  /** What the worker tells the server: its kinds in order, or "*" alone when it takes any. */
  public List<String> kinds() {
    return fallback == null ? List.copyOf(byKind.keySet()) : List.of(ANY);
  }

  @Nullable TaskHandler of(String kind) {
    var handler = byKind.get(kind);
    return handler == null ? fallback : handler;
  }
}
