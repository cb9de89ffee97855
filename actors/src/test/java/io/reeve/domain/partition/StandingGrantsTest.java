package io.reeve.domain.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.LeaseRules.Grantee;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How ready tasks are shared out among the grants that wait for them. */
class StandingGrantsTest {

  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);
  private static final TaskClass ALERT =
      new TaskClass("mail", "send", Lane.URGENT, Priority.NORMAL);
  private static final TaskClass REPORT =
      new TaskClass("reports", "print", Lane.NORMAL, Priority.NORMAL);

  private final StandingGrants<String> grants = new StandingGrants<>();
  private final Shelf shelf = new Shelf();

  // ---- Whose grant a task meets ---------------------------------------------------------------

  @Test
  void aGrantGetsTasksOfItsQueuesAndKindsOnly() {
    grants.add(grant(1, Set.of("mail"), Set.of("print"), 5));
    grants.add(grant(2, Set.of("reports"), Set.of("send"), 5));
    grants.add(grant(3, Set.of("mail"), Set.of("send"), 5));
    shelf.put(MAIL, 4);
    shelf.put(REPORT, 4);

    use();

    assertThat(shelf.leases).containsExactly("4 of mail to 3");
    assertThat(shelf.ready(REPORT)).isEqualTo(4);
  }

  @Test
  void aStarAloneMatchesAnyName() {
    grants.add(grant(1, Set.of("*"), Set.of("*"), 5));
    shelf.put(REPORT, 2);

    use();

    assertThat(shelf.leases).containsExactly("2 of reports to 1");
  }

  @Test
  void aStarBesideANameIsANameLikeOthers() {
    grants.add(grant(1, Set.of("*", "mail"), Set.of("*"), 5));
    shelf.put(REPORT, 2);

    use();

    assertThat(shelf.leases).isEmpty();
  }

  @Test
  void aGrantGetsTasksThatRequireSomeOfItsLabels() {
    var needing =
        new TaskClass(
            "mail", "send", Lane.NORMAL, Priority.NORMAL, Labels.of(Map.of("zone", "eu")));
    grants.add(grant(1, Set.of("*"), Set.of("*"), Labels.of(Map.of("zone", "us")), 5));
    grants.add(grant(2, Set.of("*"), Set.of("*"), Labels.of(Map.of("zone", "eu", "rack", "7")), 5));
    shelf.put(needing, 3);

    use();

    assertThat(shelf.leases).containsExactly("3 of mail to 2");
  }

  // ---- Who gets how many ----------------------------------------------------------------------

  @Test
  void urgentTasksAreLeasedFirst() {
    grants.add(grant(1, 3));
    shelf.put(MAIL, 5);
    shelf.put(ALERT, 2);

    use();

    assertThat(shelf.leases).containsExactly("2 of urgent mail to 1", "1 of mail to 1");
  }

  @Test
  void inALaneTheHigherPriorityIsLeasedFirstWhateverTheKind() {
    grants.add(grant(1, Set.of("*"), Set.of("*"), 4));
    shelf.put(MAIL.withPriority(Priority.LOW), 5);
    shelf.put(REPORT.withPriority(Priority.CRITICAL), 1);
    shelf.put(MAIL, 1);
    shelf.put(ALERT.withPriority(Priority.LOW), 1);

    use();

    assertThat(shelf.leases)
        .containsExactly(
            "1 of urgent mail to 1", "1 of reports to 1", "1 of mail to 1", "1 of mail to 1");
  }

  @Test
  void amongEqualsTheClassWithTheOldestTaskIsLeasedFirst() {
    grants.add(grant(1, Set.of("*"), Set.of("*"), 3));
    shelf.put(MAIL, 2);
    shelf.heads.put(MAIL, 8L);
    shelf.put(REPORT, 2);
    shelf.heads.put(REPORT, 7L);

    use();

    assertThat(shelf.leases).containsExactly("2 of reports to 1", "1 of mail to 1");
  }

  @Test
  void tasksAreSpreadEvenlyOverTheGrants() {
    grants.add(grant(1, 10));
    grants.add(grant(2, 10));
    grants.add(grant(3, 10));
    shelf.put(MAIL, 9);

    use();

    assertThat(shelf.byGrant).isEqualTo(Map.of(1L, 3, 2L, 3, 3L, 3));
    assertThat(uses()).containsExactly("1: 3", "2: 3", "3: 3");
  }

  @Test
  void whatASmallGrantCannotTakeTheOthersGet() {
    grants.add(grant(1, 1));
    grants.add(grant(2, 10));
    grants.add(grant(3, 10));
    shelf.put(MAIL, 9);

    use();

    assertThat(shelf.byGrant).isEqualTo(Map.of(1L, 1, 2L, 4, 3L, 4));
  }

  @Test
  void fewerTasksThanGrantsGoToTheOldest() {
    grants.add(grant(1, 10));
    grants.add(grant(2, 10));
    grants.add(grant(3, 10));
    shelf.put(MAIL, 2);

    use();

    assertThat(shelf.byGrant).isEqualTo(Map.of(1L, 1, 2L, 1));
  }

  @Test
  void noMoreIsLeasedThanWasGranted() {
    grants.add(grant(1, 2));
    grants.add(grant(2, 3));
    shelf.put(MAIL, 100);

    use();
    use();

    assertThat(shelf.byGrant).isEqualTo(Map.of(1L, 2, 2L, 3));
    assertThat(shelf.uses).contains("1: 2 done", "2: 3 done");
    assertThat(grants.isEmpty()).isTrue();
  }

  // ---- What a lessor does not give ------------------------------------------------------------

  @Test
  void aGrantThatIsRefusedEndsAndTheOthersGetItsShare() {
    grants.add(grant(1, 4));
    grants.add(grant(2, 4));
    shelf.refused = 1;
    shelf.put(MAIL, 4);

    use();

    assertThat(shelf.byGrant).isEqualTo(Map.of(2L, 4));
    assertThat(shelf.uses).startsWith("1: 0 done").endsWith("2: 4 done");
  }

  @Test
  void whereTheLessorGivesLessThanItHasTheGrantsWait() {
    grants.add(grant(1, 4));
    grants.add(grant(2, 4));
    shelf.put(MAIL, 8);
    shelf.room = 3;

    use();
    assertThat(shelf.byGrant).isEqualTo(Map.of(1L, 3));

    shelf.room = 100;
    use();
    assertThat(shelf.byGrant).isEqualTo(Map.of(1L, 4, 2L, 4));
  }

  // ---- How a grant ends -----------------------------------------------------------------------

  @Test
  void aRevokedGrantTellsWhatWasUsedOfIt() {
    grants.add(grant(1, 4));
    shelf.put(MAIL, 3);
    use();
    shelf.uses.clear();

    grants.revoke(1, shelf);

    assertThat(shelf.uses).containsExactly("1: 3 done");
    assertThat(grants.isEmpty()).isTrue();
  }

  @Test
  void ofAGrantThatIsNotKnownNothingWasUsed() {
    grants.revoke(7, shelf);

    assertThat(shelf.uses).containsExactly("7: 0 done");
  }

  @Test
  void aHolderThatIsGoneLeavesTheGrantsOfOthers() {
    grants.add(grant(1, 4));
    grants.add(grant(2, 4));

    grants.revokeHolder("holder-1", shelf);
    shelf.put(MAIL, 3);
    use();

    assertThat(shelf.uses).containsExactly("1: 0 done", "2: 3");
  }

  @Test
  void afterClearNothingStands() {
    grants.add(grant(1, 4));

    grants.clear();

    assertThat(grants.isEmpty()).isTrue();
  }

  // ---- What the dispatcher believes -----------------------------------------------------------

  @Test
  void aRightBeliefIsNotAnswered() {
    grants.add(grant(1, 4));

    grants.compare(1, 0, false, shelf);

    assertThat(shelf.uses).isEmpty();
  }

  @Test
  void aWrongBeliefIsAnsweredByTheCount() {
    grants.add(grant(1, 4));
    shelf.put(MAIL, 3);
    use();
    shelf.uses.clear();

    grants.compare(1, 2, false, shelf);

    assertThat(shelf.uses).containsExactly("1: 3");
    assertThat(grants.isEmpty()).isFalse();
  }

  @Test
  void aGrantThatOnlyTheDispatcherKnowsIsDone() {
    grants.compare(9, 2, false, shelf);

    assertThat(shelf.uses).containsExactly("9: 0 done");
  }

  @Test
  void aGrantThatWasAskedBackEndsWithTheComparison() {
    grants.add(grant(1, 4));

    grants.compare(1, 0, true, shelf);

    assertThat(shelf.uses).containsExactly("1: 0 done");
    assertThat(grants.isEmpty()).isTrue();
  }

  // ---- Fixture --------------------------------------------------------------------------------

  private static StandingGrant<String> grant(long seq, int count) {
    return grant(seq, Set.of("mail"), Set.of("send"), count);
  }

  private static StandingGrant<String> grant(
      long seq, Set<String> queues, Set<String> kinds, int count) {
    return grant(seq, queues, kinds, Labels.NONE, count);
  }

  private static StandingGrant<String> grant(
      long seq, Set<String> queues, Set<String> kinds, Labels labels, int count) {
    var grantee = new Grantee("holder-" + seq, 1, "worker-" + seq);
    return new StandingGrant<>(seq, queues, kinds, labels, count, grantee, "session-" + seq);
  }

  private void use() {
    grants.use(List.copyOf(shelf.ready.keySet()), shelf, shelf);
  }

  /** The last word on each grant. */
  private List<String> uses() {
    var last = new LinkedHashMap<String, String>();
    for (var use : shelf.uses) {
      last.put(use.substring(0, use.indexOf(':')), use);
    }
    return List.copyOf(last.values());
  }

  /** Ready tasks, and notes of what became of them. */
  private static final class Shelf
      implements StandingGrants.Lessor<String>, StandingGrants.UseListener {

    final Map<TaskClass, Integer> ready = new LinkedHashMap<>();
    final Map<TaskClass, Long> heads = new LinkedHashMap<>();
    final Map<Long, Integer> byGrant = new LinkedHashMap<>();
    final List<String> leases = new ArrayList<>();
    final List<String> uses = new ArrayList<>();
    long refused;
    int room = Integer.MAX_VALUE;

    void put(TaskClass taskClass, int count) {
      ready.put(taskClass, count);
    }

    @Override
    public int ready(TaskClass taskClass) {
      return ready.getOrDefault(taskClass, 0);
    }

    @Override
    public long head(TaskClass taskClass) {
      return heads.getOrDefault(taskClass, 0L);
    }

    @Override
    public int lease(StandingGrant<String> grant, TaskClass taskClass, int count) {
      if (grant.seq() == refused) {
        return -1;
      }
      var given = Math.min(count, room);
      room -= given;
      ready.merge(taskClass, -given, Integer::sum);
      byGrant.merge(grant.seq(), given, Integer::sum);
      var urgent = taskClass.lane() == Lane.URGENT ? "urgent " : "";
      leases.add(given + " of " + urgent + taskClass.queue() + " to " + grant.seq());
      return given;
    }

    @Override
    public void used(long seq, int leased, boolean done) {
      uses.add(seq + ": " + leased + (done ? " done" : ""));
    }
  }
}
