package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarksTest {

  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final int FIRST_ENTRY = 64;
  private static final int ENTRY_BYTES = 128;

  @TempDir private Path directory = Path.of("");
  private Path path = Path.of("");

  @BeforeEach
  void begin() throws IOException {
    path = directory.resolve("marks");
    try (var marks = Marks.begin(path, ID)) {
      marks.raise("partition|0", 1);
      marks.raise("dispatcher", 7);
      marks.raise("partition|0", 2);
      marks.raise("partition|0", 3);
      marks.formed();
    }
  }

  @Test
  void marksAreThereAgain() throws IOException {
    try (var marks = Marks.open(path)) {
      assertThat(marks.id()).isEqualTo(ID);
      assertThat(marks.state()).isEqualTo(Marks.State.FORMED);
      assertThat(marks.rows()).isEqualTo(Map.of("partition|0", 3L, "dispatcher", 7L));
    }
  }

  @Test
  void aMarkNeverFalls() throws IOException {
    try (var marks = Marks.open(path)) {
      marks.raise("partition|0", 2);

      assertThat(marks.rows()).containsEntry("partition|0", 3L);
    }
  }

  @Test
  void aMarkThatWasCutOffLeavesTheOneBefore() throws IOException {
    // The third mark went into the first slot, over the first one.
    spoil(FIRST_ENTRY + 7);

    try (var marks = Marks.open(path)) {
      assertThat(marks.rows()).containsEntry("partition|0", 2L);
    }
  }

  @Test
  void anEntryWithoutAnyMarkIsDamaged() throws IOException {
    spoil(FIRST_ENTRY + 7);
    spoil(FIRST_ENTRY + 16 + 7);

    assertThatThrownBy(() -> Marks.open(path)).hasMessage("the mark of partition|0 is damaged");
  }

  @Test
  void aNameThatChangedIsDamaged() throws IOException {
    spoil(FIRST_ENTRY + 32 + 5);

    assertThatThrownBy(() -> Marks.open(path)).hasMessage("its entry 1 is damaged");
  }

  /** As a power failure may leave it: the file has grown, and what was written is not there. */
  @Test
  void entriesAtTheEndThatWereNeverForcedAreAbsent() throws IOException {
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(file.length() + 2 * ENTRY_BYTES + 5);
      file.seek(file.length() - 1);
      file.write(7);
    }

    try (var marks = Marks.open(path)) {
      assertThat(marks.rows()).isEqualTo(Map.of("partition|0", 3L, "dispatcher", 7L));

      marks.raise("partition|1", 4);
      marks.raise("partition|1", 5);
    }

    try (var marks = Marks.open(path)) {
      assertThat(marks.rows())
          .isEqualTo(Map.of("partition|0", 3L, "dispatcher", 7L, "partition|1", 5L));
    }
  }

  @Test
  void aLastEntryThatIsHalfThereIsAbsent() throws IOException {
    spoil(FIRST_ENTRY + ENTRY_BYTES + 32 + 5);

    try (var marks = Marks.open(path)) {
      assertThat(marks.rows()).isEqualTo(Map.of("partition|0", 3L));
    }
  }

  @Test
  void aFileThatIsTooShortIsDamaged() throws IOException {
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(10);
    }

    assertThatThrownBy(() -> Marks.open(path)).hasMessage("its header is damaged");
  }

  private void spoil(int at) throws IOException {
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      var before = file.read();
      file.seek(at);
      file.write(before ^ 0x55);
    }
  }
}
