package io.reeve.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import io.reeve.partition.Figures.Count;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.Test;

/** Figures by themselves; PartitionTest shows that partitions count what they do. */
class FiguresTest {

  private final Figures figures = new Figures();

  @Test
  void classesBeyondTheBoundCountTogether() {
    for (var i = 0; i < Figures.CLASSES_MAX + 100; i++) {
      figures.of(taskClass("queue-" + i)).add(Count.SUBMITTED, 2);
    }

    assertThat(figures.classes()).hasSize(Figures.CLASSES_MAX);
    assertThat(figures.others().of(Count.SUBMITTED)).isEqualTo(2 * 101);
    assertThat(figures.waits()).hasSize(Figures.TIMES_MAX);
    assertThat(figures.runs()).hasSize(2);
  }

  @Test
  void aQueueOfTheNameOfTheOthersIsWithinTheBound() {
    for (var i = 0; i < Figures.CLASSES_MAX + 100; i++) {
      figures
          .of(new TaskClass(Figures.OTHER, "kind-" + i, Lane.NORMAL, Priority.NORMAL))
          .add(Count.SUBMITTED, 1);
    }

    assertThat(figures.classes()).hasSize(Figures.CLASSES_MAX);
    assertThat(figures.others().of(Count.SUBMITTED)).isEqualTo(101);
  }

  @Test
  void aQuestionThatIsLostIsAskedAgain() {
    var kit = ActorTestKit.create();
    try {
      var forgetful = kit.<Partition.Command>createTestProbe();
      var impatient = new Figures(Duration.ofMillis(1));
      impatient.opened(1, forgetful.getRef());

      impatient.look(1).toCompletableFuture().join();
      forgetful.expectMessageClass(Partition.Look.class);

      forgetful.awaitAssert(
          () -> {
            assertThat(impatient.look(1).toCompletableFuture().join()).isEmpty();
            return forgetful.expectMessageClass(Partition.Look.class);
          });
    } finally {
      kit.shutdownTestKit();
    }
  }

  @Test
  void lanesAndPrioritiesAreNotToldApart() {
    figures.of(new TaskClass("q", "k", Lane.URGENT, Priority.HIGH)).add(Count.STARTED, 1);
    figures.of(new TaskClass("q", "k", Lane.NORMAL, Priority.LOW)).add(Count.STARTED, 1);

    assertThat(figures.of(new TaskClass("q", "k", Lane.NORMAL, Priority.NORMAL)).of(Count.STARTED))
        .isEqualTo(2);
  }

  @Test
  void aTimeIsInTheFirstBoundThatHoldsIt() {
    var times = TimeFigures.ofTasks();
    times.addMillis(-5);
    times.addMillis(1);
    times.addMillis(2);
    times.addMillis(TimeUnit.HOURS.toMillis(2));

    var bounds = times.boundsSeconds();
    assertThat(bounds[0]).isEqualTo(0.001);
    assertThat(bounds[bounds.length - 1]).isInfinite();
    assertThat(times.counts()).hasSameSizeAs(bounds).startsWith(2, 1, 0).endsWith(0, 1);
    assertThat(LongStream.of(times.counts()).sum()).isEqualTo(4);
    assertThat(times.sumSeconds()).isEqualTo(7200.003);
  }

  @Test
  void aPartitionThatDoesNotAnswerIsMissing() throws Exception {
    var kit = ActorTestKit.create();
    try {
      var silent = kit.<Partition.Command>createTestProbe();
      figures.opened(1, silent.getRef());

      assertThat(figures.look(10).toCompletableFuture().get(5, TimeUnit.SECONDS)).isEmpty();
      assertThat(figures.look(10).toCompletableFuture().get(5, TimeUnit.SECONDS)).isEmpty();
      silent.expectMessageClass(Partition.Look.class);
      silent.expectNoMessage(Duration.ZERO);

      figures.closed(1, silent.getRef());
      assertThat(figures.look(60_000).toCompletableFuture().get(5, TimeUnit.SECONDS)).isEmpty();
    } finally {
      kit.shutdownTestKit();
    }
  }

  private static TaskClass taskClass(String queue) {
    return new TaskClass(queue, "kind", Lane.NORMAL, Priority.NORMAL);
  }
}
