package io.reeve.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/** {@code reeve version}. */
@Command(
    name = "version",
    description = "Says which Reeve and which Java this is.",
    footerHeading = "%nExamples:%n",
    footer = {"  reeve version", "  reeve version --output json"})
final class VersionCommand implements Callable<Integer> {

  @Mixin OutputOptions output = new OutputOptions();

  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    var java = System.getProperty("java.version") + " (" + System.getProperty("java.vm.name") + ")";
    if (output.json()) {
      terminal.out().println(Json.line(Json.object().put("version", version()).put("java", java)));
    } else {
      terminal.out().println("reeve " + version() + ", Java " + java);
    }
    return ExitCode.OK.number();
  }

  static String version() {
    try (var resource = VersionCommand.class.getResourceAsStream("version.properties")) {
      var properties = new Properties();
      if (resource != null) {
        properties.load(resource);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** For {@code --version}. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"reeve " + version()};
    }
  }
}
