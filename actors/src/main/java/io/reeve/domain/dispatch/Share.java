package io.reeve.domain.dispatch;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one queue had in one lane, as a virtual time (start-time fair queueing, Goyal, Vin and Cheng
 * 1996): it pays {@code tasks / weight} for what it is granted.
 */
final class Share {

  final String queue;

  /** Tells shares apart that paid the same. */
  final int no;

  int weight;

  double paid;

  /** Classes of it, those with nothing available included. */
  int classes;

  /** Classes with available tasks. */
  int waiting;

  /** Its classes in the order, by the workers that may run them. */
  final Map<Field, Part> parts = new LinkedHashMap<>();

  Share(String queue, int weight, int no) {
    this.queue = queue;
    this.weight = weight;
    this.no = no;
  }
}
