package io.reeve.domain.task;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Labels of a worker, or those that a task requires of its worker: values by name, in the order of
 * the names.
 *
 * <p>Callers choose the texts and may choose many labels of one hash code. The order has no other
 * meaning than to let a hash map find labels among those.
 */
public final class Labels implements Comparable<Labels> {

  /** Those of a worker without labels, and of a task that any worker may run. */
  public static final Labels NONE = new Labels(List.of());

  /** Heap bytes of a label beside its letters. */
  private static final int OVERHEAD = 16;

  /** Name, value, name, value. */
  private final List<String> texts;

  /** Asked for with each look for a class. */
  private final int hash;

  private Labels(List<String> texts) {
    this.texts = texts;
    this.hash = texts.isEmpty() ? 0 : texts.hashCode();
  }

  public static Labels of(Map<String, String> values) {
    if (values.isEmpty()) {
      return NONE;
    }
    var texts = new ArrayList<String>(2 * values.size());
    new TreeMap<>(values)
        .forEach(
            (name, value) -> {
              texts.add(name);
              texts.add(value);
            });
    return new Labels(List.copyOf(texts));
  }

  public boolean isEmpty() {
    return texts.isEmpty();
  }

  public int size() {
    return texts.size() / 2;
  }

  /** Letters of all names and values. */
  public int letters() {
    var letters = 0;
    for (var text : texts) {
      letters += text.length();
    }
    return letters;
  }

  /** Whether these have all of the others, with their values. */
  public boolean include(Labels others) {
    var i = 0;
    for (var o = 0; o < others.texts.size(); o += 2) {
      var name = others.texts.get(o);
      while (i < texts.size() && texts.get(i).compareTo(name) < 0) {
        i += 2;
      }
      if (i >= texts.size()
          || !texts.get(i).equals(name)
          || !texts.get(i + 1).equals(others.texts.get(o + 1))) {
        return false;
      }
      i += 2;
    }
    return true;
  }

  /** Those of these that have one of the names. */
  public Labels only(Collection<String> names) {
    if (texts.isEmpty() || names.isEmpty()) {
      return NONE;
    }
    var some = new ArrayList<String>();
    for (var i = 0; i < texts.size(); i += 2) {
      if (names.contains(texts.get(i))) {
        some.add(texts.get(i));
        some.add(texts.get(i + 1));
      }
    }
    return some.size() == texts.size() ? this : new Labels(List.copyOf(some));
  }

  /** In their order. */
  public Set<String> names() {
    return asMap().keySet();
  }

  /** In the order of the names. */
  public Map<String, String> asMap() {
    var map = new LinkedHashMap<String, String>();
    for (var i = 0; i < texts.size(); i += 2) {
      map.put(texts.get(i), texts.get(i + 1));
    }
    return Collections.unmodifiableMap(map);
  }

  /** The first of them, of as many bytes at most as their letters and heads take. */
  public Labels first(int bytesMax) {
    var bytes = 0;
    for (var i = 0; i < texts.size(); i += 2) {
      bytes += OVERHEAD + texts.get(i).length() + texts.get(i + 1).length();
      if (bytes > bytesMax) {
        return new Labels(List.copyOf(texts.subList(0, i)));
      }
    }
    return this;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Labels that && hash == that.hash && texts.equals(that.texts));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public int compareTo(Labels other) {
    for (var i = 0; i < Math.min(texts.size(), other.texts.size()); i++) {
      var order = texts.get(i).compareTo(other.texts.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(texts.size(), other.texts.size());
  }

  /** As {@code name=value}, with commas. */
  @Override
  public String toString() {
    var all = new ArrayList<String>();
    asMap().forEach((name, value) -> all.add(name + "=" + value));
    return String.join(",", all);
  }
}
