package io.reeve.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.node.store.MemberDirectory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NextStepTest {

  private static final Duration ASK_FOR = Duration.ofSeconds(5);
  private static final MemberDirectory.Line CRANE =
      new MemberDirectory.Line("crane#1", "crane", "pekko://reeve@127.0.0.1:1");
  private static final MemberDirectory.Line HERON =
      new MemberDirectory.Line("heron#1", "heron", "pekko://reeve@127.0.0.1:2");

  @Test
  void theVeryFirstNodeFormsTheCluster() {
    assertThat(after(true, Duration.ZERO)).isEqualTo(new NextStep.FormNew(List.of()));
  }

  @Test
  void whoComesWhileAnotherFormsItWaits() {
    assertThat(after(false, ASK_FOR.multipliedBy(10))).isEqualTo(new NextStep.Wait());
  }

  @Test
  void livingMembersAreAskedForEver() {
    assertThat(after(false, ASK_FOR.multipliedBy(10), CRANE, HERON))
        .isEqualTo(new NextStep.Ask(List.of(CRANE.address(), HERON.address())));
  }

  @Test
  void membersWithoutALockAreAskedForAWhileBeforeTheyCountAsDead() {
    assertThat(after(true, ASK_FOR.minusMillis(1), CRANE))
        .isEqualTo(new NextStep.Ask(List.of(CRANE.address())));
    assertThat(after(true, ASK_FOR, CRANE)).isEqualTo(new NextStep.FormNew(List.of(CRANE)));
  }

  private static NextStep after(boolean first, Duration asked, MemberDirectory.Line... lines) {
    return NextStep.after(new MemberDirectory.Look(first, List.of(lines)), asked, ASK_FOR);
  }
}
