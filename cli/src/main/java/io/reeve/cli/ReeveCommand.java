package io.reeve.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/** The {@code reeve} command: its subcommands, its exit codes, and the words for errors. */
@Command(
    name = "reeve",
    description = {
      "Reeve runs background work and does not lose it.",
      "",
      "'submit' submits tasks. A 'node' stores them and assigns them to workers in any language."
          + " 'worker' runs a worker with built-in kinds. 'demo' shows everything in a minute."
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve demo                                see Reeve work while a worker crashes",
      "  reeve cluster-demo                        see three nodes, and one of them crash",
      "  reeve node                                a server on 127.0.0.1:7460, data in ./data",
      "  reeve worker                              a worker with the built-in kinds",
      "  reeve submit echo 'hello' --wait          one task and its result",
      "  reeve explain 0-42                        why a task does not start, and what to do",
      "  reeve dead groups                         tasks that died, grouped by error",
      "  reeve schedules list                      what submits tasks by itself, and when next",
      "  reeve nodes                               the nodes of the cluster and their state",
      "  reeve workers                             the workers, their state and their load",
      "  reeve demand                              how many workers the work needs",
      "  reeve queues list                         the queues, their rules and their ready tasks",
      "",
      "'reeve COMMAND --help' or 'reeve help COMMAND' explains each command."
    })
public final class ReeveCommand implements Runnable {

  private static final int HELP_COLUMNS = 100;

  /** Java's replacement for bytes that it could not decode. */
  private static final char UNREADABLE = '\ufffd';

  private final Terminal terminal;

  private ReeveCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Runs one command line and returns the exit code of the process. */
  public static int run(Terminal terminal, Programs programs, String... args) {
    for (var arg : args) {
      if (arg.indexOf(UNREADABLE) >= 0) {
        terminal.err().println("reeve: " + unreadable(arg));
        return ExitCode.USAGE.number();
      }
    }
    var exitCode = commandLine(terminal, programs).execute(args);
    terminal.flush();
    var failure = terminal.outFailure();
    if (failure == null) {
      return exitCode;
    }
    if (Output.readerIsGone(failure)) {
      return ExitCode.READER_GONE.number();
    }
    terminal.err().println("reeve: the output could not be written: " + failure.getMessage());
    return exitCode == ExitCode.OK.number() ? ExitCode.FAILED.number() : exitCode;
  }

  /** An argument with bytes that Java could not read as text, each of which it has replaced. */
  private static String unreadable(String arg) {
    return "expected arguments in the encoding of the locale, got '"
        + Words.printable(arg)
        + "' with other bytes. Set a UTF-8 locale, such as LC_ALL=C.UTF-8, or use"
        + " --payload-file.";
  }

