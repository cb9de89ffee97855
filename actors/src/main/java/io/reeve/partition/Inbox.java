package io.reeve.partition;

import io.reeve.domain.task.Settlement;
import io.reeve.partition.Leases.ToSession;
import io.reeve.partition.Partition.Command;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * The commands that wait for the journal, and the batch that it is writing. Bounded in number and
 * bytes, whoever sends them and however often: a session repeats what is not answered, so while the
 * journal is away only one renewal of each holder and one message of each batch of settlements is
 * kept, and of the rules of queues only the newest.
 */
final class Inbox {

  /** What became of a command. */
  enum Taken {
    /** It waits. */
    YES,
    /** An equal one waits already, or is being written. */
    REPEATED,
    /** As many wait as may. */
    TOO_MANY,
    /** As many bytes wait as may. */
    TOO_LARGE
  }

  /** Names a batch of settlements; another session may use the same number. */
  private record SettleKey(ActorRef<ToSession> session, long batch) {}

  /** Heap bytes of a task, settlement or lease of a command, beside what it carries. */
  private static final long ENTRY_BYTES = 100;

  /** Most redrives of single tasks in one row. Only the writer knows how large their tasks are. */
  private static final int REDRIVES_OF_A_ROW = 8;

  /** Events of a task with a unique key: another one ends, it comes in, and it takes the key. */
  private static final int UNIQUE_EVENTS_MAX = 3;

  /** Commands that the front puts ahead of all others when a writer starts. */
  private static final int AHEAD_OF_ALL = 2;

  private final Partition.Queue bounds;
  private final Partition.BatchMax batchMax;

  private final ArrayDeque<Command> waiting = new ArrayDeque<>();
  private final Map<String, Leases.Renew> renewals = new LinkedHashMap<>();
  private Grants.@Nullable RulesChanged rules;
  private final Set<SettleKey> settles = new HashSet<>();
  private List<Command> inFlight = List.of();

  private int clients;
  private int others;
  private long bytes;

  /** Commands that are to be batches of their own, since one of them made a batch fail. */
  private int alone;

  Inbox(Partition.Queue bounds, Partition.BatchMax batchMax) {
    this.bounds = bounds;
    this.batchMax = batchMax;
  }

  boolean isEmpty() {
    return waiting.isEmpty() && renewals.isEmpty() && rules == null;
  }

  // ---- In ------------------------------------------------------------------------------------

  Taken offer(Command command) {
    if (command instanceof Leases.Renew renew && renewals.containsKey(renew.holder())) {
      var before = renewals.get(renew.holder());
      if (before.sessionNo() <= renew.sessionNo()) {
        renewals.put(renew.holder(), renew);
      }
      return Taken.REPEATED;
    }
    if (command instanceof Grants.RulesChanged changed) {
      return offer(changed);
    }
    var key = keyOf(command);
    if (key != null && settles.contains(key)) {
      return Taken.REPEATED;
    }
    var size = heldBytesOf(command);
    if (!(command instanceof Partition.Internal)) {
      if (command instanceof Clients.Call
          ? clients >= bounds.clientsMax()
          : others() >= bounds.othersMax()) {
        return Taken.TOO_MANY;
      }
      if (size > 0 && bytes > 0 && bytes + size > bounds.bytesMax()) {
        return Taken.TOO_LARGE;
      }
    }
    if (command instanceof Leases.Renew renew) {
      renewals.put(renew.holder(), renew);
      return Taken.YES;
    }
    if (key != null) {
      settles.add(key);
    }
    waiting.add(command);
    count(command, 1);
    return Taken.YES;
  }

  private Taken offer(Grants.RulesChanged changed) {
    var before = rules;
    if (before != null && before.isAfter(changed)) {
      return Taken.REPEATED;
    }
    rules = changed;
    return before == null ? Taken.YES : Taken.REPEATED;
  }

  /** Takes the command whatever the bounds, and ahead of all others. */
  void addFirst(Command command) {
    waiting.addFirst(command);
    count(command, 1);
  }

  private int others() {
    return others + renewals.size();
  }

  private void count(Command command, int by) {
    bytes += by * heldBytesOf(command);
    if (command instanceof Clients.Call) {
      clients += by;
    } else if (!(command instanceof Partition.Internal)) {
      others += by;
    }
  }

  // ---- Out -----------------------------------------------------------------------------------

  /**
   * The commands for the next row, in order. All renewals come first, so that no batch that is cut
   * off ahead of a renewal lets the lease end that it saves; rules of queues last, behind the
   * greeting that they follow.
   */
  List<Command> next() {
    var batch = new ArrayList<Command>();
    if (alone > 0) {
      alone--;
      batch.add(pollOne());
    } else {
      batch.addAll(renewals.values());
      renewals.clear();
      poll(batch);
      takeRules(batch);
    }
    inFlight = batch;
    return batch;
  }

  private void takeRules(List<Command> batch) {
    if (rules != null) {
      batch.add(rules);
      rules = null;
    }
  }

  /** The waiting commands that store nothing, in order, while the journal takes no row. */
  List<Command> nextReads() {
    var batch = new ArrayList<Command>(renewals.values());
    renewals.clear();
    var all = waiting.iterator();
    while (all.hasNext() && batch.size() < batchMax.commandsMax()) {
      var next = all.next();
      if (storesNothing(next)) {
        all.remove();
        count(next, -1);
        batch.add(next);
      }
    }
    inFlight = batch;
    return batch;
  }

