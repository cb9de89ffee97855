package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reeve.domain.partition.PartitionCounts;
import io.reeve.domain.partition.PartitionCounts.Line;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(StoreKind.class)
class PartitionGrowthTest {

  private static final long NOON = 1_795_262_400_000L;
  private static final long EVENING = NOON + 21_600_000L;

  private final StoreKind.Opened opened;
  private final Store store;

  PartitionGrowthTest(StoreKind kind, @TempDir Path directory) {
    opened = kind.open(directory);
    store = opened.store();
  }

  @AfterEach
  void close() {
    opened.close();
  }

  @Test
  void aNewStoreGetsFourPartitionsAndSixteenWhenItIsShared() {
    assertThat(PartitionGrowth.of(store, 0).count()).isEqualTo(store.shared() ? 16 : 4);
    assertThat(PartitionGrowth.of(store, 7).count()).isEqualTo(7);
  }

  @Test
  void nothingIsWrittenBeforeTheNumberIsKept() {
    var growth = PartitionGrowth.of(store, 8);

    assertThat(growth.kept()).isEmpty();
    assertThat(store.partitionCounts()).isEmpty();

    assertThat(growth.keep(NOON)).isEqualTo(PartitionCounts.always(8));
    assertThat(store.partitionCounts()).containsExactly(new Line(8, 0));
  }

  @Test
  void aStoreKeepsItsNumberWhereTheSettingSaysNone() {
    PartitionGrowth.of(store, 7).keep(NOON);

    var again = PartitionGrowth.of(store, 0);

    assertThat(again.count()).isEqualTo(7);
    assertThat(again.kept()).contains(PartitionCounts.always(7));
  }

  @Test
  void aStoreThatGrowsRemembersWhenAndWhichNumberItHad() {
    PartitionGrowth.of(store, 4).keep(NOON);

    var growth = PartitionGrowth.of(store, 8);

    assertThat(growth.kept()).isEmpty();
    var grown = new PartitionCounts(List.of(new Line(4, 0), new Line(8, NOON)));
    assertThat(growth.keep(NOON)).isEqualTo(grown);
    assertThat(PartitionGrowth.of(store, 8).kept()).contains(grown);
  }

  @Test
  void ofNodesThatGrowTogetherTheFirstSaysWhen() {
    PartitionGrowth.of(store, 4).keep(NOON);
    var first = PartitionGrowth.of(store, 8);
    var second = PartitionGrowth.of(store, 8);

    assertThat(first.keep(NOON)).isEqualTo(second.keep(EVENING));
    assertThat(store.partitionCounts()).containsExactly(new Line(4, 0), new Line(8, NOON));
  }

  @Test
  void aNumberThatOthersOvertookIsRefused() {
    var late = PartitionGrowth.of(store, 4);
    PartitionGrowth.of(store, 8).keep(NOON);

    assertThatThrownBy(() -> late.keep(EVENING)).hasMessageContaining("start again");
  }

  @Test
  void fewerPartitionsThanThereAreAreRefusedWithWhatToDo() {
    PartitionGrowth.of(store, 8).keep(NOON);

    assertThatThrownBy(() -> PartitionGrowth.of(store, 4))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason().misconfigured()).isTrue())
        .hasMessageStartingWith("reeve.partition.count: expected 8 or more, got 4; ")
        .hasMessageEndingWith("set it to 8, or leave it out");
  }
}
