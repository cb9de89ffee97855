package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Mixin;

/** A command that talks to a server: connects, runs, and turns failures into an exit code. */
abstract class ClientCommand extends AnsweringCommand {

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  ClientCommand(Terminal terminal) {
    super(terminal);
  }

  /** Runs against a connected client. */
  abstract ExitCode run(ReeveClient client);

  @Override
  final ExitCode run() {
    try (var client = connection.connect()) {
      return run(client);
    }
  }

  /**
   * Does the same to several tasks, one after the other. After a refusal it names the task and goes
   * on with the next. It stops when the server is away.
   */
  final ExitCode each(List<String> ids, Function<String, ExitCode> one) {
    if (ids.size() == 1) {
      return one.apply(ids.get(0));
    }
    var worst = ExitCode.OK;
    var firstRefusal = ExitCode.OK;
    var refused = 0;
    for (var i = 0; i < ids.size(); i++) {
      var id = ids.get(i);
      try {
        var exitCode = one.apply(id);
        worst = exitCode == ExitCode.OK ? worst : exitCode;
      } catch (ReeveException refusal) {
        var shown = Failures.of(refusal);
        if (shown.exitCode() == ExitCode.UNREACHABLE) {
          note("stopped at " + id + ", number " + (i + 1) + " of " + ids.size());
          throw refusal;
        }
        firstRefusal = refused++ == 0 ? shown.exitCode() : firstRefusal;
        terminal.out().flush();
        note(
            json()
                ? Json.line(Json.error(shown.exitCode(), refusal, id))
                : "reeve: " + Words.printable(id) + ": " + shown.what());
      }
    }
    if (refused == 0) {
      return worst;
    }
    return refused == ids.size() ? firstRefusal : ExitCode.PARTLY;
  }
}