  private static boolean storesNothing(Command command) {
    return command instanceof Clients.Get
        || command instanceof Clients.Locate
        || command instanceof Clients.ListTasks
        || command instanceof Clients.FindRequest
        || command instanceof Clients.ListDead
        || command instanceof Clients.GroupDead
        || command instanceof Clients.Watch
        || command instanceof Schedules.Get
        || command instanceof Schedules.ListSchedules
        || command instanceof Partition.Unwatch
        || command instanceof Partition.Look
        || command instanceof Leases.ReportProgress;
  }

  private void poll(List<Command> batch) {
    var commands = 0;
    var size = 0L;
    var events = 0L;
    while (!waiting.isEmpty() && commands < batchMax.commandsMax()) {
      var next = waiting.element();
      size += rowBytesOf(next);
      events += eventsOf(next);
      if (commands > 0 && (size > batchMax.bytesMax() || events > batchMax.eventsMax())) {
        return;
      }
      commands++;
      batch.add(waiting.remove());
      count(next, -1);
    }
  }

  private Command pollOne() {
    var holders = renewals.values().iterator();
    if (holders.hasNext()) {
      var renewal = holders.next();
      holders.remove();
      return renewal;
    }
    var newest = rules;
    if (waiting.isEmpty() && newest != null) {
      rules = null;
      return newest;
    }
    var next = waiting.remove();
    count(next, -1);
    return next;
  }

  /** The batch is stored. */
  void done() {
    takeInFlight();
  }

  /** Gives the batch back that was being written, and forgets it. */
  List<Command> takeInFlight() {
    var taken = inFlight;
    inFlight = List.of();
    for (var command : taken) {
      forgetKey(command);
    }
    return taken;
  }

  /**
   * Lets commands wait again ahead of all others.
   *
   * @param one whether each is to be a batch of its own
   */
  void putBack(List<Command> commands, boolean one) {
    for (var i = commands.size() - 1; i >= 0; i--) {
      var command = commands.get(i);
      if (command instanceof Leases.Renew renew) {
        renewals.putIfAbsent(renew.holder(), renew);
      } else if (command instanceof Grants.RulesChanged changed) {
        offer(changed);
      } else {
        var key = keyOf(command);
        if (key != null) {
          settles.add(key);
        }
        addFirst(command);
      }
    }
    alone = one ? commands.size() + renewals.size() + AHEAD_OF_ALL : 0;
  }

  /** Gives back all that wait, and forgets them. */
  List<Command> takeWaiting() {
    var all = new ArrayList<Command>(waiting);
    waiting.forEach(this::forgetKey);
    waiting.clear();
    renewals.clear();
    rules = null;
    clients = 0;
    others = 0;
    bytes = 0;
    return all;
  }

  int inFlight() {
    return inFlight.size();
  }

  private void forgetKey(Command command) {
    var key = keyOf(command);
    if (key != null) {
      settles.remove(key);
    }
  }

  // ---- What a command costs ------------------------------------------------------------------

  private static @Nullable SettleKey keyOf(Command command) {
    return command instanceof Leases.Settle settle && settle.batch() != 0
        ? new SettleKey(settle.session(), settle.batch())
        : null;
  }

  /** Heap bytes of a command that waits. */
  private static long heldBytesOf(Command command) {
    return bytesOf(command) + ENTRY_BYTES * entriesOf(command);
  }

  private static long entriesOf(Command command) {
    if (command instanceof Clients.Submit submit) {
      return submit.tasks().size();
    }
    if (command instanceof Clients.SubmitUnique) {
      return 1;
    }
    if (command instanceof Leases.Attach attach) {
      return attach.held().size();
    }
    return command instanceof Leases.Settle settle ? settle.settlements().size() : 0;
  }

  /** Bytes that the command brings into a row; a guess for redrives, which bring stored tasks. */
  private long rowBytesOf(Command command) {
    if (command instanceof Clients.DisposeDead dispose && dispose.redrive()) {
      return batchMax.bytesMax();
    }
    return command instanceof Clients.Redrive
        ? Math.max(1, batchMax.bytesMax() / REDRIVES_OF_A_ROW)
        : bytesOf(command);
  }

  /** Bytes that the command itself carries. */
  private static long bytesOf(Command command) {
    var size = 0L;
    if (command instanceof Clients.Submit submit) {
      size = bytesOf(submit);
    } else if (command instanceof Clients.SubmitUnique unique) {
      size = bytesOf(unique.submit());
    } else if (command instanceof Schedules.Set set) {
      size = set.definition().bytes();
    } else if (command instanceof Grants.Greet greet) {
      size = greet.rules().bytes();
    } else if (command instanceof Grants.Audit audit) {
      size = audit.rules().bytes();
    } else if (command instanceof Leases.Settle settle) {
      for (var settlement : settle.settlements()) {
        size += bytesOf(settlement);
      }
    }
    return size;
  }

  private static long bytesOf(Clients.Submit submit) {
    var size = 0L;
    for (var task : submit.tasks()) {
      size += task.spec().length;
    }
    return size;
  }

  private static long bytesOf(Settlement settlement) {
    var failure = settlement.failure();
    return (long) settlement.result().length
        + settlement.reason().length()
        + (failure == null ? 0 : failure.message().length() + failure.code().length());
  }

  /** Events that the command may cause, at most; those of a standing grant come later. */
  private static long eventsOf(Command command) {
    if (command instanceof Clients.Submit submit) {
      return submit.tasks().size();
    }
    if (command instanceof Leases.Settle settle) {
      return settle.settlements().size();
    }
    if (command instanceof Clients.DisposeDead dispose) {
      return dispose.max();
    }
    if (command instanceof Clients.SubmitUnique) {
      return UNIQUE_EVENTS_MAX;
    }
    return command instanceof Grants.Grant grant ? grant.count() : 1;
  }
}
