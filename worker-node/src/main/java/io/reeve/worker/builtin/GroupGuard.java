package io.reeve.worker.builtin;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small shell process beside the worker that kills process groups: each when the worker says so,
 * and all that are left when the worker is gone, however it ended. It learns of that by the end of
 * its standard input, which only the worker writes to. Java itself cannot kill a process group.
 *
 * <p>When the guard itself is killed, the next call starts another one, which is told all groups.
 */
final class GroupGuard {

  private static final Logger LOG = LoggerFactory.getLogger(GroupGuard.class);

  private static final String SCRIPT =
      """
      trap '' HUP INT TERM
      groups=' '
      while read -r order group; do
        case $order in
          watch)
            case $groups in
              *" $group "*) ;;
              *) groups="$groups$group " ;;
            esac ;;
          end)
            kill -s KILL -- "-$group" 2>/dev/null
            case $groups in
              *" $group "*) groups="${groups%%" $group "*} ${groups#*" $group "}" ;;
            esac ;;
        esac
      done
      for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
      """;

  private final List<String> command;
  private final Set<Long> groups = new LinkedHashSet<>();
  private @Nullable Process guard;

  /**
   * @param setsid the program, so that signals for the worker's group do not reach the guard
   * @param shell a POSIX shell
   */
  GroupGuard(String setsid, String shell) {
    this.command = List.of(setsid, shell, "-c", SCRIPT, "reeve-exec-guard");
  }

  /** From now on the group ends with the worker. */
  synchronized void watch(long group) throws IOException {
    groups.add(group);
    try {
      say("watch " + group);
    } catch (IOException failure) {
      groups.remove(group);
      throw failure;
    }
  }

  /** Kills what is left of a group and forgets it. */
  synchronized void end(long group) throws IOException {
    say("end " + group);
    groups.remove(group);
  }

  /** Starts the guard unless it runs, so that it can watch a group the moment there is one. */
  synchronized void ready() throws IOException {
    var running = guard;
    if (running != null && running.isAlive()) {
      return;
    }
    if (running != null) {
      LOG.warn("the process that guards the commands of exec was killed; starting another one");
    }
    var fresh = start();
    for (var group : groups) {
      write(fresh, "watch " + group);
    }
    guard = fresh;
  }

  private void say(String order) throws IOException {
    ready();
    var running = guard;
    if (running != null) {
      write(running, order);
    }
  }

  private Process start() throws IOException {
    var builder =
        new ProcessBuilder(command)
            .directory(new File("/"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    return builder.start();
  }

  private static void write(Process guard, String order) throws IOException {
    var writer = guard.outputWriter(StandardCharsets.US_ASCII);
    writer.write(order);
    writer.write('\n');
    writer.flush();
  }
}
