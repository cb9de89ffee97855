package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.japi.Util;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentImpl;
import org.apache.pekko.persistence.PersistentRepr;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.runtime.BoxedUnit;
import scala.util.Failure;
import scala.util.Success;
import scala.util.Try;

class GaplessJournalTest {

  private static final Try<BoxedUnit> STORED = new Success<>(BoxedUnit.UNIT);
  private static final Try<BoxedUnit> REJECTED =
      new Failure<>(new IllegalArgumentException("no stored form"));

  @Test
  void withoutAWordOnEachAllWereStored() {
    assertThat(stored(List.of())).isEqualTo(Map.of("partition|0", 5L, "partition|1", 9L));
  }

  @Test
  void aWriteThatWasRejectedIsNotTakenAsStored() {
    assertThat(stored(List.of(STORED, REJECTED))).isEqualTo(Map.of("partition|0", 5L));
    assertThat(stored(List.of(REJECTED, STORED))).isEqualTo(Map.of("partition|1", 9L));
    assertThat(stored(List.of(REJECTED, REJECTED))).isEmpty();
  }

  private static Map<String, Long> stored(List<Try<BoxedUnit>> ends) {
    var stored = new LinkedHashMap<String, Long>();
    GaplessJournal.forEachStored(
        Util.immutableSeq(List.of(write("partition|0", 5), write("partition|1", 9))),
        Util.immutableSeq(ends),
        stored::put);
    return stored;
  }

  private static AtomicWrite write(String persistenceId, long number) {
    PersistentRepr row =
        new PersistentImpl(
            "row", number, persistenceId, "", false, ActorRef.noSender(), "", 0, Option.empty());
    return AtomicWrite.apply(row);
  }
}
