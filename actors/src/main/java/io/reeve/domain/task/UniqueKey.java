package io.reeve.domain.task;

import java.util.Comparator;

/**
 * What two tasks may not share at one time. Tasks of different tenants never meet.
 *
 * <p>Callers choose the parts and may choose many keys of one hash code. The order has no other
 * meaning than to let a hash map find a key among those.
 *
 * @param tenant of the task; may be empty
 * @param text as the submitter gave it
 */
public record UniqueKey(String tenant, String text) implements Comparable<UniqueKey> {

  /** Characters of the text, at most. */
  public static final int CHARS_MAX = 256;

  private static final Comparator<UniqueKey> ORDER =
      Comparator.comparing(UniqueKey::text).thenComparing(UniqueKey::tenant);

  /** The name by which its partition is found; different keys have different ones. */
  public String name() {
    return tenant.length() + ":" + tenant + text;
  }

  @Override
  public int compareTo(UniqueKey other) {
    return ORDER.compare(this, other);
  }
}