  static CommandLine commandLine(Terminal terminal, Programs programs) {
    var root = new CommandLine(new ReeveCommand(terminal));
    root.addSubcommand("demo", new DemoCommand(terminal, programs));
    root.addSubcommand("cluster-demo", new ClusterDemoCommand(terminal, programs));
    root.addSubcommand("node", new NodeCommand(terminal, programs));
    root.addSubcommand("worker", new WorkerCommand(programs));
    root.addSubcommand("submit", new SubmitCommand(terminal));
    root.addSubcommand("get", new GetCommand(terminal));
    root.addSubcommand("explain", new ExplainCommand(terminal));
    root.addSubcommand("list", new ListCommand(terminal));
    root.addSubcommand("watch", new WatchCommand(terminal));
    root.addSubcommand("cancel", new CancelCommand(terminal));
    root.addSubcommand(
        "dead",
        new CommandLine(new DeadCommand())
            .addSubcommand("list", new DeadListCommand(terminal))
            .addSubcommand("groups", new DeadGroupsCommand(terminal))
            .addSubcommand("show", new DeadShowCommand(terminal))
            .addSubcommand("redrive", new DeadRedriveCommand(terminal))
            .addSubcommand("discard", new DeadDiscardCommand(terminal)));
    root.addSubcommand("schedules", schedules(terminal));
    root.addSubcommand("nodes", new NodesCommand(terminal));
    root.addSubcommand("workers", new WorkersCommand(terminal));
    root.addSubcommand("demand", new DemandCommand(terminal));
    root.addSubcommand(
        "queues",
        new CommandLine(new QueuesCommand())
            .addSubcommand("list", new QueuesListCommand(terminal))
            .addSubcommand("get", new QueuesGetCommand(terminal))
            .addSubcommand("set", new QueuesSetCommand(terminal))
            .addSubcommand("pause", new QueuesPauseCommand(terminal))
            .addSubcommand("resume", new QueuesResumeCommand(terminal)));
    root.addSubcommand("cron", new CronCommand(terminal));
    root.addSubcommand(
        "store",
        new CommandLine(new StoreCommand())
            .addSubcommand("migrate", new StoreMigrateCommand(terminal))
            .addSubcommand("accept-loss", new StoreAcceptLossCommand(terminal)));
    root.addSubcommand("bench", new BenchCommand(terminal, programs));
    root.addSubcommand("bench-worker", new BenchWorkerCommand());
    root.addSubcommand("version", new VersionCommand(terminal));
    root.addSubcommand("help", new HelpCommand());
    var exitCodes = new LinkedHashMap<String, String>();
    Arrays.stream(ExitCode.values())
        .forEach(code -> exitCodes.put(Integer.toString(code.number()), code.meaning()));
    setUp(root, exitCodes);
    for (var command : root.getSubcommands().values()) {
      if (command.getCommand() instanceof HelpCommand) {
        // It is the help, and has the option for help itself.
        continue;
      }
      setUp(command, exitCodes);
      command.getSubcommands().values().forEach(below -> setUp(below, exitCodes));
    }
    root.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    root.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    root.setColorScheme(
        CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF));
    root.setExecutionExceptionHandler(
        (failure, command, parsed) -> tell(terminal, failure, command));
    root.setParameterExceptionHandler((wrong, args) -> tell(terminal, wrong, wantsJson(args)));
    return root;
  }

  private static CommandLine schedules(Terminal terminal) {
    return new CommandLine(new SchedulesCommand())
        .addSubcommand("list", new ScheduleListCommand(terminal))
        .addSubcommand("get", new ScheduleGetCommand(terminal))
        .addSubcommand("set", new ScheduleSetCommand(terminal))
        .addSubcommand("next", new ScheduleNextCommand(terminal))
        .addSubcommand("pause", new SchedulePauseCommand(terminal))
        .addSubcommand("resume", new ScheduleResumeCommand(terminal))
        .addSubcommand("trigger", new ScheduleTriggerCommand(terminal))
        .addSubcommand("backfill", new ScheduleBackfillCommand(terminal))
        .addSubcommand("delete", new ScheduleDeleteCommand(terminal));
  }

  private static void setUp(CommandLine command, Map<String, String> exitCodes) {
    var spec = command.getCommandSpec();
    spec.mixinStandardHelpOptions(true);
    spec.versionProvider(new VersionCommand.Provider());
    spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(exitCodes);
    spec.usageMessage().optionListHeading("%nOptions:%n");
    spec.usageMessage().commandListHeading("%nCommands:%n");
    spec.usageMessage().parameterListHeading("%n");
    spec.usageMessage().width(HELP_COLUMNS);
    command.setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static int tell(Terminal terminal, Exception failure, CommandLine command) {
    var cause = Failures.cause(failure);
    if (cause instanceof Output.Lost) {
      // Told by run(), once for whatever command it was.
      return ExitCode.FAILED.number();
    }
    var shown = Failures.of(cause);
    var wants = command.getCommand() instanceof Verbose verbose ? verbose : null;
    terminal.out().flush();
    if (wants != null && wants.json()) {
      terminal.err().println(Json.line(Json.error(shown.exitCode(), cause)));
    } else {
      terminal.err().println("reeve: " + shown.what());
      if (!shown.next().isEmpty()) {
        terminal.err().println(shown.next());
      }
    }
    if (wants != null && wants.verbose()) {
      cause.printStackTrace(terminal.err());
    }
    return shown.exitCode().number();
  }

  /** Whether a command line that could not be parsed asks for JSON. */
  private static boolean wantsJson(String... args) {
    for (var i = 0; i < args.length; i++) {
      var arg = args[i].toLowerCase(Locale.ROOT);
      var next = i + 1 < args.length ? args[i + 1].toLowerCase(Locale.ROOT) : "";
      if (arg.equals("-ojson")
          || arg.equals("-o=json")
          || arg.equals("--output=json")
          || ((arg.equals("-o") || arg.equals("--output")) && next.equals("json"))) {
        return true;
      }
    }
    return false;
  }

  private static int tell(Terminal terminal, ParameterException wrong, boolean json) {
    if (json) {
      terminal.err().println(Json.line(Json.error(ExitCode.USAGE, wrong)));
      return ExitCode.USAGE.number();
    }
    terminal.err().println("reeve: " + Words.printable(String.valueOf(wrong.getMessage())));
    CommandLine.UnmatchedArgumentException.printSuggestions(wrong, terminal.err());
    terminal
        .err()
        .println("Try '" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.USAGE.number();
  }

  /** Without a command: the help. */
  @Override
  public void run() {
    commandLine(terminal, Programs.ofThisInstallation()).usage(terminal.out());
  }
}
