package io.reeve.node;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code node.json} in the data directory: who serves it and where, for tools. It is there while
 * the node serves, and stays behind only when the node was killed; so a reader checks the pid.
 *
 * @param http empty: there is no HTTP server
 */
record NodeFile(
    long pid, InetSocketAddress grpc, Optional<InetSocketAddress> http, String version) {

  private static final String NAME = "node.json";

  /** Puts the file into {@code directory}, whole or not at all. */
  void writeTo(Path directory) throws IOException {
    var members = new HashMap<String, Object>();
    members.put("pid", pid);
    members.put("grpc", where(grpc));
    http.ifPresent(address -> members.put("http", where(address)));
    members.put("version", version);
    var json = ConfigValueFactory.fromMap(members).render(ConfigRenderOptions.concise());
    Files.createDirectories(directory);
    var draft = Files.createTempFile(directory, NAME, ".tmp");
    Files.writeString(draft, json + "\n");
    Files.move(
        draft,
        directory.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static Map<String, Object> where(InetSocketAddress address) {
    return Map.of("host", address.getAddress().getHostAddress(), "port", address.getPort());
  }

  static void removeFrom(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(NAME));
  }
}
