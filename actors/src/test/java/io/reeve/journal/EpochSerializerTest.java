package io.reeve.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reeve.domain.dispatch.EpochStarted;
import java.io.NotSerializableException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The stored form of an epoch, which never changes. */
class EpochSerializerTest {

  private static final EpochStarted EPOCH = new EpochStarted(7, 1_000, "node-1");
  private static final byte[] STORED = HexFormat.of().parseHex("080710e8071a066e6f64652d31");

  private final EpochSerializer serializer = new EpochSerializer();

  @Test
  void anEpochIsStoredInTheseBytes() throws NotSerializableException {
    assertThat(serializer.manifest(EPOCH)).isEqualTo("e1");
    assertThat(serializer.toBinary(EPOCH)).isEqualTo(STORED);
    assertThat(serializer.fromBinary(STORED, "e1")).isEqualTo(EPOCH);
  }

  @Test
  void bytesOfSomethingElseAreRefused() {
    assertThatThrownBy(() -> serializer.fromBinary(STORED, "e9"))
        .isInstanceOf(NotSerializableException.class);
    assertThatThrownBy(() -> serializer.fromBinary(new byte[] {(byte) 0xff}, "e1"))
        .isInstanceOf(NotSerializableException.class);
  }
}
