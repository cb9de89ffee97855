package io.reeve.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code reeve version}. */
@Command(
    name = "version",
    description = "Prints the versions of Reeve and Java.",
    footerHeading = "%nExamples:%n",
    footer = {"  reeve version", "  reeve version --output json"})
final class VersionCommand extends AnsweringCommand {

  VersionCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run() {
    var java = System.getProperty("java.version") + " (" + System.getProperty("java.vm.name") + ")";
    if (output.json()) {
      print(Json.line(Json.object().put("version", version()).put("java", java)));
    } else {
      print("reeve " + version() + ", Java " + java);
    }
    return ExitCode.OK;
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
