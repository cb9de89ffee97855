package io.reeve.domain.schedule;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Set;

/** The time zones that a schedule may name. */
public final class Zones {

  /**
   * Abbreviations that some releases of Java know as zones and others do not, and that do not mean
   * what most people expect: EST has no summer time.
   */
  private static final Set<String> AMBIGUOUS = Set.of("EST", "MST", "HST");

  private Zones() {}

  /**
   * The zone of an id from the IANA time zone database, such as {@code Europe/Berlin}, or of an
   * offset, such as {@code +05:30}.
   *
   * @throws InvalidRuleException when Java knows no such zone, or the id is ambiguous
   */
  public static ZoneId of(String id) {
    try {
      if (!AMBIGUOUS.contains(id)) {
        return ZoneId.of(id);
      }
    } catch (DateTimeException unknown) {
      throw new InvalidRuleException(expected(id), unknown);
    }
    throw new InvalidRuleException(expected(id));
  }

  private static String expected(String id) {
    return "expected the id of a time zone, such as Europe/Berlin, got \"%s\"".formatted(id);
  }
}
