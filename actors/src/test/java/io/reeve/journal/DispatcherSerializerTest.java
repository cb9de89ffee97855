package io.reeve.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reeve.domain.rules.EpochStarted;
import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.Pause;
import io.reeve.domain.rules.QueueRule;
import io.reeve.domain.rules.QueueRules;
import io.reeve.domain.rules.QueueSet;
import io.reeve.domain.rules.QueueSettings;
import io.reeve.domain.rules.Recorded;
import java.io.NotSerializableException;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The stored forms of the dispatcher's journal, which never change. */
class DispatcherSerializerTest {

  private static final EpochStarted EPOCH = new EpochStarted(7, 1_000, "node-1");
  private static final byte[] STORED = HexFormat.of().parseHex("080710e8071a066e6f64652d31");
  private static final QueueSettings SETTINGS =
      new QueueSettings(
          5, LanePreference.weighted(80, 20), new Pause("ann", "upgrade", 1_000, 2_000));
  private static final QueueSet QUEUE = new QueueSet(3, "mail", SETTINGS, "ann", "upgrade", 1_000);
  private static final byte[] STORED_QUEUE =
      HexFormat.of()
          .parseHex(
              "080312046d61696c1a1e0805100118502014"
                  + "2a140a03616e6e12077570677261646518e80720d00f"
                  + "2203616e6e2a077570677261646530e807");

  private final DispatcherSerializer serializer = new DispatcherSerializer();

  @Test
  void anEpochIsStoredInTheseBytes() throws NotSerializableException {
    assertThat(serializer.manifest(EPOCH)).isEqualTo("e1");
    assertThat(serializer.toBinary(EPOCH)).isEqualTo(STORED);
    assertThat(serializer.fromBinary(STORED, "e1")).isEqualTo(EPOCH);
  }

  @Test
  void aChangeOfAQueueIsStoredInTheseBytes() throws NotSerializableException {
    assertThat(serializer.manifest(QUEUE)).isEqualTo("e2");
    assertThat(HexFormat.of().formatHex(serializer.toBinary(QUEUE)))
        .isEqualTo(HexFormat.of().formatHex(STORED_QUEUE));
    assertThat(serializer.fromBinary(STORED_QUEUE, "e2")).isEqualTo(QUEUE);
  }

  @Test
  void aQueueWithoutSettingsIsReadAsOne() throws NotSerializableException {
    var plain = new QueueSet(4, "mail", QueueSettings.PLAIN, "", "", 1_000);

    assertThat(serializer.fromBinary(serializer.toBinary(plain), "e2")).isEqualTo(plain);
  }

  @Test
  void aSnapshotIsReadAsItWasStored() throws NotSerializableException {
    var rules =
        new QueueRules(
            9,
            3,
            Map.of(
                "mail", new QueueRule(3, SETTINGS),
                "print", new QueueRule(9, new QueueSettings(2, LanePreference.ALTERNATE, null))));
    var recorded = new Recorded(7, rules, 0);

    assertThat(serializer.manifest(recorded)).isEqualTo("e3");
    assertThat(serializer.fromBinary(serializer.toBinary(recorded), "e3")).isEqualTo(recorded);
  }

  @Test
  void bytesOfSomethingElseAreRefused() {
    assertThatThrownBy(() -> serializer.fromBinary(STORED, "e9"))
        .isInstanceOf(NotSerializableException.class);
    assertThatThrownBy(() -> serializer.fromBinary(new byte[] {(byte) 0xff}, "e1"))
        .isInstanceOf(NotSerializableException.class);
  }
}
