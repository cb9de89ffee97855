package io.reeve.worker.builtin;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts commands so that they end with the worker, even when the worker is killed.
 *
 * <p>{@code setsid} gives each command a process group of its own, which a {@link GroupGuard} kills
 * when the command or the worker has ended. {@code setpriv --pdeathsig} makes the kernel kill the
 * command itself, should the worker be killed in the moment before the guard knows the group. The
 * kernel does so when the thread that started the command ends, so one thread starts them all and
 * never ends. Where these programs are missing, commands run without them, and the log says so.
 */
final class Commands {

  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
  private static final long PROBE_SECONDS = 5;

  /** How commands are started on this machine. */
  private record Start(List<String> prefix, @Nullable GroupGuard guard) {}

  private final @Nullable String path;
  private final ExecutorService starter =
      Executors.newSingleThreadExecutor(
          task -> {
            var thread = new Thread(task, "reeve-exec-starter");
            thread.setDaemon(true);
            return thread;
          });

  /** Found out by the first command; used by the starter's thread alone. */
  private @Nullable Start start;

  /**
   * @param environment the worker's own variables, by name
   */
  Commands(UnaryOperator<@Nullable String> environment) {
    this.path = environment.apply("PATH");
  }

  /**
   * Starts a command. The caller closes it.
   *
   * @throws InterruptedException when the calling thread is interrupted; the command is then ended
   */
  RunningCommand start(ProcessBuilder builder) throws IOException, InterruptedException {
    var started = new CompletableFuture<RunningCommand>();
    starter.execute(
        () -> {
          try {
            started.complete(startHere(builder));
          } catch (IOException | RuntimeException failure) {
            started.completeExceptionally(failure);
          }
        });
    try {
      return started.get();
    } catch (InterruptedException interrupted) {
      var unused = started.thenAccept(RunningCommand::close);
      throw interrupted;
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(failure.getCause());
    }
  }

  private RunningCommand startHere(ProcessBuilder builder) throws IOException {
    var how = start;
    if (how == null) {
      how = find();
      start = how;
    }
    var guard = how.guard();
    if (guard != null) {
      guard.ready();
    }
    var command = new ArrayList<>(how.prefix());
    command.addAll(builder.command());
    var process = builder.command(command).start();
    if (guard != null) {
      try {
        guard.watch(process.pid());
      } catch (IOException failure) {
        process.destroyForcibly();
        throw failure;
      }
    }
    return new RunningCommand(process, guard);
  }

  // ---- What there is on this machine ------------------------------------------------------------

  private Start find() {
    var setsid = program("setsid");
    var shell = program("sh");
    var setpriv = program("setpriv");
    var prefix = new ArrayList<String>();
    if (setsid != null) {
      prefix.add(setsid);
    }
    if (setpriv != null) {
      var dying = List.of(setpriv, "--pdeathsig", "KILL", "--");
      if (shell != null && works(dying, shell)) {
        prefix.addAll(dying);
      } else {
        setpriv = null;
      }
    }
    if (setsid == null || shell == null) {
      LOG.warn(
          "exec: no program setsid on the PATH: processes that a command leaves running are not"
              + " ended{}",
          setpriv == null ? ", and a command outlives a worker that is killed" : "");
      return new Start(List.copyOf(prefix), null);
    }
    return new Start(List.copyOf(prefix), new GroupGuard(setsid, shell));
  }

  private @Nullable String program(String name) {
    var directories = (path == null ? "" : path + File.pathSeparator) + "/usr/bin:/bin";
    for (var directory : directories.split(File.pathSeparator, -1)) {
      var file = Path.of(directory, name);
      if (file.isAbsolute() && Files.isExecutable(file)) {
        return file.toString();
      }
    }
    return null;
  }

  /** Some setpriv do not know the option, and some sandboxes refuse it. */
  private static boolean works(List<String> prefix, String shell) {
    var command = new ArrayList<>(prefix);
    command.addAll(List.of(shell, "-c", "exit 0"));
    try {
      var process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      try {
        return process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException refused) {
      LOG.debug("{} cannot be used", prefix, refused);
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
