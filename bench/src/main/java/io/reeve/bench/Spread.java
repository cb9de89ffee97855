package io.reeve.bench;

import java.util.Collection;
import java.util.List;

/**
 * One figure over several rounds.
 *
 * @param median the middle one; of an even number the mean of the two in the middle
 * @param min the smallest
 * @param max the largest
 */
public record Spread(double median, double min, double max) {

  /** Of at least one value. */
  public static Spread of(Collection<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("expected at least one value, got none");
    }
    var sorted = List.copyOf(values).stream().sorted().toList();
    var middle = sorted.size() / 2;
    var median =
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1));
  }
}
