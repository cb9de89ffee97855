package io.reeve.rig;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Several network namespaces on one bridge, each with an address of its own, and this process's own
 * namespace as one more place on it. Traffic between two of them is dropped at the receiver, so
 * that the sender hears nothing: no error, no end.
 *
 * <p>Everything it makes carries the number of this process in its name, is removed by {@link
 * #close}, and otherwise when the process ends. What a process left behind that was killed is
 * removed by the next one. Linux, and rights to make namespaces. Not for two threads at once.
 */
final class NetworkLab implements AutoCloseable {

  private static final String PREFIX = "reeve-rig-";
  private static final Pattern OURS = Pattern.compile(PREFIX + "(\\d+)-\\w+");
  private static final Pattern OUR_LINK = Pattern.compile("\\brv[a-z](\\d+)\\w*(?=[@:])");
  private static final int SUBNETS = 250;
  private static final int HERE = 254;

  private static final String TABLE =
      """
      add table inet rig
      add chain inet rig in { type filter hook input priority 0; }
      """;

  private final long pid = ProcessHandle.current().pid();
  private final String bridge = "rvb" + pid;
  private final String subnet;
  private final Map<String, Integer> hosts = new LinkedHashMap<>();
  private final Thread hook = new Thread(this::remove, "network-lab-remove");
  private boolean removed;

  private NetworkLab(String subnet) {
    this.subnet = subnet;
  }

  /** What this machine lacks for a lab; empty when it has all. */
  static Optional<String> lacks() {
    for (var program : List.of("ip", "nft", "nsenter")) {
      if (Shell.attempt("", List.of(program, "--version")).code() == 127) {
        return Optional.of(
            "expected the program %s; packages iproute2, nftables, util-linux".formatted(program));
      }
    }
    var probe = PREFIX + ProcessHandle.current().pid() + "-probe";
    var added = Shell.attempt("", List.of("ip", "netns", "add", probe));
    if (added.code() != 0) {
      return Optional.of("expected rights to make network namespaces, got: " + added.output());
    }
    var filtered =
        Shell.attempt(TABLE, List.of("nsenter", "--net=/run/netns/" + probe, "nft", "-f", "-"));
    Shell.run("ip", "netns", "del", probe);
    return filtered.code() == 0
        ? Optional.empty()
        : Optional.of("expected a kernel with nftables, got: " + filtered.output());
  }

  /** Makes a namespace for each name. */
  static NetworkLab open(List<String> names) {
    removeLeftovers();
    var lab = new NetworkLab(freeSubnet());
    Runtime.getRuntime().addShutdownHook(lab.hook);
    try {
      lab.make(names);
    } catch (RuntimeException e) {
      lab.close();
      throw e;
    }
    return lab;
  }

  private static String freeSubnet() {
    var taken = Shell.run("ip", "-4", "-o", "addr", "show") + Shell.run("ip", "-4", "route");
    var first = ProcessHandle.current().pid() % SUBNETS;
    for (var i = 0; i < SUBNETS; i++) {
      var subnet = "10.213.%d.".formatted((first + i) % SUBNETS);
      if (!taken.contains(subnet)) {
        return subnet;
      }
    }
    throw new IllegalStateException("expected a free subnet in 10.213.0.0/16, got none");
  }

  private void make(List<String> names) {
    Shell.run("ip", "link", "add", bridge, "type", "bridge");
    Shell.run("ip", "addr", "add", here() + "/24", "dev", bridge);
    Shell.run("ip", "link", "set", bridge, "up");
    for (var name : names) {
      hosts.put(name, hosts.size() + 1);
      var space = space(name);
      var link = "rvl%dx%d".formatted(pid, hosts.size());
      Shell.run("ip", "netns", "add", space);
      Shell.run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space);
      Shell.run("ip", "link", "set", link, "master", bridge, "up");
      Shell.run("ip", "-n", space, "addr", "add", address(name) + "/24", "dev", "eth0");
      Shell.run("ip", "-n", space, "link", "set", "eth0", "up");
      Shell.run("ip", "-n", space, "link", "set", "lo", "up");
      filter(name, TABLE);
    }
  }

  private void filter(String name, String statements) {
    var command = new ArrayList<>(enter(name));
    command.addAll(List.of("nft", "-f", "-"));
    Shell.feed(statements, command);
  }

  private String space(String name) {
    return PREFIX + pid + "-" + name;
  }

  // ---- What is where ----------------------------------------------------------------------------

  /** The address of a namespace. */
  String address(String name) {
    return subnet + hosts.get(name);
  }

  /** The address of this process on the bridge. */
  String here() {
    return subnet + HERE;
  }

  /** All addresses of the lab. */
  String network() {
    return subnet + "0/24";
  }

  /** What stands before a command to run it in a namespace; the command takes its place. */
  List<String> enter(String name) {
    return List.of("nsenter", "--net=/run/netns/" + space(name));
  }

  // ---- Cuts -------------------------------------------------------------------------------------

  /** Nothing passes between these two. */
  void cut(String one, String other) {
    cutOneWay(one, other);
    cutOneWay(other, one);
  }

  /** Nothing that the first one sends reaches the second. */
  void cutOneWay(String from, String to) {
    filter(to, "add rule inet rig in ip saddr %s drop%n".formatted(address(from)));
  }

  /** Everything passes again. */
  void heal() {
    hosts.keySet().forEach(name -> filter(name, "flush chain inet rig in\n"));
  }

  // ---- The end ----------------------------------------------------------------------------------

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endsAlready) {
      // The hook runs, too; the second one finds nothing left.
      remove();
      return;
    }
    remove();
  }

  private synchronized void remove() {
    if (!removed) {
      removed = true;
      removeOf(pid);
    }
  }

  private static void removeLeftovers() {
    OURS.matcher(Shell.run("ip", "netns", "list"))
        .results()
        .map(found -> Long.parseLong(found.group(1)))
        .distinct()
        .filter(pid -> !Files.exists(Path.of("/proc", "" + pid)))
        .forEach(NetworkLab::removeOf);
  }

  /** Ends what still runs in the namespaces of a process, and removes them and their links. */
  private static void removeOf(long pid) {
    var owner = Long.toString(pid);
    OURS.matcher(Shell.run("ip", "netns", "list"))
        .results()
        .filter(found -> found.group(1).equals(owner))
        .forEach(found -> removeSpace(found.group()));
    OUR_LINK
        .matcher(Shell.run("ip", "-o", "link", "show"))
        .results()
        .filter(found -> found.group(1).equals(owner))
        .forEach(found -> Shell.attempt("", List.of("ip", "link", "del", found.group())));
  }

  private static void removeSpace(String space) {
    Shell.attempt("", List.of("ip", "netns", "pids", space))
        .output()
        .lines()
        .filter(line -> line.matches("\\d+"))
        .flatMap(line -> ProcessHandle.of(Long.parseLong(line)).stream())
        .forEach(ProcessHandle::destroyForcibly);
    Shell.attempt("", List.of("ip", "netns", "del", space));
  }
}
