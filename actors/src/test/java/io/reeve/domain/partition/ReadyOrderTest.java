package io.reeve.domain.partition;

import static io.reeve.domain.task.Priority.CRITICAL;
import static io.reeve.domain.task.Priority.HIGH;
import static io.reeve.domain.task.Priority.LOW;
import static io.reeve.domain.task.Priority.NORMAL;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadyOrderTest {

  private static final TaskClass MAILS =
      new TaskClass("mails", "send", Lane.NORMAL, Priority.NORMAL);
  private static final TaskClass CHARGES =
      new TaskClass("charges", "charge", Lane.NORMAL, Priority.NORMAL);

  private final Map<Long, TaskProfile> ready = new HashMap<>();
  private final ReadyOrder order = new ReadyOrder(ready::containsKey);

  @Test
  void theHigherPriorityLeavesFirstWheneverItCame() {
    add(MAILS, LOW, 1);
    add(MAILS, HIGH, 2);
    add(MAILS, NORMAL, 3);
    add(MAILS, CRITICAL, 4);

    assertThat(drain(MAILS.withPriority(LOW))).containsExactly(4L, 2L, 3L, 1L);
  }

  @Test
  void aGrantOfAClassNeverLeasesALessImportantTask() {
    add(MAILS, LOW, 1);
    add(MAILS, HIGH, 2);
    add(MAILS, NORMAL, 3);

    assertThat(drain(MAILS)).containsExactly(2L, 3L);
    assertThat(order.count(MAILS.withPriority(LOW))).isEqualTo(1);
  }

  @Test
  void aMoreImportantTaskLeavesThoughNothingOfTheClassIsReady() {
    add(MAILS, CRITICAL, 1);

    assertThat(drain(MAILS)).containsExactly(1L);
  }

  @Test
  void eachPriorityIsCountedByItself() {
    add(MAILS, LOW, 1);
    add(MAILS, HIGH, 2);
    add(MAILS, HIGH, 3);

    assertThat(changes())
        .isEqualTo(Map.of(MAILS.withPriority(LOW), 1, MAILS.withPriority(HIGH), 2));
    assertThat(order.readyClasses())
        .containsExactly(MAILS.withPriority(HIGH), MAILS.withPriority(LOW));
  }

  @Test
  void aPlaceIsWhatOfTheClassLeavesBefore() {
    add(MAILS, HIGH, 1);
    add(MAILS, NORMAL, 2);
    add(MAILS, NORMAL, 3);
    add(MAILS, NORMAL, 4);
    add(CHARGES, NORMAL, 5);
    ready.remove(2L);

    assertThat(order.place(MAILS, 4)).isEqualTo(new Place(1, false));
    assertThat(order.place(MAILS.withPriority(HIGH), 1)).isEqualTo(Place.FIRST);
    assertThat(order.place(CHARGES, 5)).isEqualTo(Place.FIRST);
    assertThat(order.place(CHARGES.withPriority(LOW), 6)).isEqualTo(Place.FIRST);
  }

  @Test
  void ofEqualPrioritiesTheLowerNumberLeavesFirst() {
    add(MAILS, NORMAL, 2);
    add(MAILS, NORMAL, 3);
    add(MAILS, NORMAL, 1);

    assertThat(drain(MAILS)).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aClassHandsOutItsOwnTasksOnly() {
    add(MAILS, NORMAL, 1);
    add(CHARGES, CRITICAL, 2);

    assertThat(drain(MAILS)).containsExactly(1L);
    assertThat(drain(CHARGES)).containsExactly(2L);
    assertThat(order.poll(new TaskClass("none", "none", Lane.URGENT, Priority.NORMAL)))
        .isEqualTo(-1);
  }

  @Test
  void aTaskThatIsReadyNoMoreIsPassedOver() {
    add(MAILS, NORMAL, 1);
    add(MAILS, NORMAL, 2);
    withdraw(1);

    assertThat(drain(MAILS)).containsExactly(2L);
  }

  @Test
  void classesWithReadyTasksAreToldInTheOrderTheyCame() {
    add(MAILS, NORMAL, 1);
    add(CHARGES, NORMAL, 2);
    assertThat(order.readyClasses()).containsExactly(MAILS, CHARGES);

    withdraw(1);

    assertThat(order.readyClasses()).containsExactly(CHARGES);
    assertThat(order.total()).isEqualTo(1);
    assertThat(order.count(MAILS)).isZero();
  }

  @Test
  void aChangedCountIsToldOnce() {
    add(MAILS, NORMAL, 1);
    add(MAILS, NORMAL, 2);
    add(CHARGES, NORMAL, 3);
    assertThat(changes()).isEqualTo(Map.of(MAILS, 2, CHARGES, 1));
    assertThat(changes()).isEmpty();

    withdraw(3);

    assertThat(changes()).isEqualTo(Map.of(CHARGES, 0));
  }

  @Test
  void theNextTaskIsToldWithTheCount() {
    add(MAILS, NORMAL, 3);
    add(MAILS, NORMAL, 2);
    add(CHARGES, NORMAL, 4);
    withdraw(2);
    withdraw(4);

    var heads = new LinkedHashMap<TaskClass, Long>();
    order.drainChanged((taskClass, count, head) -> heads.put(taskClass, head));

    assertThat(heads).isEqualTo(Map.of(MAILS, 3L, CHARGES, -1L));
  }

  @Test
  void aCountThatSomebodyHasWrongIsToldAgain() {
    add(MAILS, NORMAL, 1);
    add(CHARGES, NORMAL, 2);
    changes();

    order.touchWhereNot(Map.of(MAILS, 1, CHARGES, 5));
    assertThat(changes()).isEqualTo(Map.of(CHARGES, 1));

    order.touchWhereNot(Map.of(MAILS, 1));
    assertThat(changes()).isEqualTo(Map.of(CHARGES, 1));
  }

  @Test
  void aClassIsToldAgainOnRequestThoughNothingOfItIsReady() {
    add(MAILS, NORMAL, 1);
    changes();

    order.touch(MAILS);
    order.touch(CHARGES);

    assertThat(changes()).isEqualTo(Map.of(MAILS, 1, CHARGES, 0));
    assertThat(changes()).isEmpty();
  }

  @Test
  void theOrderOutlivesASweepOfWithdrawnTasks() {
    for (var number = 1; number <= 5_000; number++) {
      add(MAILS, number % 2 == 0 ? NORMAL : HIGH, number);
    }
    for (var number = 1; number <= 4_990; number++) {
      withdraw(number);
    }

    assertThat(drain(MAILS))
        .containsExactly(4991L, 4993L, 4995L, 4997L, 4999L, 4992L, 4994L, 4996L, 4998L, 5000L);
  }

  private void add(TaskClass taskClass, Priority priority, long number) {
    var profile = profile(taskClass, priority);
    ready.put(number, profile);
    order.add(profile.taskClass(), number);
  }

  /** It was leased, cancelled or expired. */
  private void withdraw(long number) {
    order.remove(requireNonNull(ready.remove(number)).taskClass());
  }

  private List<Long> drain(TaskClass taskClass) {
    var numbers = new ArrayList<Long>();
    for (var next = order.poll(taskClass); next >= 0; next = order.poll(taskClass)) {
      numbers.add(next);
      withdraw(next);
    }
    return numbers;
  }

  private Map<TaskClass, Integer> changes() {
    var told = new LinkedHashMap<TaskClass, Integer>();
    order.drainChanged((taskClass, count, head) -> told.put(taskClass, count));
    return told;
  }

  private static TaskProfile profile(TaskClass taskClass, Priority priority) {
    var once = new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 1, 0);
    return new TaskProfile(taskClass.withPriority(priority), 1_000, 0, once, "");
  }
}
