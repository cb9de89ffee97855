package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.StatusRuntimeException;
import io.reeve.node.store.StoreException;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.TaskState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole node on a small disk that somebody else fills. */
@Timeout(120)
class FullDiskTest {

  private static final long MIB = 1024L * 1024;

  @TempDir private Path directory = Path.of("");
  private Path disk = Path.of("");
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    mounted = succeeds("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString());
    assumeTrue(mounted, "a disk of 24 MiB cannot be mounted here");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(succeeds("umount", "-l", disk.toString())).isTrue();
    }
  }

  @Test
  void aNodeOnAFullDiskReadsRefusesByNameAndGoesOnOnceThereIsRoom() throws Exception {
    try (var node = new RunningNode(disk.resolve("data"), Map.of("reeve.store.reserve", 8 * MIB))) {
      var before = node.submit("before");
      fill();

      assertThat(refusalByName(node)).startsWith("expected room for new tasks");
      for (var reads = 0; reads < 20; reads++) {
        assertThat(
                node.tasks()
                    .getTask(GetTaskRequest.newBuilder().setTaskId(before).build())
                    .getTask()
                    .getState())
            .isEqualTo(TaskState.TASK_STATE_READY);
      }

      Files.delete(disk.resolve("filler"));
      assertThat(submitOnceThereIsRoom(node)).isNotEmpty();
    }
  }

  @Test
  void aStartOnAFullDiskSaysSo() throws Exception {
    fill();

    var refused =
        catchThrowableOfType(
            StoreException.class, () -> new RunningNode(disk.resolve("data")).close());

    assertThat(refused.reason()).isEqualTo(StoreException.Reason.STORE_FULL);
    assertThat(refused).hasMessageStartingWith("STORE_FULL: no room is left: ");
  }

  /**
   * The node looks at the disk ten times a second, so its first answer may be a row that failed.
   */
  private static String refusalByName(RunningNode node) {
    var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      var refused = catchThrowableOfType(StatusRuntimeException.class, () -> node.submit("full"));
      var description = String.valueOf(refused.getStatus().getDescription());
      if (description.startsWith("expected room for new tasks") || System.nanoTime() > deadline) {
        return description;
      }
    }
  }

  private static String submitOnceThereIsRoom(RunningNode node) {
    var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      try {
        return node.submit("after");
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  private void fill() throws IOException {
    try (var filler = new RandomAccessFile(disk.resolve("filler").toFile(), "rw")) {
      var block = new byte[64 * 1024];
      while (Files.getFileStore(disk).getUsableSpace() > 0) {
        try {
          filler.write(block);
        } catch (IOException full) {
          assertThat(full).hasMessageContaining("No space left");
          return;
        }
      }
    }
  }

  private static boolean succeeds(String... command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}
