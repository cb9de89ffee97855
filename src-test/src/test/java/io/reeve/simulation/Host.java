package io.reeve.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Something whose code stops as a whole: a server node or a worker process. It can be paused, as by
 * SIGSTOP, and then does later, in order, what it should have done; or killed, and then has
 * forgotten everything.
 */
final class Host {

  final String name;

  /** Counts its starts; what was meant for an earlier life never happens. */
  int life = 1;

  boolean up = true;
  boolean paused;

  /** The others hold it to be dead, and it does not know. */
  boolean downed;

  /** By how much its wall clock is wrong. */
  long wallOffsetMs;

  /** Everything that was started on it since its last start. */
  final List<SimActor<?>> actors = new ArrayList<>();

  private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();

  Host(String name) {
    this.name = name;
  }

  /** Runs the code unless the host has died since {@code life}; later when it is paused. */
  void run(int life, Runnable code) {
    if (!up || life != this.life) {
      return;
    }
    if (paused) {
      deferred.add(code);
    } else {
      code.run();
    }
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    var bound = deferred.size();
    while (bound-- > 0 && !paused && !deferred.isEmpty()) {
      deferred.remove().run();
    }
  }

  void kill() {
    up = false;
    paused = false;
    downed = false;
    life++;
    deferred.clear();
    actors.forEach(SimActor::vanish);
    actors.clear();
  }

  void boot() {
    up = true;
  }

  @Override
  public String toString() {
    return name;
  }
}
