package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {

  private final TextTable table =
      new TextTable("ID", "STATE", "NAME")
          .row("0-1", "ready", "a short one")
          .row("0-12345", "completed", "an invoice for Zoë");

  @Test
  void columnsAreAligned() {
    assertThat(table.lines(0, (column, cell) -> cell))
        .containsExactly(
            "ID       STATE      NAME",
            "0-1      ready      a short one",
            "0-12345  completed  an invoice for Zoë");
  }

  @Test
  void longLinesAreCutToTheWidthOfTheTerminal() {
    assertThat(table.lines(28, (column, cell) -> cell))
        .containsExactly(
            "ID       STATE      NAME",
            "0-1      ready      a short…",
            "0-12345  completed  an invo…")
        .allMatch(line -> line.length() <= 28);
  }

  @Test
  void columnsWithoutRoomAreLeftOutAndTheFirstNeverIs() {
    assertThat(table.lines(12, (column, cell) -> cell))
        .containsExactly("ID       ST…", "0-1      re…", "0-12345  co…");
    assertThat(table.lines(3, (column, cell) -> cell)).containsExactly("ID", "0-1", "0-12345");
  }

  @Test
  void coloursDoNotDisturbTheColumns() {
    assertThat(table.lines(0, (column, cell) -> column.equals("STATE") ? "<" + cell + ">" : cell))
        .contains("0-1      <ready>      a short one");
  }
}
