package io.reeve.partition;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.domain.partition.DeadFilter;
import io.reeve.domain.partition.DeadLetters;
import io.reeve.domain.partition.LeaseRules;
import io.reeve.domain.partition.Limits;
import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.OnCollision;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueScope;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.Unique;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

/** What a partition answers about tasks with a unique key. */
class UniqueDeskTest {

  private static final int PARTITION = 3;
  private static final int PARTITIONS = 8;
  private static final TaskProfile PROFILE =
      new TaskProfile(
          new TaskClass("default", "echo", Lane.NORMAL, Priority.NORMAL),
          1_000,
          0,
          new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 1, 0),
          "shop");

  private static final UniqueKey HERE = key(true, 0);
  private static final UniqueKey ALSO_HERE = key(true, 1);
  private static final UniqueKey ELSEWHERE = key(false, 0);

  private final Partition.Settings settings =
      PartitionSettings.of(ConfigFactory.load()).partition();
  private final Limits limits = settings.limits().withHomesOfKeys(PARTITIONS);
  private final TestInbox<Clients.Reply> client = TestInbox.create();
  private final TestInbox<Partition.Command> self = TestInbox.create();
  private final PartitionState state = new PartitionState(limits);
  private final PartitionTurn turn =
      new PartitionTurn(
          PARTITION,
          1,
          new Partition.Settings(
              limits,
              settings.queue(),
              settings.batch(),
              settings.watchersMax(),
              settings.snapshots(),
              settings.restart()),
          () -> 0.5,
          self.getRef());

  UniqueDeskTest() {
    state.recovered(now());
  }

  @Test
  void aSubmissionIsAnsweredWithItsTaskOrTheOneThatHoldsTheKey() {
    assertThat(submit(HERE, false)).isEqualTo(new Clients.NeverSubmitted(""));
    assertThat(submit(HERE, true)).isEqualTo(new Clients.Submitted(PARTITION, 1, 1, 5, false));
    assertThat(submit(HERE, false)).isEqualTo(new Clients.Submitted(PARTITION, 1, 0, 5, false));
  }

  @Test
  void aRedriveTakesTheKeyFromTheStoredSpecification() {
    dies(HERE);

    assertThat(redrive(1)).isEqualTo(new Clients.Disposed(PARTITION, 1, 2, false));

    assertThat(submit(HERE, true)).isEqualTo(new Clients.Submitted(PARTITION, 2, 0, 5, false));
    assertThat(redrive(1)).isEqualTo(new Clients.Disposed(PARTITION, 1, 2, true));
  }

  @Test
  void aDeadTaskWhoseKeyAnotherPartitionMayGiveAwayIsNotRedriven() {
    dies(ELSEWHERE);

    assertThat(codeOf(redrive(1))).isEqualTo(Rejection.Code.WRONG_STATE);
    assertThat(state.dead().open()).isEqualTo(1);
  }

  @Test
  void aRedriveByFilterPassesOverWhatStaysDead() {
    dies(HERE);
    submit(HERE, true);
    dies(ALSO_HERE);

    var reply =
        ask(
            to ->
                new Clients.DisposeDead(
                    0, 10, 100, DeadFilter.ALL, true, DeadLetters.Edits.NONE, "anna", to));

    assertThat(reply).isEqualTo(new Clients.DisposedSlice(1, -1));
    assertThat(state.dead().open()).isEqualTo(1);
    assertThat(codeOf(redrive(1))).isEqualTo(Rejection.Code.ALREADY_EXISTS);
  }

  /** A key of those that have their home here, or elsewhere. */
  private static UniqueKey key(boolean here, int index) {
    return IntStream.range(0, 1_000)
        .mapToObj(number -> new UniqueKey("shop", "order-" + number))
        .filter(key -> isHome(key) == here)
        .skip(index)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isHome(UniqueKey key) {
    return PartitionCounts.always(PARTITIONS).home(key.name()) == PARTITION;
  }

  private Clients.Reply submit(UniqueKey key, boolean mayAdd) {
    var spec =
        TaskSpec.newBuilder()
            .setKind("echo")
            .setTenant(key.tenant())
            .setUnique(Unique.newBuilder().setKey(key.text()))
            .build()
            .toByteArray();
    var claim = new UniqueClaim(key, UniqueScope.UNTIL_ENDED, 0, OnCollision.RETURN_FIRST);
    return ask(
        to ->
            new Clients.SubmitUnique(
                new Clients.Submit("", 0, List.of(new Clients.NewTask(PROFILE, 0, 0, spec)), to),
                claim,
                mayAdd));
  }

  private void dies(UniqueKey key) {
    var task = ((Clients.Submitted) submit(key, true)).firstSequence();
    var events = new ArrayList<PartitionEvent>();
    state
        .leases()
        .lease(PROFILE.taskClass(), 10, new LeaseRules.Grantee("h", 1, "w"), now(), events);
    var failure = new Failure(FailureType.ERROR, "no luck", "");
    state
        .leases()
        .settle("h", Settlement.failed(task, 1, failure, true, 0), now(), () -> 0.5, events);
  }

  private Clients.Reply redrive(long sequence) {
    return ask(to -> new Clients.Redrive(sequence, DeadLetters.Edits.NONE, "anna", to));
  }

  private Clients.Reply ask(Function<ActorRef<Clients.Reply>, Clients.Call> call) {
    turn.begin(state, now(), true);
    turn.carryOut(call.apply(client.getRef()));
    var unused = turn.end();
    turn.release();
    return client.receiveMessage();
  }

  private static Now now() {
    return new Now(5, 5);
  }

  private static Rejection.Code codeOf(Clients.Reply reply) {
    return ((Clients.Refused) reply).rejection().code();
  }
}
