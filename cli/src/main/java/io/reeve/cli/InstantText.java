package io.reeve.cli;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Instants as people write them: {@code 2026-12-24T18:00:00Z}, {@code 2026-12-24T19:00+01:00}, or
 * {@code 2026-12-24} for midnight UTC.
 */
public final class InstantText implements ITypeConverter<Instant> {

  @Override
  public Instant convert(String text) {
    return parse(text);
  }

  static Instant parse(String text) {
    var trimmed = text.trim();
    try {
      return trimmed.indexOf('T') < 0 && trimmed.indexOf('t') < 0
          ? LocalDate.parse(trimmed).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(trimmed).toInstant();
    } catch (DateTimeParseException wrong) {
      throw new TypeConversionException(
          "expected an instant such as 2026-12-24T18:00:00Z, 2026-12-24T19:00+01:00 or 2026-12-24"
              + " (midnight UTC), got '"
              + text
              + "'");
    }
  }
}
