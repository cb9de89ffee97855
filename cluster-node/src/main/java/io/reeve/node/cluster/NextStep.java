package io.reeve.node.cluster;

import io.reeve.node.store.MemberDirectory;
import java.time.Duration;
import java.util.List;

/** What a node that wants to join does next; the rule of formation through a shared store. */
sealed interface NextStep {

  /** Becomes the first member of a new cluster. */
  record FormNew(List<MemberDirectory.Line> dead) implements NextStep {}

  /** Asks these members to let it in, and looks again soon. */
  record Ask(List<String> addresses) implements NextStep {}

  /** Somebody else is about to form the cluster: looks again soon. */
  record Wait() implements NextStep {}

  /**
   * The step after a look.
   *
   * @param asked for how long the members of {@code look} have been asked in vain
   * @param askFor how long members that hold no lock are asked before they count as dead. They hold
   *     none when they died, and for a moment when the store was restarted below them
   */
  static NextStep after(MemberDirectory.Look look, Duration asked, Duration askFor) {
    var addresses = look.lines().stream().map(MemberDirectory.Line::address).distinct().toList();
    if (look.first() && (addresses.isEmpty() || asked.compareTo(askFor) >= 0)) {
      return new FormNew(look.lines());
    }
    return addresses.isEmpty() ? new Wait() : new Ask(addresses);
  }
}
