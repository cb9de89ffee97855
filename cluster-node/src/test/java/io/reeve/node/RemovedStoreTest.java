package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.ConfigFactory;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.reeve.v1.TaskServiceGrpc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of the store go away below a node that runs. */
class RemovedStoreTest {

  @TempDir private Path directory = Path.of("");

  @Test
  void aNodeWhoseDirectoryIsRemovedAcknowledgesNothingAndEnds() throws Exception {
    breaks(
        data -> {
          try (var files = Files.list(data)) {
            for (var file : files.toList()) {
              Files.delete(file);
            }
          }
          Files.delete(data);
        },
        "journal.db was removed");
  }

  @Test
  void aNodeWhoseLogIsReplacedAcknowledgesNothingAndEnds() throws Exception {
    breaks(
        data -> {
          var log = data.resolve("journal.db-wal");
          var copy = Files.copy(log, data.resolve("copy"));
          Files.move(copy, log, StandardCopyOption.REPLACE_EXISTING);
        },
        "journal.db-wal was replaced");
  }

  private interface Harm {
    void to(Path data) throws IOException;
  }

  private void breaks(Harm harm, String told) throws Exception {
    var data = directory.resolve("data");
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var started = new CompletableFuture<String>();
    var config =
        ConfigFactory.parseMap(
            Map.of(
                "reeve.store.directory",
                data.toString(),
                "reeve.grpc.port",
                0,
                "reeve.http.port",
                "off"));
    var thread = Executors.newSingleThreadExecutor();
    try (var print =
        new PrintStream(out, true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            started.complete(line);
          }
        }) {
      var code =
          CompletableFuture.supplyAsync(
              () ->
                  NodeMain.run(
                      null,
                      config,
                      all -> ProductionParts.open(all, RunningNode.senses()),
                      print,
                      new PrintStream(err, true, StandardCharsets.UTF_8)),
              thread);
      var port = started.get(60, TimeUnit.SECONDS).replaceAll(".*grpc [^:]*:(\\d+),.*", "$1");
      var channel =
          NettyChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(port))
              .usePlaintext()
              .build();
      try {
        assertThat(submit(channel, "before").getTaskIdsCount()).isEqualTo(1);
        harm.to(data);

        var refused =
            catchThrowableOfType(StatusRuntimeException.class, () -> submit(channel, "after"));

        assertThat(refused.getStatus().getDescription())
            .contains("repeat with the same request id");
        assertThat(code.get(60, TimeUnit.SECONDS)).isEqualTo(NodeMain.STORE_REMOVED);
        assertThat(err.toString(StandardCharsets.UTF_8))
            .startsWith("reeve node: STORE_REMOVED: ")
            .contains(told);
      } finally {
        channel.shutdownNow();
      }
    } finally {
      thread.shutdownNow();
    }
  }

  private static io.reeve.v1.SubmitTasksResponse submit(
      io.grpc.ManagedChannel channel, String request) {
    return TaskServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .submitTasks(RunningNode.submission(request));
  }
}
