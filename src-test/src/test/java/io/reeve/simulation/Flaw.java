package io.reeve.simulation;

import io.reeve.partition.SimulatedWriter;
import java.util.Set;

/** A safety that can be taken out of the simulated world, to show that its lack is noticed. */
enum Flaw {
  NONE,
  /** Partitions answer before the row is durable. */
  ANSWERS_BEFORE_IT_IS_STORED,
  /** Partitions look at neither fence nor holder of a settlement. */
  IGNORES_FENCES,
  /** Partitions take grants of any epoch. */
  TAKES_OLD_EPOCHS,
  /** Partitions pass over a row when they recover. */
  SKIPS_A_ROW,
  /** Partitions start without fencing those before them. */
  CLAIMS_NOTHING,
  /** Sessions take no notice of their worker's credit. */
  IGNORES_CREDIT,
  /** Nobody restates what a lost message told. */
  AUDITS_NOTHING,
  /** Partitions keep their answers back until a snapshot is stored. */
  WAITS_FOR_SNAPSHOTS,
  /** Partitions end leases before they look at the renewals that wait. */
  ENDS_LEASES_BEFORE_RENEWALS,
  /** Partitions keep every message that a session repeats while the journal is away. */
  KEEPS_EVERY_REPEAT,
  /** Partitions forget the marks of redrives when they recover. */
  REDRIVES_WITHOUT_MARK,
  /** Partitions move a schedule on in a row of its own, before that of its tasks. */
  MOVES_SCHEDULES_ALONE,
  /** Partitions take each worker with a standing grant for one that has every label. */
  STANDS_WHATEVER_LABELS,
  /** Partitions forget who holds which unique key when they recover. */
  FORGETS_UNIQUE_KEYS,
  /** Partitions forget how often workers were lost when they recover. */
  FORGETS_LOSSES,
  /** Partitions keep the dispatcher and the rules that they heed in memory alone. */
  FORGETS_RULES,
  /** Partitions say that they keep rules, and keep them only once they are greeted. */
  ANSWERS_BEFORE_IT_HEEDS,
  /** Sessions never hear that the dispatcher started anew. */
  RESTARTS_IN_SILENCE;

  Set<SimulatedWriter.Flaw> ofPartitions() {
    return switch (this) {
      case NONE, IGNORES_CREDIT, AUDITS_NOTHING, RESTARTS_IN_SILENCE -> Set.of();
      case ANSWERS_BEFORE_IT_IS_STORED -> Set.of(SimulatedWriter.Flaw.ANSWERS_BEFORE_IT_IS_STORED);
      case IGNORES_FENCES -> Set.of(SimulatedWriter.Flaw.IGNORES_FENCES);
      case TAKES_OLD_EPOCHS -> Set.of(SimulatedWriter.Flaw.TAKES_OLD_EPOCHS);
      case CLAIMS_NOTHING -> Set.of(SimulatedWriter.Flaw.CLAIMS_NOTHING);
      case WAITS_FOR_SNAPSHOTS -> Set.of(SimulatedWriter.Flaw.WAITS_FOR_SNAPSHOTS);
      case ENDS_LEASES_BEFORE_RENEWALS -> Set.of(SimulatedWriter.Flaw.ENDS_LEASES_BEFORE_RENEWALS);
      case KEEPS_EVERY_REPEAT -> Set.of(SimulatedWriter.Flaw.KEEPS_EVERY_REPEAT);
      case REDRIVES_WITHOUT_MARK -> Set.of(SimulatedWriter.Flaw.REDRIVES_WITHOUT_MARK);
      case STANDS_WHATEVER_LABELS -> Set.of(SimulatedWriter.Flaw.STANDS_WHATEVER_LABELS);
      case FORGETS_LOSSES -> Set.of(SimulatedWriter.Flaw.FORGETS_LOSSES);
      case MOVES_SCHEDULES_ALONE -> Set.of(SimulatedWriter.Flaw.MOVES_SCHEDULES_ALONE);
      case FORGETS_UNIQUE_KEYS -> Set.of(SimulatedWriter.Flaw.FORGETS_UNIQUE_KEYS);
      case FORGETS_RULES -> Set.of(SimulatedWriter.Flaw.FORGETS_RULES);
      case ANSWERS_BEFORE_IT_HEEDS -> Set.of(SimulatedWriter.Flaw.ANSWERS_BEFORE_IT_HEEDS);
      case SKIPS_A_ROW -> Set.of(SimulatedWriter.Flaw.SKIPS_A_ROW);
    };
  }
}
