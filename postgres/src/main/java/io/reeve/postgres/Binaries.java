package io.reeve.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The programs of PostgreSQL that a server is run with.
 *
 * @param programs the directory with initdb, pg_ctl and postgres
 * @param origin where they come from, for people
 */
record Binaries(Path programs, String origin) {

  private static final List<String> NEEDED = List.of("initdb", "pg_ctl", "postgres");

  /** Where Debian and its kin put each version. */
  private static final Path PACKAGED = Path.of("/usr/lib/postgresql");

  /**
   * The newest that a package put on this machine, else those on the search path, else those on the
   * class path, which are unpacked.
   *
   * @param unpackTo a directory for the last case; created
   */
  static Binaries find(Map<String, String> environment, Path unpackTo) {
    return packaged(PACKAGED)
        .or(() -> onPath(environment.getOrDefault("PATH", "")))
        .orElseGet(() -> embedded(unpackTo));
  }

  static Optional<Binaries> packaged(Path root) {
    if (!Files.isDirectory(root)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(root)) {
      return versions
          .filter(version -> complete(version.resolve("bin")))
          .max(Comparator.comparingInt(Binaries::version))
          .map(version -> new Binaries(version.resolve("bin"), "the installed " + version));
    } catch (IOException e) {
      throw new LocalPostgresException("cannot look for PostgreSQL in " + root + ": " + e, e);
    }
  }

  private static int version(Path directory) {
    try {
      return Integer.parseInt(String.valueOf(directory.getFileName()));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  static Optional<Binaries> onPath(String path) {
    return Stream.of(path.split(":", -1))
        .filter(each -> !each.isEmpty())
        .map(Path::of)
        .filter(Binaries::complete)
        .findFirst()
        .map(programs -> new Binaries(programs, programs + " on the search path"));
  }

  private static boolean complete(Path programs) {
    return NEEDED.stream().allMatch(name -> Files.isExecutable(programs.resolve(name)));
  }

  /** Takes a second or two, and 60 MB of disk. */
  static Binaries embedded(Path unpackTo) {
    var name = archive(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    try (var packed = name == null ? null : Binaries.class.getResourceAsStream("/" + name)) {
      if (packed == null) {
        throw new LocalPostgresException(
            "there is no PostgreSQL on this machine and none for it in this program; install the"
                + " package postgresql, or name a server by "
                + LocalPostgres.URL_VARIABLE);
      }
      Files.createDirectories(unpackTo);
      Archive.unpack(packed, unpackTo);
      return new Binaries(unpackTo.resolve("bin"), "the one that comes with this program");
    } catch (IOException e) {
      throw new LocalPostgresException("cannot unpack PostgreSQL to " + unpackTo + ": " + e, e);
    }
  }

  /** The name in the jars of io.zonky.test.postgres; null where there is none. */
  private static @Nullable String archive(String system, String processor) {
    var arm = processor.equals("aarch64") || processor.equals("arm64");
    var kind = arm ? "arm_64" : "x86_64";
    var name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("linux")) {
      return "postgres-linux-" + kind + ".txz";
    }
    return name.startsWith("mac") ? "postgres-darwin-" + kind + ".txz" : null;
  }

  String program(String name) {
    return programs.resolve(name).toString();
  }
}
