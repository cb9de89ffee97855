package io.reeve.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who a server runs as. PostgreSQL's programs refuse to run as root; then they run as the user
 * {@code postgres}, or as {@code nobody} where there is none.
 *
 * @param name null: who we are ourselves
 * @param prefix what stands before a command to run it as this account
 * @param oneLine whether the command follows it as one line for a shell
 */
record Account(@Nullable String name, List<String> prefix, boolean oneLine) {

  private static final List<String> OTHERS = List.of("postgres", "nobody");

  /** The one for this process, and how this machine lets us run commands as that one. */
  static Account choose(Commands commands) {
    if (!commands.output(List.of("id", "-u")).equals("0")) {
      return new Account(null, List.of(), false);
    }
    var name =
        OTHERS.stream()
            .filter(other -> commands.succeeds(List.of("id", "-u", other)))
            .findFirst()
            .orElseThrow(
                () ->
                    new LocalPostgresException(
                        "PostgreSQL does not run as root, and this machine has no user " + OTHERS));
    // Becomes the command, where the others stay beside it.
    if (commands.succeeds(List.of("setpriv", "--version"))) {
      var group = commands.output(List.of("id", "-g", name));
      return new Account(
          name,
          List.of("setpriv", "--reuid=" + name, "--regid=" + group, "--clear-groups", "--"),
          false);
    }
    return commands.succeeds(List.of("runuser", "--version"))
        ? new Account(name, List.of("runuser", "-u", name, "--"), false)
        : new Account(name, List.of("su", "-s", "/bin/sh", name, "-c"), true);
  }

  /** The command, run as this account. */
  List<String> command(List<String> command) {
    var all = new ArrayList<>(prefix);
    if (oneLine) {
      all.add("exec " + command.stream().map(Account::quoted).collect(Collectors.joining(" ")));
    } else {
      all.addAll(command);
    }
    return all;
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** Makes the file or directory this account's. */
  void own(Path path) throws IOException {
    if (name != null) {
      var owner = path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
      Files.setOwner(path, owner);
    }
  }
}
