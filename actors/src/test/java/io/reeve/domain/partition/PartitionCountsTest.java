package io.reeve.domain.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reeve.domain.partition.PartitionCounts.Line;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PartitionCountsTest {

  private static final long GREW_AT = 1_000_000_000L;
  private static final long DAY = 86_400_000L;
  private static final long SLACK = 600_000L;
  private static final List<String> IDS =
      IntStream.range(0, 1000).mapToObj(i -> "invoice-" + i).toList();

  private final PartitionCounts four = PartitionCounts.always(4);
  private final PartitionCounts eight =
      new PartitionCounts(List.of(new Line(4, 0), new Line(8, GREW_AT)));

  @Test
  void requestIdsSpreadOverAllPartitions() {
    var homes = IDS.stream().collect(Collectors.groupingBy(eight::home, Collectors.counting()));

    assertThat(homes).hasSize(8).allSatisfy((home, ids) -> assertThat(ids).isBetween(80L, 170L));
  }

  /** Stored request ids are found by it, so it must never change. */
  @Test
  void theHomeOfARequestIdIsFixed() {
    assertThat(List.of(four.home("invoice-7"), four.home("invoice-8"), four.home("")))
        .isEqualTo(List.of(3, 2, 0));
  }

  @Test
  void whatNeverGrewHasNoEarlierHomes() {
    assertThat(IDS).allMatch(id -> four.earlierHomes(id, GREW_AT, DAY).isEmpty());
  }

  @Test
  void afterAGrowthEachRequestIdIsFoundAtHomeOrWhereItWentBefore() {
    for (var id : IDS) {
      var places = new HashSet<>(eight.earlierHomes(id, GREW_AT + 1, DAY));
      assertThat(places).doesNotContain(eight.home(id));
      places.add(eight.home(id));
      assertThat(places).contains(four.home(id));
    }
  }

  @Test
  void onceEveryEarlierRequestIdIsForgottenOnlyTheHomeIsLeft() {
    var moved =
        IDS.stream().filter(id -> eight.home(id) != four.home(id)).findFirst().orElseThrow();
    var forgottenAt = GREW_AT + DAY + SLACK;

    assertThat(eight.earlierHomes(moved, forgottenAt - 1, DAY)).containsExactly(four.home(moved));
    assertThat(eight.earlierHomes(moved, forgottenAt, DAY)).isEmpty();
  }

  @Test
  void eachGrowthIsRememberedForItself() {
    var thrice =
        new PartitionCounts(
            List.of(new Line(3, 0), new Line(5, GREW_AT), new Line(7, GREW_AT + DAY)));

    for (var id : IDS) {
      var soon = new HashSet<>(thrice.earlierHomes(id, GREW_AT + DAY - 1, DAY));
      soon.add(thrice.home(id));
      assertThat(soon)
          .contains(PartitionCounts.always(3).home(id), PartitionCounts.always(5).home(id));
      var later = new HashSet<>(thrice.earlierHomes(id, GREW_AT + DAY + SLACK, DAY));
      later.add(thrice.home(id));
      assertThat(later).contains(PartitionCounts.always(5).home(id)).hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void aScheduleIsLookedForAtAllItsEarlierHomesForEver() {
    for (var name : IDS) {
      var homes = new HashSet<>(eight.earlierHomesOfName(name));
      assertThat(homes).doesNotContain(eight.home(name));
      homes.add(eight.home(name));
      assertThat(homes).containsOnly(four.home(name), eight.home(name));
      assertThat(four.earlierHomesOfName(name)).isEmpty();
    }
  }

  @Test
  void numbersThatDoNotGrowAreRefused() {
    assertThatThrownBy(() -> new PartitionCounts(List.of(new Line(4, 0), new Line(4, 1))))
        .hasMessageContaining("expected numbers that grow");
    assertThatThrownBy(() -> new PartitionCounts(List.of()))
        .hasMessageContaining("expected one partition or more");
  }

  @Test
  void aHomeMayGoAwayAndComeBack() {
    var grown = counts(4, 6, 8);
    var cameBack =
        names().filter(n -> home(n, 4) == home(n, 8) && home(n, 6) != home(n, 8)).toList();
    var stayed = names().filter(n -> home(n, 4) == home(n, 6) && home(n, 6) == home(n, 8)).toList();
    var moved = names().filter(n -> home(n, 4) == home(n, 6) && home(n, 6) != home(n, 8)).toList();

    assertThat(cameBack)
        .isNotEmpty()
        .allMatch(grown::homeCameBack)
        .noneMatch(name -> grown.isSoleHome(name, home(name, 8)));
    assertThat(stayed)
        .isNotEmpty()
        .noneMatch(grown::homeCameBack)
        .allMatch(name -> grown.isSoleHome(name, home(name, 8)));
    assertThat(moved)
        .isNotEmpty()
        .noneMatch(grown::homeCameBack)
        .allMatch(name -> grown.isSoleHome(name, home(name, 8)))
        .noneMatch(name -> grown.isSoleHome(name, home(name, 4)));
    assertThat(names()).noneMatch(counts(4, 8, 16)::homeCameBack);
  }

  private static PartitionCounts counts(int... counts) {
    return new PartitionCounts(IntStream.of(counts).mapToObj(count -> new Line(count, 0)).toList());
  }

  private static Stream<String> names() {
    return IntStream.range(0, 300).mapToObj(i -> "order-" + i);
  }

  private static int home(String name, int count) {
    return PartitionCounts.always(count).home(name);
  }
}
