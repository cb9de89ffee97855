package io.reeve.rig;

import io.reeve.client.TaskQuery;
import io.reeve.domain.task.TaskState;
import io.reeve.scenario.Fleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients cancel tasks at any instant of their lives, some twice at once, while workers complete
 * and fail them: one of them wins, and everybody is told the same.
 */
@Tag("rig")
@Timeout(180)
class CancelRigTest {

  private static final Duration LASTS = Duration.ofSeconds(10);

  @RegisterExtension private final Fleet fleet = new Fleet();

  @ParameterizedTest(name = "F26 seed {0}")
  @MethodSource("io.reeve.rig.FaultRigTest#seeds")
  void f26CancelsRaceWithEverything(long seed) {
    var run = new OneNode(fleet, "F26", seed);
    var node = fleet.node();
    try (var proxy = new MessageProxy(node.port(), seed, true);
        var client = node.client();
        var load = new CancelLoad(client, seed)) {
      run.worker("crane", proxy.endpoint(), 16);
      run.worker("heron", proxy.endpoint(), 16);
      load.start();
      run.pass(LASTS);
      load.stop();
      run.drain(load::isOver);

      var listed = new HashMap<String, TaskState>();
      client
          .list(TaskQuery.all())
          .forEach(task -> listed.put(task.getId(), CancelLoad.stateOf(task)));
      load.judge(listed).forEach(run::wrong);
      run.note("%s, settlements refused %s", load, proxy.settlements().refusals());
      if (load.won() == 0 || load.late() == 0) {
        run.wrong("expected cancels that win and cancels that lose, got %s", load);
      }
      var facts = new ArrayList<>(load.facts());
      facts.addAll(proxy.settlements().facts());
      facts.addAll(run.told());
      proxy.settlements().mistakes().forEach(run::wrong);
      run.judge(load.acknowledged(), facts, load.won() + load.late());
    }
  }
}
