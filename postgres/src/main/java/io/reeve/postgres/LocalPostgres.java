package io.reeve.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server with an empty database, for as long as this object is open; with all that
 * makes a commit durable turned on. It listens on the loopback address, unless told otherwise.
 *
 * <p>It is the server that the variable {@value #URL_VARIABLE} names, which is then left as it is;
 * else one of its own, by the programs of this machine or those on the class path, with its data in
 * a new directory that {@link #close} removes. A server of its own ends with this process, unless
 * the process is killed. Works as root, too. Not for two threads at once.
 */
public final class LocalPostgres implements AutoCloseable {

  /** The environment variable that names a server to use instead. */
  public static final String URL_VARIABLE = "REEVE_POSTGRES_URL";

  private static final Logger LOG = LoggerFactory.getLogger(LocalPostgres.class);
  private static final String NAME = "reeve";

  /** The one that every new server has. */
  private static final String DATABASE = "postgres";

  private static final Duration COMMAND_WITHIN = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);
  private static final int LOOKS_MAX = 1200;
  private static final int STARTS_MAX = 20;
  private static final int PASSWORD_BYTES = 16;

  /** Where the server says how far it is, counted from 0; documented in pg_ctl's source. */
  private static final int STATUS_LINE = 7;

  /**
   * Where a server of its own listens.
   *
   * @param address of the network that {@code enter} leads to
   * @param port free there
   * @param clients who may connect with the password, as {@code pg_hba.conf} writes addresses
   * @param enter what stands before the server's command, to run it in another network; may be
   *     empty
   */
  public record Place(String address, int port, String clients, List<String> enter) {

    /** On the loopback address of this machine, for this machine. */
    static Place onLoopback() {
      return new Place("127.0.0.1", freePort(), "127.0.0.1/32", List.of());
    }

    private static int freePort() {
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        throw new LocalPostgresException("cannot find a free port: " + e, e);
      }
    }
  }

  private final String url;
  private final @Nullable Own own;

  /** What there is of a server that this object started. */
  private record Own(
      Path directory, Commands commands, Account account, Binaries binaries, Place place) {

    Path data() {
      return directory.resolve("data");
    }

    Path log() {
      return directory.resolve("server.log");
    }

    List<String> command(String program, String... arguments) {
      var command = new ArrayList<>(List.of(binaries.program(program)));
      command.addAll(List.of(arguments));
      return account.command(command);
    }
  }

  private @Nullable Process server;
  private @Nullable Thread endWithUs;

  private LocalPostgres(String url) {
    this.url = url;
    this.own = null;
  }

  private LocalPostgres(Own own, String password) {
    this.own = own;
    this.url =
        "postgres://%s:%s@%s:%d/%s"
            .formatted(NAME, password, own.place().address(), own.place().port(), DATABASE);
  }

  /**
   * Starts a server and returns once it takes connections; within two minutes.
   *
   * @param environment of the process; says which programs there are, or which server to use
   * @param random fit for secrets
   * @throws LocalPostgresException when there is none or it does not start; the message says why
   */
  public static LocalPostgres start(Map<String, String> environment, RandomGenerator random) {
    var given = environment.getOrDefault(URL_VARIABLE, "");
    return given.isEmpty()
        ? startAt(Place.onLoopback(), environment, random)
        : new LocalPostgres(given);
  }

  /**
   * Starts a server of its own in another place than on the loopback address; otherwise as {@link
   * #start}.
   *
   * @param environment says which programs there are
   */
  public static LocalPostgres startAt(
      Place place, Map<String, String> environment, RandomGenerator random) {
    var directory = newDirectory();
    LocalPostgres postgres = null;
    var started = false;
    try {
      var commands = new Commands(directory, COMMAND_WITHIN);
      var account = Account.choose(commands);
      account.own(directory);
      var binaries = Binaries.find(environment, directory.resolve("programs"));
      var password = password(random);
      postgres =
          new LocalPostgres(new Own(directory, commands, account, binaries, place), password);
      postgres.setUp(password);
      postgres.startServer();
      LOG.info("started {} as a server with pid {}", binaries.origin(), postgres.pid());
      started = true;
      return postgres;
    } catch (IOException e) {
      throw new LocalPostgresException("cannot set up a server in " + directory + ": " + e, e);
    } finally {
      if (!started && postgres != null) {
        postgres.close();
      } else if (!started) {
        remove(directory);
      }
    }
  }

  // ---- Set up -----------------------------------------------------------------------------------

  /** For its owner alone, who will be the account; so it cannot be inside of another such one. */
  private static Path newDirectory() {
    try {
      return Files.createTempDirectory("reeve-postgres-").toRealPath();
    } catch (IOException e) {
      throw new LocalPostgresException("cannot create a directory for temporary files: " + e, e);
    }
  }

  private static String password(RandomGenerator random) {
    var bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private void setUp(String password) throws IOException {
    var own = own();
    var passwordFile = own.directory().resolve("password");
    Files.createFile(
        passwordFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passwordFile, password);
    own.account().own(passwordFile);
    own.commands()
        .output(
            own.command(
                "initdb",
                "--pgdata=" + own.data(),
                "--username=" + NAME,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--data-checksums",
                "--encoding=UTF8",
                "--no-locale"));
    Files.delete(passwordFile);
    Files.writeString(
        own.data().resolve("postgresql.conf"),
        """
        listen_addresses = '%s'
        port = %d
        unix_socket_directories = '%s'
        # A cluster of some nodes, and people who look.
        max_connections = 100
        fsync = on
        synchronous_commit = on
        full_page_writes = on
        shared_buffers = 64MB
        max_wal_size = 256MB
        """
            .formatted(own.place().address(), own.place().port(), own.directory()),
        StandardOpenOption.APPEND);
    Files.writeString(
        own.data().resolve("pg_hba.conf"),
        "host all all %s scram-sha-256%n".formatted(own.place().clients()),
        StandardOpenOption.APPEND);
  }

  // ---- Start and end ----------------------------------------------------------------------------

  /** Starts it; again when what is left of a killed one is still there. */
  private void startServer() {
    for (var start = 1; ; start++) {
      if (awaitReady(launch())) {
        break;
      }
      var log = Commands.read(own().log());
      if (start == STARTS_MAX || !log.contains("still in use")) {
        throw new LocalPostgresException(
            "PostgreSQL (%s) did not start: %s"
                .formatted(own().binaries().origin(), Commands.end(own().log())));
      }
      awaitEnd(LOOK_EVERY);
    }
    if (endWithUs == null) {
      endWithUs = new Thread(this::end, "local-postgres-end");
      Runtime.getRuntime().addShutdownHook(endWithUs);
    }
  }

  private Process launch() {
    var command = new ArrayList<>(own().place().enter());
    command.addAll(own().command("postgres", "-D", own().data().toString()));
    var launched = own().commands().start(command, own().log());
    server = launched;
    return launched;
  }

  /** False when it ended instead. */
  private boolean awaitReady(Process launched) {
    for (var look = 0; look < LOOKS_MAX; look++) {
      if (awaitEnd(LOOK_EVERY)) {
        return false;
      }
      var status = pidFile();
      if (status.size() > STATUS_LINE && status.get(STATUS_LINE).strip().equals("ready")) {
        return true;
      }
    }
    launched.destroyForcibly();
    throw new LocalPostgresException(
        "PostgreSQL was not ready within %d s: %s"
            .formatted(LOOK_EVERY.multipliedBy(LOOKS_MAX).toSeconds(), Commands.end(own().log())));
  }

  /** The lines of the file that is there while the server is. */
  private List<String> pidFile() {
    return Commands.read(own().data().resolve("postmaster.pid")).lines().toList();
  }

  /** Whether the server ended within this time. */
  private boolean awaitEnd(Duration within) {
    try {
      return server == null || server.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalPostgresException("interrupted while waiting for PostgreSQL", e);
    }
  }

  private Own own() {
    if (own == null) {
      throw new IllegalStateException(
          "the server that " + URL_VARIABLE + " names is not ours to start or stop");
    }
    return own;
  }

  // ---- What users ask ---------------------------------------------------------------------------

  /** For {@code reeve.store.url}; with the password. Stays the same over restarts. */
  public String url() {
    return url;
  }

  /** Whether the server was started here, and so may be stopped. */
  public boolean isOwn() {
    return own != null;
  }

  /** Where its data is. */
  public Path data() {
    return own().data();
  }

  /** The server's first process, the parent of all others. */
  public long pid() {
    var lines = pidFile();
    if (lines.isEmpty()) {
      throw new IllegalStateException("expected a server that runs");
    }
    return Long.parseLong(lines.get(0).strip());
  }

  /** The pids of all its processes, the first one's first; empty when it does not run. */
  public List<Long> pids() {
    return processes().stream().map(ProcessHandle::pid).toList();
  }

  private List<ProcessHandle> processes() {
    var lines = pidFile();
    if (server == null || !server.isAlive() || lines.isEmpty()) {
      return List.of();
    }
    var all = new ArrayList<ProcessHandle>();
    ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
        .ifPresent(
            first -> {
              all.add(first);
              first.descendants().forEach(all::add);
            });
    return all;
  }

  /** Stops it in order: open transactions are rolled back, and the data is as if never in use. */
  public void stop() {
    stop("fast");
  }

  /** Stops it without order: connections break, and the next start recovers from the log. */
  public void stopAtOnce() {
    stop("immediate");
  }

  private void stop(String mode) {
    if (server != null && server.isAlive()) {
      own()
          .commands()
          .output(own().command("pg_ctl", "-D", data().toString(), "-m", mode, "-w", "stop"));
      awaitEnd(COMMAND_WITHIN);
    }
  }

  /** SIGKILL of all its processes at once. */
  public void kill() {
    own();
    killProcesses();
    if (!awaitEnd(COMMAND_WITHIN)) {
      throw new LocalPostgresException("PostgreSQL did not end after SIGKILL");
    }
  }

  private void killProcesses() {
    processes().forEach(ProcessHandle::destroyForcibly);
    if (server != null) {
      server.destroyForcibly();
    }
  }

  /** Starts it again on its data, after it was stopped or killed; with another pid. */
  public void restart() {
    if (server != null && server.isAlive()) {
      throw new IllegalStateException("expected a server that was stopped");
    }
    startServer();
  }

  /** Ends a server of its own and removes its data; leaves a given one alone. */
  @Override
  public void close() {
    if (own == null) {
      return;
    }
    if (endWithUs != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(endWithUs);
      } catch (IllegalStateException e) {
        LOG.debug("the process ends already, and the server with it");
      }
    }
    end();
  }

  private void end() {
    killProcesses();
    awaitEnd(COMMAND_WITHIN);
    remove(own().directory());
  }

  /** Its processes may still remove files of theirs, so what is gone already is no error. */
  private static void remove(Path directory) {
    for (var round = 1; Files.exists(directory); round++) {
      try (var files = Files.walk(directory)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException | java.io.UncheckedIOException e) {
        if (round == STARTS_MAX) {
          throw new LocalPostgresException("cannot remove " + directory + ": " + e, e);
        }
      }
    }
  }
}
