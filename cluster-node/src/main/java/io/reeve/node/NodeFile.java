package io.reeve.node;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * {@code node.json} in the data directory: who serves it and where, for tools. It is there while
 * the node serves, and stays behind only when the node was killed; so a reader checks the pid.
 */
record NodeFile(long pid, String host, int port, String version) {

  private static final String NAME = "node.json";

  static NodeFile of(long pid, InetSocketAddress grpc, String version) {
    return new NodeFile(pid, grpc.getAddress().getHostAddress(), grpc.getPort(), version);
  }

  /** Puts the file into {@code directory}, whole or not at all. */
  void writeTo(Path directory) throws IOException {
    var json =
        ConfigValueFactory.fromMap(
                Map.of("pid", pid, "grpc", Map.of("host", host, "port", port), "version", version))
            .render(ConfigRenderOptions.concise());
    Files.createDirectories(directory);
    var draft = Files.createTempFile(directory, NAME, ".tmp");
    Files.writeString(draft, json + "\n");
    Files.move(
        draft,
        directory.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  static void removeFrom(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(NAME));
  }
}
