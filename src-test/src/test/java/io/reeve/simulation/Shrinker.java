package io.reeve.simulation;

import io.reeve.check.Invariant;
import java.util.ArrayList;

/**
 * Makes a failing plan small: leaves chunks of its steps out while the same invariant still breaks,
 * large chunks first (delta debugging, Zeller and Hildebrandt 2002).
 */
final class Shrinker {

  private static final int RUNS_MAX = 2_000;

  private final Flaw flaw;
  private final Invariant broken;
  private int runs;

  private Shrinker(Flaw flaw, Invariant broken) {
    this.flaw = flaw;
    this.broken = broken;
  }

  /** The smallest plan found that fails as {@code failed} did, and what came of it. */
  static Simulation.Outcome shrink(Simulation.Outcome failed, Flaw flaw) {
    return new Shrinker(flaw, failed.violations().get(0).invariant()).smaller(failed);
  }

  private Simulation.Outcome smaller(Simulation.Outcome failed) {
    var best = failed;
    var chunk = Math.max(1, best.plan().steps().size() / 2);
    while (runs < RUNS_MAX) {
      var before = best.plan().steps().size();
      for (var from = 0; from < best.plan().steps().size() && runs < RUNS_MAX; ) {
        var fewer = new ArrayList<>(best.plan().steps());
        fewer.subList(from, Math.min(fewer.size(), from + chunk)).clear();
        var outcome = Simulation.run(best.plan().with(fewer), flaw);
        runs++;
        if (!outcome.isGood() && outcome.violations().get(0).invariant() == broken) {
          best = outcome;
        } else {
          from += chunk;
        }
      }
      if (chunk == 1 && best.plan().steps().size() == before) {
        break;
      }
      chunk = Math.max(1, chunk / 2);
    }
    return best;
  }
}
