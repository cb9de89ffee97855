package io.reeve.check;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What clients read of tasks, against what is stored of them. */
final class Readers {

  private final BiConsumer<Invariant, String> wrong;
  private final Map<String, Fact.ReadAnswered> reads = new HashMap<>();

  Readers(BiConsumer<Invariant, String> wrong) {
    this.wrong = wrong;
  }

  /**
   * @param life of the task; null: it is not stored
   */
  void read(Fact.ReadAnswered read, @Nullable TaskLife life) {
    if (life == null) {
      return;
    }
    var state = read.state();
    if (state == null) {
      if (life.end == null) {
        wrong.accept(
            Invariant.READS_GO_ON,
            "%s: unknown to a reader, it is %s".formatted(read.task(), life));
      }
      return;
    }
    if (state.terminal() && (life.end != state || life.result() != read.result())) {
      wrong.accept(
          Invariant.ONE_END, "%s: read as %s, it is %s".formatted(read.task(), state, life));
    }
    var before = reads.put(read.client() + " " + read.task(), read);
    var seen = before == null ? null : before.state();
    if (before != null
        && seen != null
        && (read.fence() < before.fence() || (seen.terminal() && seen != state))) {
      wrong.accept(
          Invariant.READS_GO_ON,
          "%s: read as %s under fence %d after %s under fence %d"
              .formatted(read.task(), state, read.fence(), seen, before.fence()));
    }
  }

  /**
   * @param life of the task; null: it is not stored
   */
  void failureRead(Fact.FailureRead read, @Nullable TaskLife life) {
    var kept = life == null ? read.failure() : life.latestFailure(read.state(), read.fence());
    if (!Objects.equals(read.failure(), kept)) {
      wrong.accept(Invariant.FAILURE_KEPT, "%s, expected %s".formatted(read, kept));
    }
  }
}
