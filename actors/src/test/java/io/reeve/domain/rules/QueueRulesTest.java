package io.reeve.domain.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reeve.domain.rules.QueueChange.Configure;
import io.reeve.domain.rules.QueueChange.PauseUntil;
import io.reeve.domain.rules.QueueChange.Resume;
import org.junit.jupiter.api.Test;

class QueueRulesTest {

  private static final long NOON = 1_000_000;
  private static final QueueRules.Bounds BOUNDS = new QueueRules.Bounds(2, 1);

  @Test
  void aChangeHasTheNextVersion() {
    var rules = set(QueueRules.NONE, weight("mail", 5), NOON);

    rules = set(rules, weight("print", 2), NOON);

    assertThat(rules.version()).isEqualTo(2);
    assertThat(rules.of("mail").version()).isEqualTo(1);
    assertThat(rules.of("mail").settings().weight()).isEqualTo(5);
    assertThat(rules.of("print").version()).isEqualTo(2);
  }

  @Test
  void aQueueThatNobodySetIsPlain() {
    assertThat(QueueRules.NONE.of("mail")).isEqualTo(QueueRule.NONE);
  }

  @Test
  void theSameAgainChangesNothing() {
    var rules = set(QueueRules.NONE, weight("mail", 5), NOON);

    assertThat(rules.decide(weight("mail", 5), BOUNDS, NOON + 1))
        .isEqualTo(new QueueDecision.Already());
  }

  @Test
  void theSameAgainChangesNothingThoughItExpectsTheVersionBefore() {
    var wish = new Configure("mail", 5, LanePreference.STRICT, 0, "ann", "");
    var rules = set(QueueRules.NONE, wish, NOON);

    assertThat(rules.decide(wish, BOUNDS, NOON)).isEqualTo(new QueueDecision.Already());
  }

  @Test
  void anotherVersionThanTheExpectedOneIsRefused() {
    var rules = set(QueueRules.NONE, weight("mail", 5), NOON);

    var decision =
        rules.decide(new Configure("mail", 6, LanePreference.STRICT, 0, "", ""), BOUNDS, NOON);

    assertThat(decision)
        .isEqualTo(
            new QueueDecision.Refused(
                QueueDecision.Code.VERSION_CHANGED,
                "expected version 0 of queue mail, got version 1"));
  }

  @Test
  void aQueueThatIsPlainAgainIsForgotten() {
    var rules = set(QueueRules.NONE, weight("mail", 5), NOON);

    rules = set(rules, weight("mail", 1), NOON);

    assertThat(rules.byQueue()).isEmpty();
    assertThat(rules.version()).isEqualTo(2);
  }

  @Test
  void noMoreQueuesThanTheBoundHaveSettings() {
    var rules = set(QueueRules.NONE, weight("a", 5), NOON);
    rules = set(rules, weight("b", 5), NOON);

    assertThat(codeOf(rules.decide(weight("c", 5), BOUNDS, NOON)))
        .isEqualTo(QueueDecision.Code.TOO_MANY_QUEUES);
    assertThat(rules.decide(weight("b", 6), BOUNDS, NOON)).isInstanceOf(QueueDecision.Change.class);
  }

  // ---- Pauses

  @Test
  void aPauseSaysByWhomAndWhyAndSinceWhen() {
    var rules = set(QueueRules.NONE, new PauseUntil("mail", 0, "ann", "upgrade"), NOON);

    assertThat(rules.of("mail").settings().pause()).isEqualTo(new Pause("ann", "upgrade", NOON, 0));
    assertThat(rules.pausesVersion()).isEqualTo(1);
    assertThat(rules.forPartitions().pauses("mail", NOON + 1)).isTrue();
    assertThat(rules.forPartitions().pauses("print", NOON + 1)).isFalse();
  }

  @Test
  void anotherReasonKeepsTheBeginning() {
    var rules = set(QueueRules.NONE, new PauseUntil("mail", 0, "ann", "upgrade"), NOON);

    rules = set(rules, new PauseUntil("mail", NOON + 60, "bob", "longer"), NOON + 5);

    assertThat(rules.of("mail").settings().pause())
        .isEqualTo(new Pause("bob", "longer", NOON, NOON + 60));
  }

  @Test
  void anotherReasonIsNoNewsForPartitions() {
    var rules = set(QueueRules.NONE, new PauseUntil("mail", 0, "ann", "upgrade"), NOON);

    rules = set(rules, new PauseUntil("mail", 0, "bob", "longer"), NOON + 5);

    assertThat(rules.version()).isEqualTo(2);
    assertThat(rules.pausesVersion()).isEqualTo(1);
  }

  @Test
  void aQueueThatHasNothingButAPauseThatIsOverHasNoVersion() {
    var rules = set(QueueRules.NONE, new PauseUntil("mail", NOON + 60, "ann", ""), NOON);
    var wish = new Configure("mail", 5, LanePreference.STRICT, 0, "ann", "");

    assertThat(rules.of("mail").at(NOON + 60)).isEqualTo(QueueRule.NONE);
    assertThat(rules.decide(wish, BOUNDS, NOON + 60)).isInstanceOf(QueueDecision.Change.class);
    assertThat(codeOf(rules.decide(wish, BOUNDS, NOON + 59)))
        .isEqualTo(QueueDecision.Code.VERSION_CHANGED);
  }

