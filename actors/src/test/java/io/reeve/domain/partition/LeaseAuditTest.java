package io.reeve.domain.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaseAuditTest {

  private static final long INTERVAL = 100;

  private final LeaseAudit audit = new LeaseAudit(INTERVAL);

  @Test
  void withoutLeasesItWaitsForNothing() {
    assertThat(audit.due(0, false)).isFalse();
    assertThat(audit.inNanos(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void itIsDueOnceAnIntervalWhileThereAreLeases() {
    assertThat(audit.due(7, true)).isFalse();
    assertThat(audit.inNanos(7)).isEqualTo(INTERVAL);
    assertThat(audit.due(106, true)).isFalse();
    assertThat(audit.inNanos(106)).isEqualTo(1);
    assertThat(audit.due(107, true)).isTrue();
    assertThat(audit.due(107, true)).isFalse();
    assertThat(audit.due(207, true)).isTrue();
  }

  @Test
  void leasesAfterAPauseWaitAnIntervalAnew() {
    audit.due(0, true);
    assertThat(audit.due(150, false)).isFalse();
    assertThat(audit.due(160, true)).isFalse();
    assertThat(audit.inNanos(160)).isEqualTo(INTERVAL);
  }
}
