package io.reeve.simulation;

import io.reeve.check.Violation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every order of events in a {@link SmallWorld}, breadth first, over the real rules. States are
 * known by a 64-bit hash; a state is made again from its moves, since the rules work in place. Two
 * states that differ only in when the later of two holders runs out are taken for one.
 *
 * <p>In every state the invariants hold, and every task can still come to an end.
 */
final class ExhaustiveSearch {

  /**
   * What was found.
   *
   * @param complete whether every state was visited, and not only as many as were allowed
   * @param moves that lead to the violations; the fewest that do
   */
  record Result(
      int states,
      int depth,
      boolean complete,
      List<SmallWorld.Move> moves,
      List<Violation> found) {}

  /** How a state was reached first. */
  private record Node(@Nullable Node before, SmallWorld.@Nullable Move move, int depth) {
    List<SmallWorld.Move> moves() {
      var moves = new ArrayList<SmallWorld.Move>(depth);
      for (Node at = this; at != null && at.move != null; at = at.before) {
        moves.add(0, at.move);
      }
      return moves;
    }

    SmallWorld world(Flaw flaw) {
      var world = new SmallWorld(flaw);
      moves().forEach(world::make);
      return world;
    }
  }

  private final Flaw flaw;
  private final int statesMax;
  private final int depthMax;

  ExhaustiveSearch(Flaw flaw, int statesMax, int depthMax) {
    this.flaw = flaw;
    this.statesMax = statesMax;
    this.depthMax = depthMax;
  }

  Result run() {
    var known = new HashSet<Long>();
    var open = new ArrayDeque<Node>();
    var deepest = 0;
    var cut = false;
    open.add(new Node(null, null, 0));
    known.add(new SmallWorld(flaw).hash());
    while (!open.isEmpty()) {
      var node = open.remove();
      deepest = node.depth();
      var ending = node.world(flaw);
      ending.comeToAnEnd();
      if (!ending.checker.isGood()) {
        return new Result(known.size(), deepest, false, node.moves(), ending.checker.violations());
      }
      if (node.depth() == depthMax) {
        cut = true;
        continue;
      }
      for (var move : node.world(flaw).moves()) {
        var next = new Node(node, move, node.depth() + 1);
        var world = next.world(flaw);
        if (!world.checker.isGood()) {
          return new Result(
              known.size(), next.depth(), false, next.moves(), world.checker.violations());
        }
        if (known.contains(world.hash())) {
          continue;
        }
        if (known.size() >= statesMax) {
          cut = true;
        } else {
          known.add(world.hash());
          open.add(next);
        }
      }
    }
    return new Result(known.size(), deepest, !cut, List.of(), List.of());
  }
}