  @Test
  void aPauseEndsByTheClockAlone() {
    var rules = set(QueueRules.NONE, new PauseUntil("mail", NOON + 60, "ann", ""), NOON);

    assertThat(rules.forPartitions().pauses("mail", NOON + 59)).isTrue();
    assertThat(rules.forPartitions().pauses("mail", NOON + 60)).isFalse();
    assertThat(rules.forPartitions().nextEndMs(NOON)).isEqualTo(NOON + 60);
    assertThat(rules.forPartitions().nextEndMs(NOON + 60)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aPauseThatIsOverGoesWithTheNextEvent() {
    var rules = set(QueueRules.NONE, new PauseUntil("mail", NOON + 60, "ann", ""), NOON);

    rules = set(rules, weight("print", 2), NOON + 61);

    assertThat(rules.byQueue()).containsOnlyKeys("print");
  }

  @Test
  void aPauseThatIsOverIsNoneForTheNextWish() {
    var rules = set(QueueRules.NONE, new PauseUntil("mail", NOON + 60, "ann", ""), NOON);

    assertThat(rules.decide(new Resume("mail", "", ""), BOUNDS, NOON + 61))
        .isEqualTo(new QueueDecision.Already());
  }

  @Test
  void aResumedQueueGoesOn() {
    var rules = set(QueueRules.NONE, new PauseUntil("mail", 0, "ann", ""), NOON);

    rules = set(rules, new Resume("mail", "bob", "done"), NOON + 1);

    assertThat(rules.forPartitions().pausedUntilMs()).isEmpty();
    assertThat(rules.pausesVersion()).isEqualTo(2);
    assertThat(rules.byQueue()).isEmpty();
  }

  @Test
  void anEndThatHasPassedIsRefused() {
    assertThat(codeOf(QueueRules.NONE.decide(new PauseUntil("q", NOON, "", ""), BOUNDS, NOON)))
        .isEqualTo(QueueDecision.Code.PAUSE_IS_OVER);
  }

  @Test
  void noMoreQueuesThanTheBoundArePaused() {
    var rules = set(QueueRules.NONE, new PauseUntil("a", NOON + 60, "", ""), NOON);
    var another = new PauseUntil("b", 0, "", "");

    assertThat(codeOf(rules.decide(another, BOUNDS, NOON + 59)))
        .isEqualTo(QueueDecision.Code.TOO_MANY_PAUSES);
    assertThat(rules.decide(another, BOUNDS, NOON + 60)).isInstanceOf(QueueDecision.Change.class);
  }

  @Test
  void otherSettingsLeaveThePauseAsItIs() {
    var rules = set(QueueRules.NONE, new PauseUntil("mail", 0, "ann", "upgrade"), NOON);

    rules = set(rules, weight("mail", 5), NOON + 1);

    assertThat(rules.of("mail").settings().pause()).isEqualTo(new Pause("ann", "upgrade", NOON, 0));
    assertThat(rules.pausesVersion()).isEqualTo(1);
    assertThat(rules.version()).isEqualTo(2);
  }

  @Test
  void theQueuesWithOtherRulesThanBeforeAreNamed() {
    var before = set(QueueRules.NONE, weight("mail", 5), NOON);
    before = set(before, weight("print", 5), NOON);
    before = set(before, weight("scan", 5), NOON);

    var after = set(before, weight("mail", 6), NOON);
    after = set(after, weight("print", 1), NOON);
    after = set(after, weight("fax", 2), NOON);

    assertThat(after.changedSince(before)).containsExactlyInAnyOrder("mail", "print", "fax");
  }

  // ---- Values

  @Test
  void weightsAndSharesHaveBounds() {
    assertThatThrownBy(() -> new QueueSettings(0, LanePreference.STRICT, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new QueueSettings(1_001, LanePreference.STRICT, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LanePreference.weighted(0, 20))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new LanePreference(LanePreference.Mode.STRICT, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- Epochs

  @Test
  void theNextEpochIsAboveAllThatAreKnown() {
    var recorded = Recorded.NOTHING.after(new EpochStarted(3, NOON, "n"));

    assertThat(recorded.next(0, NOON, "n").epoch()).isEqualTo(4);
    assertThat(recorded.next(9, NOON, "n").epoch()).isEqualTo(10);
  }

  private static Configure weight(String queue, int weight) {
    return new Configure(queue, weight, LanePreference.STRICT, QueueChange.ANY_VERSION, "ann", "");
  }

  private static QueueRules set(QueueRules rules, QueueChange change, long nowMs) {
    var decision = rules.decide(change, new QueueRules.Bounds(100, 100), nowMs);
    return rules.after(((QueueDecision.Change) decision).event());
  }

  private static QueueDecision.Code codeOf(QueueDecision decision) {
    return ((QueueDecision.Refused) decision).code();
  }
}
