package io.reeve.rig;

import io.reeve.scenario.Await;
import io.reeve.scenario.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What workers say is delayed, doubled, overtaken and said again, in this session and in others. A
 * node may end the stream of a worker that seems to break the protocol, and says why; the worker
 * comes back, each lease has one end, and whoever settles it in another way is told.
 */
@Tag("rig")
@Timeout(180)
class LinkRigTest {

  private static final int PER_SECOND = 150;
  private static final Duration FAULTS = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Path ERRORS = Path.of("..", "docs", "errors.md");

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Tag("rig-quick")
  @ParameterizedTest(name = "F18 seed {0}")
  @MethodSource("io.reeve.rig.FaultRigTest#seeds")
  void f18WhatWorkersSayComesTwiceAndLate(long seed) throws IOException {
    var run = new OneNode(fleet, "F18", seed);
    var node = fleet.node();
    try (var proxy = new MessageProxy(node.port(), seed, false);
        var load = new RigLoad(List.of(node.endpoint()), "F18", PER_SECOND, seed)) {
      run.worker("crane", proxy.endpoint(), 16);
      run.worker("heron", proxy.endpoint(), 16);
      run.pass(FAULTS);

      proxy.beHonest();
      Await.until("both workers come back", SOON, () -> proxy.sessions() == 2);
      load.stop();
      run.drain(() -> load.waiting() == 0);
      load.readBack(1000);

      var played = proxy.tricks();
      var settlements = proxy.settlements();
      run.note("tricks %s, streams ended by the node %s", played, proxy.ends());
      run.note(
          "settlements refused %s, leases settled again %d",
          settlements.refusals(), settlements.repeats());
      settlements.mistakes().forEach(run::wrong);
      load.mistakes().forEach(run::wrong);
      undocumented(proxy.ends().keySet()).forEach(it -> run.wrong("a stream ended by " + it));
      undocumented(settlements.refusals().keySet()).forEach(it -> run.wrong("refused as " + it));
      if (settlements.repeats() == 0) {
        run.wrong("expected leases that are settled again, got none");
      }
      var facts = new ArrayList<>(load.facts());
      facts.addAll(settlements.facts());
      var tricks =
          played.values().stream().mapToInt(it -> it).sum() - played.getOrDefault(Trick.PASS, 0);
      run.judge(load.acknowledged(), facts, tricks);
    }
  }

  /** The words that are not in the table of reasons, or that mean a fault of the server. */
  private static Set<String> undocumented(Set<String> reasons) throws IOException {
    var known =
        Pattern.compile("^\\| `([A-Z_]+)`", Pattern.MULTILINE)
            .matcher(Files.readString(ERRORS))
            .results()
            .map(match -> match.group(1))
            .filter(word -> !Set.of("INTERNAL", "SESSION_FAILED").contains(word))
            .collect(Collectors.toSet());
    return reasons.stream().filter(word -> !known.contains(word)).collect(Collectors.toSet());
  }
}
