package io.reeve.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.task.Labels;
import io.reeve.session.Session.WorkerFigures;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerCardTest {

  private final WorkerCard card = new WorkerCard();

  @ParameterizedTest
  @CsvSource({
    "4, '',                     ONLINE",
    "4, WORKER_STATE_STARTING,  ONLINE",
    "4, WORKER_STATE_RUNNING,   ONLINE",
    "1, UNRECOGNIZED,           ONLINE",
    "4, WORKER_STATE_DRAINING,  DRAINING",
    "4, WORKER_STATE_STOPPING,  DRAINING",
    "0, WORKER_STATE_RUNNING,   DRAINING",
    "0, '',                     DRAINING"
  })
  void aConnectedWorkerThatTakesNoWorkIsDraining(int capacity, String state, WorkerStatus status) {
    assertThat(WorkerStatus.ofConnected(capacity, state)).isEqualTo(status);
  }

  @Test
  void withoutAHelloThereIsNothingToSee() {
    card.connected(credit(4), 0, 1, null);
    card.waiting("SILENT", 0, 2);
    card.end(true);

    assertThat(card.read()).isNull();
  }

  @Test
  void figuresStayUntilThereAreNewOnes() {
    card.introduce(hello(Set.of("echo")), 3, 10);
    assertThat(entry().status())
        .as("its leases are not confirmed")
        .isEqualTo(WorkerStatus.RESUMING);

    card.connected(credit(8), 3, 20, figures(2));
    card.connected(credit(6), 2, 30, null);

    assertThat(entry().status()).isEqualTo(WorkerStatus.ONLINE);
    assertThat(entry().capacity()).isEqualTo(6);
    assertThat(entry().leases()).isEqualTo(2);
    assertThat(Objects.requireNonNull(entry().figures()).active()).isEqualTo(2);
    assertThat(entry().heardAtNanos()).isEqualTo(30);
  }

  @Test
  void whoDoesNotComeBackIsGoneForTheReasonOfTheBreak() {
    card.introduce(hello(Set.of("echo")), 0, 10);
    card.connected(credit(8), 3, 20, figures(2));

    card.waiting("SILENT", 3, 25);
    assertThat(entry().status()).isEqualTo(WorkerStatus.RESUMING);
    assertThat(entry().reason()).isEqualTo("SILENT");
    assertThat(entry().leases()).isEqualTo(3);
    assertThat(entry().capacity()).as("as it stated last").isEqualTo(8);

    card.end(true);
    assertThat(entry().status()).isEqualTo(WorkerStatus.OFFLINE);
    assertThat(entry().reason()).isEqualTo("SILENT");
    assertThat(entry().leases()).isZero();
    assertThat(entry().heardAtNanos()).isEqualTo(25);
  }

  @Test
  void whoSaysGoodbyeHasLeft() {
    card.introduce(hello(Set.of("echo")), 0, 10);

    card.end(false);

    assertThat(entry().status()).isEqualTo(WorkerStatus.OFFLINE);
    assertThat(entry().reason()).isEqualTo("LEFT");
  }

  @Test
  void ofManyNamesTheFirstAreShownAndTheOthersCounted() {
    var kinds =
        IntStream.range(0, 1000).mapToObj("kind-%03d"::formatted).collect(Collectors.toSet());

    card.introduce(hello(kinds), 0, 10);

    var shown = entry().worker().kinds();
    assertThat(shown.first()).hasSize(51).startsWith("kind-000", "kind-001").endsWith("kind-050");
    assertThat(shown.more()).isEqualTo(949);
    assertThat(entry().worker().queues()).isEqualTo(new WorkerCard.Names(List.of("default"), 0));
  }

  @Test
  void ofManyLabelsTheFirstAreShownAndTheOthersCounted() {
    var labels =
        Labels.of(
            IntStream.range(0, 32)
                .boxed()
                .collect(Collectors.toMap("label-%02d"::formatted, i -> "x".repeat(72))));

    card.introduce(hello(Set.of("echo"), labels), 0, 10);

    var shown = entry().worker();
    assertThat(shown.labels().names())
        .containsExactly("label-00", "label-01", "label-02", "label-03", "label-04");
    assertThat(shown.moreLabels()).isEqualTo(27);
  }

  private WorkerCard.Entry entry() {
    return Objects.requireNonNull(card.read(), "expected an entry");
  }

  private static CreditTotals credit(int capacity) {
    return new CreditTotals(capacity, 0, 0, 0, 0);
  }

  private static WorkerFigures figures(int active) {
    return new WorkerFigures("WORKER_STATE_RUNNING", active, 0, 0, 0, 0, 0);
  }

  private static Session.Hello hello(Set<String> kinds) {
    return hello(kinds, Labels.NONE);
  }

  private static Session.Hello hello(Set<String> kinds, Labels labels) {
    return new Session.Hello(
        "wren",
        "main",
        "a1",
        List.of("default"),
        kinds,
        labels,
        4,
        0,
        null,
        List.of(),
        "test",
        "box",
        1);
  }
}
