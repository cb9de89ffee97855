package io.reeve.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Rows in aligned columns, two blanks apart. Lines longer than the terminal lose their tail, the
 * last visible character becoming an ellipsis; the first column is never cut.
 */
final class TextTable {

  private static final String GAP = "  ";

  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  TextTable(String... header) {
    this.header = List.of(header);
  }

  TextTable row(String... cells) {
    if (cells.length != header.size()) {
      throw new IllegalArgumentException(
          "expected " + header.size() + " cells, got " + cells.length);
    }
    rows.add(Arrays.asList(cells));
    return this;
  }

  /**
   * The lines, header first.
   *
   * @param columns width of a line, at most; 0 for no bound
   * @param paint colours a cell, given its column's header; must not change the visible characters
   */
  List<String> lines(int columns, BiFunction<String, String, String> paint) {
    var widths = new int[header.size()];
    measure(header, widths);
    rows.forEach(row -> measure(row, widths));
    var lines = new ArrayList<String>();
    lines.add(line(header, widths, columns, (column, cell) -> cell));
    rows.forEach(row -> lines.add(line(row, widths, columns, paint)));
    return lines;
  }

  private static void measure(List<String> cells, int[] widths) {
    for (var i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], length(cells.get(i)));
    }
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private String line(
      List<String> cells, int[] widths, int columns, BiFunction<String, String, String> paint) {
    var out = new StringBuilder();
    var used = 0;
    var last = cells.size() - 1;
    for (var i = 0; i <= last; i++) {
      var cell = cells.get(i);
      var left = columns == 0 || i == 0 ? Integer.MAX_VALUE : columns - used;
      if (left < 1) {
        break;
      }
      var shown = length(cell) <= left ? cell : cut(cell, left);
      out.append(paint.apply(header.get(i), shown));
      used += Math.max(widths[i], 0) + GAP.length();
      if (i < last && (columns == 0 || used < columns)) {
        out.append(" ".repeat(widths[i] - length(shown))).append(GAP);
      }
    }
    return out.toString().stripTrailing();
  }

  private static String cut(String cell, int length) {
    return cell.substring(0, cell.offsetByCodePoints(0, length - 1)) + "…";
  }
}
