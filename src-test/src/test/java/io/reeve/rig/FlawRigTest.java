package io.reeve.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.check.Fact;
import io.reeve.check.Violation;
import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import io.reeve.scenario.Await;
import io.reeve.scenario.Fleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Builds with a safety switched off turn red: each flaw has the smallest scenario whose faults
 * reveal it. The same scenario with the build as it is has to be right.
 */
@Tag("rig")
@Timeout(300)
class FlawRigTest {

  private static final Duration SOON = RigFixture.patient(30);
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);
  private static final Duration HANG = Duration.ofSeconds(1);
  private static final int TASKS = 1200;
  private static final int PER_SECOND = 100;

  /** For attempts of a second or less and leases of four. */
  private static final Duration ENDS = RigFixture.patient(15);

  /** Leases and silences of seconds; the proportions are those of the defaults. */
  private static final String[] SHORT = {
    "reeve.partition.lease.duration=4s",
    "reeve.session.heartbeat-interval=500ms",
    "reeve.session.silence-max=2s",
    "reeve.session.received-within=1500ms",
    "reeve.session.resume-within=1s",
    "reeve.session.attach-within=500ms"
  };

  @RegisterExtension private final Fleet fleet = new Fleet();

  /** In the journal as far as it was read. */
  private int leases;

  private int completed;

  /** Does the harm; tells what clients and workers were told. */
  @FunctionalInterface
  private interface Story {
    List<Fact> tell(OneNode run) throws Exception;
  }

  private void show(BuildFlaw flaw, boolean flawed, Story story) throws Exception {
    if (flawed) {
      fleet.nodesTakeClassesFrom(FlawedBuild.of(flaw, fleet.directory().resolve("flawed")));
    }
    var run = new OneNode(fleet, flaw + (flawed ? " flawed" : " sound"), 1, this::note);
    var found = run.verdict(story.tell(run));
    run.note("%d violations, first of them %s", found.size(), found.stream().limit(3).toList());
    if (flawed) {
      assertThat(found)
          .as("the build with the flaw %s", flaw)
          .extracting(Violation::invariant)
          .contains(flaw.noticedAs());
    } else {
      assertThat(found).as("the build without the flaw %s", flaw).isEmpty();
    }
  }

  private void note(int partition, PartitionEvent event) {
    leases += event instanceof TaskEvent.Leased ? 1 : 0;
    completed += event instanceof TaskEvent.Completed ? 1 : 0;
  }

  // ---- Clients ----------------------------------------------------------------------------------

  @Tag("rig-quick")
  @ParameterizedTest(name = "flawed {0}")
  @ValueSource(booleans = {false, true})
  void anAnswerComesBeforeItsRow(boolean flawed) throws Exception {
    show(
        BuildFlaw.ANSWERS_BEFORE_IT_IS_STORED,
        flawed,
        run -> {
          var node = fleet.node();
          try (var load = new RigLoad(List.of(node.endpoint()), "early", PER_SECOND, 1)) {
            Await.until("tasks are taken", SOON, () -> load.tasks() > PER_SECOND);
            new JournalFile(fleet.journal())
                .holdWhile(
                    () -> {
                      run.pass(HANG);
                      node.process().kill();
                    });
            fleet.node(node.port(), () -> {});
            load.stop();
            Await.until("every call is answered", SOON, () -> load.waiting() == 0);
            return load.facts();
          }
        });
  }

  @Tag("rig-quick")
  @ParameterizedTest(name = "flawed {0}")
  @ValueSource(booleans = {false, true})
  void aRequestIdIsForgottenWithItsNode(boolean flawed) throws Exception {
    show(
        BuildFlaw.FORGETS_REQUEST_IDS_AT_A_START,
        flawed,
        run -> {
          var facts = new ArrayList<Fact>();
          var node = fleet.node();
          submit(node.client(), facts);
          node.process().kill();
          submit(fleet.node(node.port(), () -> {}).client(), facts);
          return facts;
        });
  }

  @ParameterizedTest(name = "flawed {0}")
  @ValueSource(booleans = {false, true})
  void aRowOfAnotherWriterIsPassedOver(boolean flawed) throws Exception {
    show(
        BuildFlaw.SWALLOWS_THE_FENCE_OF_A_WRITER,
        flawed,
        run -> {
          var facts = new ArrayList<Fact>();
          var node = fleet.node();
          new JournalFile(fleet.journal()).poisonAll();
          submit(node.client(), facts);
          return facts;
        });
  }

  /** Always under the same request ids. */
  private static void submit(ReeveClient client, List<Fact> facts) {
    try (client) {
      for (var number = 1; number <= 16; number++) {
        var requestId = "request-" + number;
        facts.add(new Fact.SubmitCalled(requestId, 1));
        var id = TaskId.parse(client.submit(requestId, work("0")).taskId()).orElseThrow();
        facts.add(new Fact.SubmitAnswered(requestId, id.partition(), id.sequence(), 1));
      }
    }
  }

  private static TaskRequest work(String payload) {
    return TaskRequest.of("work").payload(payload).backoffInitial(Duration.ZERO).build();
  }

  // ---- Leases -----------------------------------------------------------------------------------

  @ParameterizedTest(name = "flawed {0}")
  @ValueSource(booleans = {false, true})
  void aTaskIsLeasedTwiceAtOnce(boolean flawed) throws Exception {
    show(
        BuildFlaw.LEASES_AGAIN_AT_A_START,
        flawed,
        run -> {
          var node = fleet.node(SHORT);
          run.worker("crane", node.endpoint(), 8);
          try (var client = node.client()) {
            client.submitAll(Collections.nCopies(8, work("1000")));
          }
          Await.until("tasks are leased", SOON, () -> journal(run).leases > 0);
          node.process().kill();
          fleet.node(node.port(), () -> {}, SHORT);
          run.endWithin(ENDS);
          return run.told();
        });
  }

  @ParameterizedTest(name = "flawed {0}")
  @ValueSource(booleans = {false, true})
  void aDeadWorkersLeaseIsKept(boolean flawed) throws Exception {
    show(
        BuildFlaw.KEEPS_THE_LEASES_OF_THE_DEAD,
        flawed,
        run -> {
          var node = fleet.node(SHORT);
          var worker = run.worker("crane", node.endpoint(), 8);
          try (var client = node.client()) {
            client.submitAll(Collections.nCopies(8, work("1000")));
          }
          Await.until("tasks are leased", SOON, () -> journal(run).leases > 0);
          // Nobody is left who could say that the worker is gone.
          node.process().kill();
          worker.kill();
          var again = fleet.node(node.port(), () -> {}, SHORT);
          run.worker("heron", again.endpoint(), 8);
          run.endWithin(ENDS);
          return run.told();
        });
  }

  private FlawRigTest journal(OneNode run) {
    // Each look reads the journal, which the node would rather have for itself.
    Await.pass(LOOK_INTERVAL);
    run.history().readOn();
    return this;
  }

  @ParameterizedTest(name = "flawed {0}")
  @ValueSource(booleans = {false, true})
  void aWorkerGetsMoreThanItsCredit(boolean flawed) throws Exception {
    show(
        BuildFlaw.GIVES_ONE_MORE_THAN_THE_CREDIT,
        flawed,
        run -> {
          var node = fleet.node();
          run.worker("crane", node.endpoint(), 4);
          try (var client = node.client()) {
            client.submitAll(Collections.nCopies(40, work("50")));
          }
          run.endWithin(ENDS);
          return run.told();
        });
  }

  // ---- Settlements ------------------------------------------------------------------------------

  @ParameterizedTest(name = "flawed {0}")
  @ValueSource(booleans = {false, true})
  void anEarlierAttemptCompletesTheTask(boolean flawed) throws Exception {
    show(BuildFlaw.COMPLETES_UNDER_ANY_FENCE, flawed, this::settlementsComeTwiceAndAltered);
  }

  @ParameterizedTest(name = "flawed {0}")
  @ValueSource(booleans = {false, true})
  void aSecondResultIsAccepted(boolean flawed) throws Exception {
    show(BuildFlaw.ACCEPTS_ANY_SECOND_RESULT, flawed, this::settlementsComeTwiceAndAltered);
  }

  /** The tricks of F18, while half of all attempts are second ones and all take their time. */
  private List<Fact> settlementsComeTwiceAndAltered(OneNode run) {
    var node = fleet.node();
    try (var proxy = new MessageProxy(node.port(), 1, false);
        var client = node.client()) {
      run.worker("crane", proxy.endpoint(), 128);
      // Of different lengths, so that they do not all end at once and settle in one batch.
      client.submitAll(
          IntStream.range(0, TASKS).mapToObj(i -> work(200 + i * 37 % 400 + "f")).toList());
      Await.until("most tasks are completed", SOON, () -> journal(run).completed > TASKS * 3 / 4);
      proxy.beHonest();
      run.endWithin(SOON);
      return proxy.settlements().facts();
    }
  }
}
