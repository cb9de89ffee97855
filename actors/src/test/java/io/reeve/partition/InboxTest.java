package io.reeve.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.DeadFilter;
import io.reeve.domain.partition.DeadLetters;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.partition.Inbox.Taken;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

class InboxTest {

  private static final TaskClass MAIL =
      new TaskClass("default", "mail", Lane.NORMAL, Priority.NORMAL);

  private static final HeededRules PAUSED =
      new HeededRules(1, new TreeMap<>(Map.of("mail".repeat(32), 0L, "bill".repeat(32), 0L)));

  private final ActorRef<Clients.Reply> client = TestInbox.<Clients.Reply>create().getRef();
  private final ActorRef<Leases.ToSession> session = session();
  private final Inbox inbox =
      new Inbox(new Partition.Queue(3, 4, 1000), new Partition.BatchMax(10, 500, 20));

  private final Inbox roomy =
      new Inbox(new Partition.Queue(100, 100, 1000), new Partition.BatchMax(10, 500, 20));

  @Test
  void oneRenewalOfEachHolderWaitsAndComesBeforeAllElse() {
    assertThat(inbox.offer(cancel(1))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(renew("a", 1))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(renew("b", 1))).isEqualTo(Taken.YES);
    for (var beat = 0; beat < 1000; beat++) {
      assertThat(inbox.offer(renew("a", 2))).isEqualTo(Taken.REPEATED);
    }
    assertThat(inbox.offer(renew("a", 1))).isEqualTo(Taken.REPEATED);

    assertThat(inbox.next()).containsExactly(renew("a", 2), renew("b", 1), cancel(1));
  }

  @Test
  void ofTheRulesOfQueuesTheNewestWaitsAndComesLast() {
    for (var ask = 1; ask <= 1000; ask++) {
      assertThat(inbox.offer(rules(3, ask))).isEqualTo(ask == 1 ? Taken.YES : Taken.REPEATED);
    }
    assertThat(inbox.offer(rules(2, 5_000))).isEqualTo(Taken.REPEATED);
    assertThat(inbox.offer(cancel(1))).isEqualTo(Taken.YES);

    assertThat(inbox.next()).containsExactly(cancel(1), rules(3, 1000));
    assertThat(inbox.isEmpty()).isTrue();
  }

  @Test
  void rulesOfABatchThatFailedAreTriedAgainUnlessNewerOnesWait() {
    inbox.offer(rules(3, 1));
    inbox.next();
    inbox.putBack(inbox.takeInFlight(), true);
    assertThat(inbox.next()).containsExactly(rules(3, 1));

    inbox.offer(rules(3, 2));
    inbox.putBack(inbox.takeInFlight(), true);

    assertThat(inbox.next()).containsExactly(rules(3, 2));
    assertThat(inbox.isEmpty()).isTrue();
  }

  @Test
  void greetingsWithRulesCountByTheirBytes() {
    var greet = new Grants.Greet(3, TestInbox.<Grants.ToDispatcher>create().getRef(), PAUSED);

    assertThat(roomy.offer(greet)).isEqualTo(Taken.YES);
    assertThat(roomy.offer(greet)).isEqualTo(Taken.TOO_LARGE);
  }

  private static Grants.RulesChanged rules(long epoch, long ask) {
    return new Grants.RulesChanged(epoch, ask, PAUSED);
  }

  @Test
  void aBatchOfSettlementsThatIsSentAgainWaitsOnceAlsoWhileItIsWritten() {
    assertThat(inbox.offer(settle(session, 7, 10))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(settle(session, 7, 10))).isEqualTo(Taken.REPEATED);
    assertThat(inbox.next()).hasSize(1);
    assertThat(inbox.offer(settle(session, 7, 10))).isEqualTo(Taken.REPEATED);

    inbox.done();

    assertThat(inbox.offer(settle(session, 7, 10))).isEqualTo(Taken.YES);
  }

  @Test
  void settlementsOfAnotherSessionAndThoseWithoutANumberAreNoRepeats() {
    assertThat(inbox.offer(settle(session, 7, 10))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(settle(session(), 7, 10))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(settle(session, 0, 10))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(settle(session, 0, 10))).isEqualTo(Taken.YES);
  }

  @Test
  void whatSessionsSendIsBoundedInNumberAndTakesNoRoomFromClients() {
    for (var batch = 1; batch <= 4; batch++) {
      assertThat(inbox.offer(settle(session, batch, 1))).isEqualTo(Taken.YES);
    }
    assertThat(inbox.offer(settle(session, 5, 1))).isEqualTo(Taken.TOO_MANY);
    assertThat(inbox.offer(renew("a", 1))).isEqualTo(Taken.TOO_MANY);
    assertThat(inbox.offer(cancel(1))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(cancel(2))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(cancel(3))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(cancel(4))).isEqualTo(Taken.TOO_MANY);
    assertThat(inbox.offer(new Partition.Tick())).isEqualTo(Taken.YES);

    assertThat(inbox.next()).hasSize(8);
    assertThat(inbox.offer(settle(session, 5, 1))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(cancel(4))).isEqualTo(Taken.YES);
  }

  @Test
  void theDatesOfAScheduleAreBytesToo() {
    var dates = new ScheduleRule.Dates(LongStream.range(1, 1_001).toArray());
    var timing = new ScheduleTiming(dates, 0, 0, 0, 0, Missed.ONCE, Overlap.SKIP);
    var profile =
        new TaskProfile(MAIL, 1, 0, new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 1, 0), "");
    var definition = new ScheduleDefinition("s", timing, profile, new byte[0]);

