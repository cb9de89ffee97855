package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.PartitionStory.Start;
import io.reeve.domain.task.Task;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A grant that arrives after the end of its holder leases nothing: nobody would run the task. */
class EndedHolderTest {

  private final PartitionStory story = new PartitionStory();

  @ParameterizedTest
  @EnumSource(Start.class)
  void aLateGrantLeasesNothing(Start start) {
    story.submit(profile());
    story.submit(profile());
    story.lease("anna", 1);
    end("anna", 1);
    story.start(start);

    assertThat(story.lease("anna", 1)).isNull();

    assertThat(story.state.ready()).isEqualTo(2);
    assertThat(story.get(1).past().losses()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aLateGrantLeasesNothingToAHolderThatNeverHadALease(Start start) {
    story.submit(profile());
    end("anna", 1);
    story.start(start);

    assertThat(story.lease("anna", 1)).isNull();
  }

  @Test
  void aLaterSessionOfTheHolderMayComeBack() {
    var task = story.submit(profile());
    end("anna", 1);

    story.batch(
        events ->
            story.state.leases().attach("anna", 2, new long[0], new long[0], story.now(), events));
    story.batch(
        events ->
            story
                .state
                .leases()
                .lease(
                    PartitionStory.MAIL,
                    1,
                    new LeaseRules.Grantee("anna", 2, "worker of anna"),
                    story.now(),
                    events));

    assertThat(story.get(task)).isInstanceOf(Task.Leased.class);
  }

  @Test
  void anAttachOfAnEarlierSessionIsRefused() {
    end("anna", 3);

    assertThat(attach("anna", 2)).isNull();
    assertThat(story.state.leases().sessionNo("anna")).isEqualTo(3);
  }

  /** A worker that never got its welcome resumes with the same token: two sessions, one number. */
  @Test
  void anotherSessionWithTheNumberOfTheOneThatIsGoneMayComeBack() {
    story.submit(profile());
    end("anna", 1);

    assertThat(attach("anna", 1)).isEmpty();

    assertThat(story.lease("anna", 1)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void leasesOfAHolderThatCameBackRunOutLikeAnyOther(Start start) {
    var task = story.submit(profile());
    end("anna", 1);
    attach("anna", 2);
    story.batch(
        events ->
            story
                .state
                .leases()
                .lease(
                    PartitionStory.MAIL,
                    1,
                    new LeaseRules.Grantee("anna", 2, "worker of anna"),
                    story.now(),
                    events));
    story.start(start);
    assertThat(story.get(task)).isInstanceOf(Task.Leased.class);

    story.pass(PartitionStory.LEASE);

    assertThat(story.get(task)).isInstanceOf(Task.Queued.class);
  }

  @Test
  void endingTwiceIsStoredOnce() {
    end("anna", 1);
    var stored = story.journal.size();

    end("anna", 1);

    assertThat(story.journal).hasSize(stored);
  }

  @Test
  void anEndOfAnEarlierSessionEndsNothing() {
    var task = story.submit(profile());
    story.lease("anna", 1);
    story.batch(
        events ->
            story
                .state
                .leases()
                .attach("anna", 2, new long[] {task}, new long[] {1}, story.now(), events));

    end("anna", 1);

    assertThat(story.get(task)).isInstanceOf(Task.Leased.class);
  }

  @Test
  void theOldestIsForgottenBeyondTheNumberAndTheTime() {
    for (var i = 0; i <= PartitionStory.ROOMY.ended().max(); i++) {
      end("h" + i, 1);
    }
    assertThat(story.state.leases().sessionNo("h0")).isZero();
    assertThat(story.state.leases().sessionNo("h1")).isEqualTo(1);

    story.stall(Duration.ofMillis(PartitionStory.ROOMY.ended().keptMs() + 1));
    story.batch(events -> {});

    assertThat(story.state.snapshot().ended()).isEmpty();
  }

  private @Nullable List<Integer> attach(String holder, int sessionNo) {
    return story
        .state
        .leases()
        .attach(holder, sessionNo, new long[0], new long[0], story.now(), story.journal);
  }

  private void end(String holder, int sessionNo) {
    story.batch(events -> story.state.leases().end(holder, sessionNo, true, story.now(), events));
  }
}
