package io.reeve.partition;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
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
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a partition answers about tasks with a unique key. */
class UniqueDeskTest {

  private static final int PARTITION = 3;
  private static final int PARTITIONS = 8;
  private static final TaskProfile PROFILE =
      new TaskProfile(
          new TaskClass("default", "echo", Lane.NORMAL, Priority.NORMAL),
          1_000,
          0,
          new RetryPolicy(1, java.time.Duration.ZERO, java.time.Duration.ZERO, 1, 0),
          "shop");

  private static final PartitionCounts COUNTS = PartitionCounts.always(PARTITIONS);
  private static final UniqueKey HERE = key(true, 0);
  private static final UniqueKey ALSO_HERE = key(true, 1);
  private static final UniqueKey ELSEWHERE = key(false, 0);

  private final Partition.Settings settings =
      PartitionSettings.of(ConfigFactory.load()).partition();
  private final Limits limits = settings.limits().withHomesOfKeys(COUNTS);
  private final TestInbox<Clients.Reply> client = TestInbox.create();
  private final TestInbox<Partition.Command> self = TestInbox.create();
  private final PartitionState state = new PartitionState(limits);
  private PartitionTurn turn = turn(limits);

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

    assertThat(redriveAll()).isEqualTo(new Clients.DisposedSlice(1, -1));
    assertThat(state.dead().open()).isEqualTo(1);
    assertThat(codeOf(redrive(1))).isEqualTo(Rejection.Code.ALREADY_EXISTS);
    assertThat(((Clients.Refused) redrive(1)).rejection().message()).contains("task 3-2 holds");
  }

  /** An edge reads a field that comes twice as one, and passes over one of another type. */
  @Test
  void aRedriveReadsTheClaimThatTheEdgeRead() {
    var scope = Unique.newBuilder().setScopeValue(1).setPeriod(duration(1));
    var stored =
        joined(
            spec(HERE),
            // Field 22 as a number, and fields of a claim with other types.
            new byte[] {(byte) 0xb0, 1, 127},
            TaskSpec.newBuilder().setUnique(scope).build().toByteArray(),
            claimBytes(0x08, 5, 0x12, 1, 0x61, 0x18, 9));
    dies(HERE, stored);

    assertThat(redrive(1)).isEqualTo(new Clients.Disposed(PARTITION, 1, 2, false));
    assertThat(submit(HERE, true)).isEqualTo(new Clients.Submitted(PARTITION, 2, 0, 5, false));
    lease();
    assertThat(((Clients.Submitted) submit(HERE, true)).count())
        .as("the scope that came second")
        .isEqualTo(1);
  }

  /** A release without claims took any bytes in their place. */
  @ParameterizedTest
  @MethodSource("unreadable")
  void aClaimThatNoEdgeAcceptsKeepsItsTaskDead(byte[] claim) {
    dies(HERE, claim);
    dies(ALSO_HERE);

    assertThat(codeOf(redrive(1))).isEqualTo(Rejection.Code.WRONG_STATE);
    assertThat(redriveAll()).isEqualTo(new Clients.DisposedSlice(1, -1));
    assertThat(state.dead().open()).isEqualTo(1);
  }

  static Stream<byte[]> unreadable() {
    return Stream.of(
        claimBytes(0x0a, 100, 0x61),
        claimBytes(),
        TaskSpec.newBuilder()
            .setUnique(Unique.newBuilder().setKey("x".repeat(257)))
            .build()
            .toByteArray());
  }

  @Test
  void aKeyWhoseHomeCameBackIsNotRedriven() {
    var counts =
        new PartitionCounts(
            List.of(
                new PartitionCounts.Line(4, 0),
                new PartitionCounts.Line(6, 0),
                new PartitionCounts.Line(8, 0)));
    var cameBack =
        IntStream.range(0, 1_000)
            .mapToObj(number -> new UniqueKey("shop", "order-" + number))
            .filter(key -> isHome(key) && counts.homeCameBack(key.name()))
            .findFirst()
            .orElseThrow();
    turn = turn(limits.withHomesOfKeys(counts));
    dies(cameBack);

    assertThat(codeOf(redrive(1))).isEqualTo(Rejection.Code.WRONG_STATE);
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
    return COUNTS.home(key.name()) == PARTITION;
  }

  private PartitionTurn turn(Limits bounds) {
    var other =
        new Partition.Settings(
            bounds,
            settings.queue(),
            settings.batch(),
            settings.watchersMax(),
            settings.snapshots(),
            settings.restart());
    return new PartitionTurn(PARTITION, 1, other, () -> 0.5, self.getRef());
  }

  private static byte[] spec(UniqueKey key) {
    return TaskSpec.newBuilder()
        .setKind("echo")
        .setTenant(key.tenant())
        .setUnique(Unique.newBuilder().setKey(key.text()))
        .build()
        .toByteArray();
  }

  /** Field 22 with these bytes in it. */
  private static byte[] claimBytes(int... bytes) {
    var field = new byte[bytes.length + 3];
    field[0] = (byte) 0xb2;
    field[1] = 1;
    field[2] = (byte) bytes.length;
    for (var i = 0; i < bytes.length; i++) {
      field[i + 3] = (byte) bytes[i];
    }
    return field;
  }

  private static byte[] joined(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (var part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static Duration.Builder duration(int seconds) {
    return Duration.newBuilder().setSeconds(seconds);
  }

  private Clients.Reply submit(UniqueKey key, boolean mayAdd) {
    return submit(key, spec(key), mayAdd);
  }

  private Clients.Reply submit(UniqueKey key, byte[] spec, boolean mayAdd) {
    var claim = new UniqueClaim(key, UniqueScope.UNTIL_ENDED, 0, OnCollision.RETURN_FIRST);
    return ask(
        to ->
            new Clients.SubmitUnique(
                new Clients.Submit("", 0, List.of(new Clients.NewTask(PROFILE, 0, 0, spec)), to),
                claim,
                mayAdd));
  }

  private void dies(UniqueKey key) {
    dies(key, spec(key));
  }

  private void dies(UniqueKey key, byte[] spec) {
    var task = ((Clients.Submitted) submit(key, spec, true)).firstSequence();
    lease();
    var failure = new Failure(FailureType.ERROR, "no luck", "");
    state
        .leases()
        .settle(
            "h", Settlement.failed(task, 1, failure, true, 0), now(), () -> 0.5, new ArrayList<>());
  }

  private void lease() {
    var grantee = new LeaseRules.Grantee("h", 1, "w");
    state.leases().lease(PROFILE.taskClass(), 10, grantee, now(), new ArrayList<>());
  }

  private Clients.Reply redriveAll() {
    return ask(
        to ->
            new Clients.DisposeDead(
                0, 10, 100, DeadFilter.ALL, true, DeadLetters.Edits.NONE, "anna", to));
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