    assertThat(inbox.offer(new Schedules.Set(definition, 0, true, client))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(settle(session, 1, 1))).isEqualTo(Taken.TOO_LARGE);
  }

  @Test
  void bytesThatWaitAreBoundedAndALoneCommandIsAlwaysTaken() {
    assertThat(inbox.offer(submit(1, 5000))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(settle(session, 1, 1))).isEqualTo(Taken.TOO_LARGE);
    assertThat(inbox.offer(cancel(1))).isEqualTo(Taken.YES);

    assertThat(inbox.next()).hasSize(1);
    assertThat(inbox.next()).containsExactly(cancel(1));
    assertThat(inbox.offer(settle(session, 1, 600))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(submit(1, 600))).isEqualTo(Taken.TOO_LARGE);
    assertThat(inbox.offer(submit(1, 200))).isEqualTo(Taken.YES);
  }

  @Test
  void settlementsWithoutAResultCountAsWell() {
    for (var batch = 1; batch <= 9; batch++) {
      assertThat(roomy.offer(settle(session, batch, 0))).isEqualTo(Taken.YES);
    }
    assertThat(roomy.offer(settle(session, 10, 101))).isEqualTo(Taken.TOO_LARGE);
    assertThat(roomy.offer(settle(session, 10, 0))).isEqualTo(Taken.YES);
    assertThat(roomy.offer(settle(session, 11, 0))).isEqualTo(Taken.TOO_LARGE);
  }

  @Test
  void aRowIsCutByCommandsBytesAndEvents() {
    var inbox = new Inbox(new Partition.Queue(3, 4, 100_000), new Partition.BatchMax(10, 500, 20));
    var submit = submit(15, 1);
    assertThat(inbox.offer(submit)).isEqualTo(Taken.YES);
    assertThat(inbox.offer(grant(6))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(grant(14))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(submit(1, 501))).isEqualTo(Taken.YES);

    assertThat(inbox.next()).containsExactly(submit);
    assertThat(inbox.next()).containsExactly(grant(6), grant(14));
    assertThat(inbox.next()).hasSize(1);
    assertThat(inbox.isEmpty()).isTrue();
  }

  @Test
  void redrivesAreCutThoughTheirTasksAreNotInTheCommand() {
    var inbox = new Inbox(new Partition.Queue(99, 4, 500), new Partition.BatchMax(50, 500, 2_000));
    for (var task = 1; task <= 20; task++) {
      assertThat(inbox.offer(redrive(task))).isEqualTo(Taken.YES);
    }
    assertThat(inbox.offer(dispose(true))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(dispose(true))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(dispose(false))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(dispose(false))).isEqualTo(Taken.YES);

    assertThat(inbox.next()).hasSize(8);
    assertThat(inbox.next()).hasSize(8);
    assertThat(inbox.next()).hasSize(4);
    assertThat(inbox.next()).containsExactly(dispose(true));
    assertThat(inbox.next()).containsExactly(dispose(true), dispose(false), dispose(false));
  }

  @Test
  void commandsThatArePutBackComeFirstAndEachAloneIfNobodyKnowsWhichOneFailed() {
    assertThat(inbox.offer(cancel(1))).isEqualTo(Taken.YES);
    assertThat(inbox.offer(settle(session, 1, 1))).isEqualTo(Taken.YES);
    var failed = inbox.next();
    assertThat(inbox.offer(cancel(3))).isEqualTo(Taken.YES);

    assertThat(inbox.takeInFlight()).isEqualTo(failed);
    inbox.putBack(failed, true);

    assertThat(inbox.offer(settle(session, 1, 1))).isEqualTo(Taken.REPEATED);
    assertThat(inbox.next()).containsExactly(cancel(1));
    assertThat(inbox.next()).hasSize(1).first().isInstanceOf(Leases.Settle.class);
    assertThat(inbox.next()).containsExactly(cancel(3));
  }

  // ---- Words of the story

  private static ActorRef<Leases.ToSession> session() {
    return TestInbox.<Leases.ToSession>create().getRef();
  }

  private static Leases.Renew renew(String holder, int sessionNo) {
    return new Leases.Renew(holder, sessionNo, null);
  }

  private Clients.Redrive redrive(long sequence) {
    return new Clients.Redrive(sequence, DeadLetters.Edits.NONE, "anna", client);
  }

  private Clients.DisposeDead dispose(boolean redrive) {
    return new Clients.DisposeDead(
        0, 500, 1_000, DeadFilter.ALL, redrive, DeadLetters.Edits.NONE, "anna", client);
  }

  private Clients.Cancel cancel(long sequence) {
    return new Clients.Cancel(sequence, "", client);
  }

  private Clients.Submit submit(int count, int bytes) {
    var profile =
        new TaskProfile(
            MAIL,
            300_000,
            0,
            new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2, 0),
            "");
    var task = new Clients.NewTask(profile, 0, 0, new byte[bytes]);
    return new Clients.Submit("", 0, Collections.nCopies(count, task), client);
  }

  private Grants.Grant grant(int count) {
    return new Grants.Grant(1, 1, MAIL, count, "h", 1, "w", session);
  }

  private static Leases.Settle settle(ActorRef<Leases.ToSession> session, long batch, int bytes) {
    return new Leases.Settle(
        "h", batch, List.of(Settlement.completed(1, 1, new byte[bytes])), session);
  }
}
