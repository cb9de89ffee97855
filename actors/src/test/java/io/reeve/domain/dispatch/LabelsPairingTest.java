package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which workers get the tasks that require labels. */
class LabelsPairingTest {

  private static final TaskClass PLAIN = taskClass(Map.of());
  private static final TaskClass EUROPEAN = taskClass(Map.of("zone", "eu"));
  private static final TaskClass BOTH = taskClass(Map.of("zone", "eu", "disk", "ssd"));

  private final Dispatch dispatch = new Dispatch(1, Rules.defaults());

  @Test
  void onlyAWorkerWithAllLabelsGetsTheTask() {
    dispatch.inventory(0, 1);
    join("bare", Map.of());
    join("half", Map.of("zone", "eu", "disk", "hdd"));
    join("whole", Map.of("zone", "eu", "disk", "ssd", "rack", "7"));

    dispatch.ready(0, BOTH, 2, 0);

    assertThat(granted()).containsExactly("2 to whole");
  }

  @Test
  void aWorkerThatComesLaterGetsWhatWaitsForItsLabels() {
    dispatch.inventory(0, 1);
    join("bare", Map.of());
    dispatch.ready(0, EUROPEAN, 1, 0);
    assertThat(granted()).isEmpty();
    assertThat(dispatch.classes()).extracting(Dispatch.ClassLine::served).containsExactly(false);

    join("whole", Map.of("zone", "eu"));

    assertThat(granted()).containsExactly("1 to whole");
    assertThat(dispatch.classes()).extracting(Dispatch.ClassLine::served).containsExactly(true);
  }

  @Test
  void tasksWithoutNeedsGoToAnyWorker() {
    dispatch.inventory(0, 1);
    join("bare", Map.of());
    join("whole", Map.of("zone", "eu"));
    dispatch.ready(0, EUROPEAN, 1, 0);
    dispatch.ready(0, PLAIN, 7, 0);

    assertThat(granted()).contains("1 to whole").hasSizeGreaterThan(1);
  }

  @Test
  void whatAWorkerHoldsCountsOnWhenWorkersAreToldApart() {
    dispatch.inventory(0, 1);
    join("whole", Map.of("zone", "eu"));
    dispatch.ready(0, PLAIN, 3, 0);
    assertThat(granted()).containsExactly("3 to whole");

    dispatch.ready(0, EUROPEAN, 5, 0);

    assertThat(granted()).as("its last slot stands at the partition").isEmpty();
    assertThat(dispatch.workers()).extracting(Dispatch.WorkerLine::inFlight).containsExactly(3L);
  }

  @Test
  void aClassThatHasTasksAgainFindsItsWorkers() {
    dispatch.inventory(0, 1);
    join("bare", Map.of());
    join("whole", Map.of("zone", "eu"));
    dispatch.ready(0, EUROPEAN, 1, 0);
    assertThat(granted()).containsExactly("1 to whole");
    dispatch.used(0, 1, 1, true);
    dispatch.dealtWith(0, 1);
    dispatch.ready(0, EUROPEAN, 0, 0);

    // A group begins while nobody needs the label, so these two are not told apart.
    dispatch.register(
        new Offer("other", 1, "other", "pool", List.of("bills"), Set.of("*")),
        new CreditTotals(4, 0, 0, 0, 0));
    dispatch.ready(0, EUROPEAN, 2, 0);

    assertThat(view(EUROPEAN).workers()).isEqualTo(1);
    assertThat(view(PLAIN).workers()).isEqualTo(2);
  }

  @Test
  void aWorkerThatLeavesTakesItsGroupWithIt() {
    dispatch.inventory(0, 1);
    join("whole", Map.of("zone", "eu"));
    dispatch.ready(0, EUROPEAN, 5, 0);
    granted();

    dispatch.end("whole", 1);
    dispatch.ready(0, PLAIN, 1, 0);

    assertThat(granted()).isEmpty();
    assertThat(dispatch.classes())
        .extracting(Dispatch.ClassLine::served)
        .containsExactly(false, false);
  }

  @Test
  void labelsThatNoTaskRequiresDoNotTellWorkersApart() {
    var workforce = new Workforce();
    var credit = new CreditTotals(4, 0, 0, 0, 0);

    assertThat(workforce.add(offer("a", Map.of("host", "a")), credit, 1)).isTrue();
    assertThat(workforce.add(offer("b", Map.of("host", "b")), credit, 1)).isFalse();

    workforce.tellApartBy(Set.of("host"));
    assertThat(workforce.groups()).hasSize(2);
    workforce.tellApartBy(Set.of());
    assertThat(workforce.groups()).singleElement().satisfies(g -> assertThat(g.workers).hasSize(2));
  }

  private StreamView view(TaskClass taskClass) {
    return dispatch.explain(new ReadyTask(taskClass, 0, 0, 0), 0, 0).view();
  }

  private List<String> granted() {
    return dispatch.pair(0).stream()
        .flatMap(order -> order instanceof Order.Propose one ? Stream.of(one) : Stream.of())
        .map(order -> order.count() + " to " + order.to().holder())
        .toList();
  }

  private void join(String holder, Map<String, String> labels) {
    dispatch.register(offer(holder, labels), new CreditTotals(4, 0, 0, 0, 0));
  }

  private static Offer offer(String holder, Map<String, String> labels) {
    return new Offer(holder, 1, holder, "pool", List.of("*"), Set.of("*"), Labels.of(labels), "");
  }

  private static TaskClass taskClass(Map<String, String> needs) {
    return new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL, Labels.of(needs));
  }
}
