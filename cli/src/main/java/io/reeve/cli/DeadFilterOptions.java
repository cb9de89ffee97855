package io.reeve.cli;

import com.google.protobuf.Timestamp;
import io.reeve.v1.DeadLetterFilter;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that tell which dead letters are meant. */
final class DeadFilterOptions {

  @Option(
      names = {"-q", "--queue"},
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only tasks of this queue.")
  String queue = "";

  @Option(
      names = {"-k", "--kind"},
      paramLabel = "KIND",
      defaultValue = "",
      description = "Only tasks of this kind.")
  String kind = "";

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only tasks of this tenant.")
  String tenant = "";

  @Option(
      names = {"-g", "--group"},
      paramLabel = "FINGERPRINT",
      defaultValue = "",
      description = "Only tasks of this group of errors, as 'reeve dead groups' shows it.")
  String group = "";

  @Option(
      names = "--since",
      paramLabel = "DURATION|INSTANT",
      description = "Only tasks that died since then: 2h, 7d, 2026-12-24 or 2026-12-24T18:00:00Z.")
  @Nullable String since;

  @Option(
      names = "--until",
      paramLabel = "DURATION|INSTANT",
      description = "Only tasks that died until then, in the same form.")
  @Nullable String until;

  /** Whether any of them is given. */
  boolean given() {
    return !(queue + kind + tenant + group).isEmpty() || since != null || until != null;
  }

  DeadLetterFilter filter(Clock clock) {
    var filter =
        DeadLetterFilter.newBuilder()
            .setQueue(queue)
            .setKind(kind)
            .setTenant(tenant)
            .setFingerprint(group);
    if (since != null) {
      filter.setDiedFrom(timestamp(ListCommand.since(since, clock)));
    }
    if (until != null) {
      filter.setDiedUntil(timestamp(ListCommand.since(until, clock)));
    }
    return filter.build();
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
