package io.reeve.wire;

import io.reeve.dispatch.Dispatcher;
import io.reeve.dispatch.Queues;
import io.reeve.domain.dispatch.Blocker;
import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.dispatch.Demand;
import io.reeve.domain.dispatch.ReadyTask;
import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.dispatch.StreamView;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.domain.partition.DeadFilter;
import io.reeve.domain.partition.DeadLetters;
import io.reeve.domain.partition.Place;
import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.Pause;
import io.reeve.domain.rules.QueueChange;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.domain.rules.QueueRule;
import io.reeve.domain.rules.QueueSettings;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.task.Attempt;
import io.reeve.domain.task.ErrorGroup;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.OnCollision;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryEdits;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.TaskState;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueScope;
import io.reeve.partition.Assignment;
import io.reeve.partition.Clients;
import io.reeve.partition.Grants;
import io.reeve.partition.Leases;
import io.reeve.partition.ScheduleView;
import io.reeve.partition.Schedules;
import io.reeve.partition.TaskView;
import io.reeve.partition.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;

/** What the golden files of the next release are made from: every message between nodes. */
final class WireSamples {

  /** Saturday, 1 November 2025, noon. */
  private static final long NOON = 1_761_998_400_000L;

  private static final TaskClass SEND =
      new TaskClass("mail", "io.example.send", Lane.NORMAL, Priority.NORMAL);
  private static final TaskClass RING =
      new TaskClass("alarm", "io.example.ring", Lane.URGENT, Priority.CRITICAL);
  private static final Labels LABELS = Labels.of(Map.of("zone", "eu", "disk", "ssd"));
  private static final TaskClass NEEDING =
      new TaskClass("mail", "io.example.send", Lane.NORMAL, Priority.NORMAL, LABELS);
  private static final TaskProfile MAIL =
      new TaskProfile(
          SEND,
          300_000,
          0,
          new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2),
          "");
  private static final TaskProfile ALARM =
      new TaskProfile(
          RING,
          5_000,
          60_000,
          new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 1.5, 0.0),
          "Grüße & Söhne");
  private static final Failure DISK_FULL = new Failure(FailureType.ERROR, "disk full", "28");
  private static final Rejection STALE =
      new Rejection(Rejection.Code.STALE_LEASE, "expected fence 2, got 1");
  private static final CreditTotals CREDIT = new CreditTotals(8, 2, 10, 7, 1);
  private static final List<Grants.ReadyCount> READY =
      List.of(new Grants.ReadyCount(SEND, 5, NOON), new Grants.ReadyCount(RING, 0, 0));
  private static final List<Grants.GrantUse> USES =
      List.of(new Grants.GrantUse(4, 2, true), new Grants.GrantUse(5, 0, false));
  private static final List<Leases.LeaseKey> KEYS =
      List.of(new Leases.LeaseKey(1L << 40, 4), new Leases.LeaseKey(3, 1));

  private static final Pause PAUSE = new Pause("ada", "too many bounces", NOON, NOON + 90_000);
  private static final StreamView SEEN =
      new StreamView(true, null, 2, 15, 3, 4, 5, 6, 7, 8, 9, true, true, 10, 11, 12, 13, 14, true);
  private static final StreamView SEEN_PAUSED =
      new StreamView(true, PAUSE, 2, 15, 3, 4, 5, 6, 7, 8, 9, true, true, 10, 11, 12, 13, 14, true);
  private static final TaskProfile CAREFUL =
      new TaskProfile(
          SEND,
          300_000,
          0,
          new RetryPolicy(
              4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2, List.of("NO_FUNDS")),
          "");
  private static final DeadLetters.Edits EDITS =
      new DeadLetters.Edits(
          new RetryEdits(
              6,
              Duration.ofSeconds(1),
              Duration.ofSeconds(9),
              3.0,
              0.0,
              List.of("NO_FUNDS", "NO_ACCOUNT")),
          utf8("edits"));
  private static final DeadFilter DEAD_LETTERS =
      new DeadFilter("mail", "io.example.send", "t", 0xfedcba9876543210L, NOON, NOON + 9);

  private WireSamples() {}

  /** Messages by the name of their file. */
  static Map<String, Wire> all() {
    var all = new LinkedHashMap<String, Wire>();
    all.putAll(ofClients());
    all.putAll(ofExplanations());
    all.putAll(ofSchedules());
    all.putAll(ofGrants());
    all.putAll(ofLeases());
    all.putAll(ofSessions());
    all.putAll(ofQueues());
    return all;
  }

  private static Map<String, Wire> ofClients() {
    var all = new LinkedHashMap<String, Wire>();
    all.put(
        "submit",
        new Clients.Submit(
            "r-1",
            0xfedcba9876543210L,
            List.of(
                new Clients.NewTask(MAIL, 0, 0, utf8("one")),
                new Clients.NewTask(ALARM, NOON, 0, utf8("two")),
                new Clients.NewTask(MAIL, 0, 90_000, utf8("three"))),
            at("client")));
    all.put(
        "submit-alike",
        new Clients.Submit(
            "",
            7,
            List.of(
                new Clients.NewTask(MAIL, 0, 0, utf8("one")),
                new Clients.NewTask(MAIL, 0, 0, utf8("two"))),
            at("client")));
    all.put(
        "submit-never-retried",
        new Clients.Submit(
            "", 7, List.of(new Clients.NewTask(CAREFUL, 0, 0, utf8("one"))), at("client")));
    all.put("submit-unique", unique(UniqueScope.UNTIL_ENDED, 0, OnCollision.RETURN_FIRST, true));
    all.put(
        "submit-unique-waiting", unique(UniqueScope.WHILE_WAITING, 0, OnCollision.REPLACE, false));
    all.put("submit-unique-period", unique(UniqueScope.FOR_PERIOD, 9, OnCollision.REFUSE, true));
    all.put("find-request", new Clients.FindRequest("r-1", 7, at("client")));
    all.put("get", new Clients.Get(3, at("client")));
    all.put(
        "list",
        new Clients.ListTasks(
            2,
            10,
            100,
            1 << 20,
            true,
            Set.of(TaskState.values()),
            "mail",
            "io.example.send",
            "t",
            at("client")));
    all.put("watch", new Clients.Watch(3, at("watcher")));
    all.put("cancel", new Clients.Cancel(3, "not needed", at("client")));
    all.put(
        "list-dead", new Clients.ListDead(2, 10, 100, 1 << 20, true, DEAD_LETTERS, at("client")));
    all.put("list-dead-all", new Clients.ListDead(0, 1, 2, 3, false, DeadFilter.ALL, at("client")));
    all.put("group-dead", new Clients.GroupDead(2, 100, DEAD_LETTERS, at("client")));
    all.put("redrive", new Clients.Redrive(3, EDITS, "local", at("client")));
    all.put("discard", new Clients.Discard(3, "local", at("client")));
    all.put(
        "dispose-dead",
        new Clients.DisposeDead(
            2, 500, 10_000, DEAD_LETTERS, true, DeadLetters.Edits.NONE, "local", at("client")));
    all.put(
        "dead-groups",
        new Clients.DeadGroups(
            List.of(
                new Clients.DeadGroup(
                    new ErrorGroup("mail", FailureType.TIMED_OUT, "E1", "no # in *"),
                    3,
                    NOON,
                    NOON + 5,
                    1L << 40)),
            3));
    all.put("dead-groups-last", new Clients.DeadGroups(List.of(), -1));
    all.put("disposed", new Clients.Disposed(3, 4, 1L << 40, true));
    all.put("disposed-slice", new Clients.DisposedSlice(7, 3));
    all.put("disposed-slice-last", new Clients.DisposedSlice(7, -1));
    all.put("submitted", new Clients.Submitted(3, 1L << 40, 2, NOON, true));
    all.put("submitted-met", new Clients.Submitted(3, 1L << 40, 0, NOON, false));
    all.put("never-submitted", new Clients.NeverSubmitted("r-1"));
    all.put("found", new Clients.Found(running()));
    all.put("listed", new Clients.Listed(List.of(running(), waiting()), 3));
    all.put("listed-last", new Clients.Listed(List.of(waiting()), -1));
    for (var code : Rejection.Code.values()) {
      all.put(
          "refused-" + code.name().toLowerCase(Locale.ROOT).replace('_', '-'),
          new Clients.Refused(new Rejection(code, "expected this, got that")));
    }
    return all;
  }

  private static final HeededRules RULES =
      new HeededRules(12, new TreeMap<>(Map.of("mail", 0L, "alarm", NOON + 60_000)));

  private static Clients.SubmitUnique unique(
      UniqueScope scope, long periodMs, OnCollision onCollision, boolean mayAdd) {
    var task = new Clients.NewTask(MAIL, 0, 0, utf8("one"));
    return new Clients.SubmitUnique(
        new Clients.Submit("r-1", 7, List.of(task), at("client")),
        new UniqueClaim(new UniqueKey(MAIL.tenant(), "order-17"), scope, periodMs, onCollision),
        mayAdd);
  }

  private static Map<String, Wire> ofSchedules() {
    var all = new LinkedHashMap<String, Wire>();
    var nightly =
        schedule(ScheduleRule.Cron.of("30 2 * * *", "Europe/Berlin"), Missed.ONCE, Overlap.SKIP);
    var minutes =
        schedule(new ScheduleRule.Interval(60_000, NOON), Missed.all(20), Overlap.QUEUE_ONE);
    var dates = schedule(new ScheduleRule.Dates(NOON, NOON + 9), Missed.NONE, Overlap.CANCEL);
    all.put("set-schedule", new Schedules.Set(nightly, 3, true, at("client")));
    all.put("set-schedule-interval", new Schedules.Set(minutes, 0, false, at("client")));
    all.put("set-schedule-dates", new Schedules.Set(dates, 0, true, at("client")));
    var elsewhere =
        schedule(ScheduleRule.taken("30 2 * * *", "Mars/Olympus"), Missed.ONCE, Overlap.SKIP);
    all.put("set-schedule-unknown-zone", new Schedules.Set(elsewhere, 0, true, at("client")));
    all.put("get-schedule", new Schedules.Get("nightly", at("client")));
    all.put(
        "list-schedules",
        new Schedules.ListSchedules("nightly", "n", 10, 1 << 20, true, at("client")));
    all.put("pause-schedule", new Schedules.Pause("nightly", "full", "Jörg", at("client")));
    all.put("resume-schedule", new Schedules.Resume("nightly", at("client")));
    all.put("trigger-schedule", new Schedules.Trigger("nightly", "r-3", at("client")));
    all.put("delete-schedule", new Schedules.Delete("nightly", at("client")));
    all.put(
        "backfill-schedule",
        new Schedules.Backfill("nightly", "r-4", NOON - 60_000, NOON, at("client")));
    all.put("stop-backfill", new Schedules.StopBackfill("nightly", at("client")));
    var full =
        new ScheduleView(
            3,
            new Schedule(
                10,
                4,
                minutes,
                NOON,
                NOON + 1,
                new Schedule.Pause("full", "Jörg", NOON + 10),
                new Schedule.Progress(NOON + 60_000, 7, 2, 3, NOON, 3, NOON + 5, NOON + 60_000),
                new Schedule.Backfill(NOON - 60_000, NOON, NOON - 60_000, 1, 2)),
            true);
    var fresh =
        new ScheduleView(
            0,
            new Schedule(
                9,
                1,
                nightly,
                NOON,
                NOON,
                null,
                new Schedule.Progress(NOON, 0, 0, 0, 0, 0, 0, 0),
                null),
            false);
    all.put("schedule-is", new Schedules.Is(full));
    all.put("schedule-was-set", new Schedules.WasSet(fresh, null, true));
    all.put("schedule-was-set-again", new Schedules.WasSet(full, dates, false));
    all.put("schedule-triggered", new Schedules.Triggered(fresh, 1L << 40, true));
    all.put("schedules-listed", new Schedules.Listed(List.of(fresh, full), "nightly"));
    return all;
  }

  private static ScheduleDefinition schedule(ScheduleRule rule, Missed missed, Overlap overlap) {
    var timing =
        new ScheduleTiming(rule, NOON - 86_400_000, NOON + 86_400_000, 5_000, 100, missed, overlap);
    return new ScheduleDefinition("nightly", timing, MAIL, utf8("template"));
  }

  private static Map<String, Wire> ofGrants() {
    var all = new LinkedHashMap<String, Wire>();
    all.put("greet", new Grants.Greet(7, at("dispatcher"), HeededRules.NONE));
    all.put("grant", new Grants.Grant(7, 1, RING, 5, "h-1", 2, "w-1", at("session")));
    all.put(
        "standing-grant",
        new Grants.StandingGrant(
            7,
            2,
            Set.of("alarm", "mail"),
            Set.of("*"),
            Labels.NONE,
            5,
            "h-1",
            2,
            "w-1",
            at("session")));
    all.put("grant-of-labels", new Grants.Grant(7, 3, NEEDING, 2, "h-1", 2, "w-1", at("session")));
    var alone = SEND.inQuarantine();
    var grant = new Grants.Grant(7, 5, alone, 1, "h-1", 2, "w-1", at("session"));
    all.put("grant-in-quarantine", grant);
    all.put(
        "standing-grant-with-labels",
        new Grants.StandingGrant(
            7, 4, Set.of("*"), Set.of("*"), LABELS, 1, "h-1", 2, "w-1", at("session")));
    all.put("revoke", new Grants.Revoke(7, List.of(1L, 2L)));
    all.put(
        "audit", new Grants.Audit(7, -2, 5, 4, READY, USES, at("dispatcher"), HeededRules.NONE));
    all.put("inventory", new Grants.Inventory(3, -2, 7, READY, at("partition"), 0));
    all.put("report", new Grants.Report(3, -2, 7, 5, READY, USES));
    all.put("greet-with-rules", new Grants.Greet(7, at("dispatcher"), RULES));
    all.put(
        "audit-with-rules",
        new Grants.Audit(7, -2, 5, 4, List.of(), List.of(), at("dispatcher"), RULES));
    all.put("inventory-with-rules", new Grants.Inventory(3, -2, 7, List.of(), at("partition"), 12));
    all.put("rules-changed", new Grants.RulesChanged(7, 5, RULES));
    all.put("rules-heeded", new Grants.Heeded(3, -2, 7, 12, 5));
    all.put("dispatcher-superseded", new Grants.Superseded(8));
    return all;
  }

  private static Map<String, Wire> ofLeases() {
    var all = new LinkedHashMap<String, Wire>();
    all.put("attach", new Leases.Attach("h-1", 2, at("session"), KEYS));
    all.put("renew", new Leases.Renew("h-1", 2, at("session")));
    all.put("renew-by-none", new Leases.Renew("h-1", 2, null));
    all.put(
        "settle",
        new Leases.Settle(
            "h-1",
            9,
            List.of(
                Settlement.completed(3, 4, utf8("ok")),
                Settlement.failed(4, 1, DISK_FULL, true, 1000),
                Settlement.released(5, 1, "draining")),
            at("session")));
    all.put("progress", new Leases.ReportProgress(3, 4, 50.5, "half"));
    all.put("holder-gone", new Leases.HolderGone("h-1", 2, true, at("session")));
    all.put(
        "assigned",
        new Leases.Assigned(
            3,
            List.of(
                new Assignment(
                    9, 4, 1, Lane.NORMAL, false, NOON + 30_000, 300_000, NOON, utf8("one")),
                new Assignment(
                    5, 1, 2, Lane.URGENT, false, NOON + 30_000, 5_000, NOON - 7, utf8("two")))));
    all.put(
        "assigned-alike",
        new Leases.Assigned(
            3,
            List.of(
                new Assignment(
                    9, 1, 1, Lane.NORMAL, false, NOON + 30_000, 300_000, NOON, utf8("a")),
                new Assignment(
                    10, 1, 1, Lane.NORMAL, false, NOON + 30_000, 300_000, NOON, utf8("b")))));
    all.put(
        "assigned-alone",
        new Leases.Assigned(
            3,
            List.of(
                new Assignment(9, 3, 1, Lane.NORMAL, true, NOON + 30_000, 300_000, NOON, utf8("a")),
                new Assignment(
                    10, 1, 1, Lane.NORMAL, false, NOON + 30_000, 300_000, NOON, utf8("b")))));
    all.put("attached-alone", new Leases.Attached(3, 2, KEYS, true));
    all.put(
        "settle-acked",
        new Leases.SettleAcked(3, 9, List.of(new Leases.RefusedSettlement(3, 1, STALE))));
    all.put(
        "leases-ended",
        new Leases.LeasesEnded(
            3,
            List.of(
                new Leases.EndedLease(3, 4, Leases.EndReason.CANCELLED, "not needed"),
                new Leases.EndedLease(4, 1, Leases.EndReason.TIMED_OUT, "ran 5 s"),
                new Leases.EndedLease(5, 1, Leases.EndReason.LEASE_LOST, ""))));
    all.put("attached", new Leases.Attached(3, 2, KEYS));
    all.put("leases-held", new Leases.LeasesHeld(3, KEYS));
    all.put("attach-again", new Leases.AttachAgain(3));
    return all;
  }

  private static Map<String, Wire> ofSessions() {
    var all = new LinkedHashMap<String, Wire>();
    all.put(
        "register",
        new Dispatcher.Register(
            "h-1",
            2,
            "w-1",
            "pool-0",
            List.of("mail", "alarm"),
            Set.of("io.example.send", "io.example.ring"),
            Labels.NONE,
            "",
            CREDIT,
            at("session"),
            at("delivery")));
    all.put(
        "register-with-labels",
        new Dispatcher.Register(
            "h-1",
            2,
            "w-1",
            "pool-0",
            List.of("*"),
            Set.of("*"),
            LABELS,
            "w-1/a1",
            CREDIT,
            at("session"),
            at("delivery")));
    all.put("credit", new Dispatcher.CreditChanged("h-1", 2, CREDIT, at("session")));
    var alone = new CreditTotals(8, 2, 10, 9, 0, true);
    all.put("credit-alone", new Dispatcher.CreditChanged("h-1", 2, alone, at("session")));
    all.put("session-ended", new Dispatcher.SessionEnded("h-1", 2, at("session")));
    all.put("show-epoch", new Dispatcher.ShowEpoch(at("asker")));
    all.put(
        "show-demand",
        new Dispatcher.ShowDemand(new WorkerKind(Set.of("mail", "alarm"), Set.of()), at("asker")));
    all.put("registered", new Dispatcher.Registered(7, at("dispatcher")));
    all.put("session-superseded", new Dispatcher.Superseded());
    all.put("register-again", new Dispatcher.RegisterAgain());
    all.put("partition-restarted", new Dispatcher.PartitionRestarted(3));
    all.put("epoch", new Dispatcher.EpochShown(7));
    all.put("demand", new Dispatcher.DemandShown(7, new Demand(1, 2, 3, 4, 5, 6, 7, 8, 9)));
    return all;
  }

  private static Map<String, Wire> ofExplanations() {
    var all = new LinkedHashMap<String, Wire>();
    all.put("locate", new Clients.Locate(3, at("client")));
    all.put(
        "located",
        new Clients.Located(waiting(), ALARM, new Place(1L << 33, true), NOON + 150_000));
    all.put(
        "explain-stream",
        new Dispatcher.ExplainStream(new ReadyTask(RING, 3, 12, NOON), at("asker")));
    for (var blocker : Blocker.values()) {
      var name = blocker.name().toLowerCase(Locale.ROOT).replace('_', '-');
      var startIn = blocker == Blocker.NO_CREDIT ? 90_000_000_000L : StreamExplanation.NOT_KNOWN;
      var view = blocker == Blocker.QUEUE_PAUSED ? SEEN_PAUSED : SEEN;
      all.put(
          "stream-explained-" + name,
          new Dispatcher.StreamExplained(7, new StreamExplanation(blocker, view, startIn)));
    }
    return all;
  }

  private static Map<String, Wire> ofQueues() {
    var all = new LinkedHashMap<String, Wire>();
    all.put(
        "change-queue",
        new Queues.Change(
            new QueueChange.Configure("mail", 5, LanePreference.weighted(80, 20), 7, "ann", "more"),
            at("asker")));
    all.put(
        "change-queue-any-version",
        new Queues.Change(
            new QueueChange.Configure(
                "mail", 1, LanePreference.ALTERNATE, QueueChange.ANY_VERSION, "", ""),
            at("asker")));
    all.put(
        "change-queue-pause",
        new Queues.Change(new QueueChange.PauseUntil("mail", NOON, "ann", "upgrade"), at("asker")));
    all.put(
        "change-queue-pause-for-good",
        new Queues.Change(new QueueChange.PauseUntil("mail", 0, "", ""), at("asker")));
    all.put(
        "change-queue-resume",
        new Queues.Change(new QueueChange.Resume("mail", "bob", "done"), at("asker")));
    all.put("show-queue", new Queues.Show("mail", at("asker")));
    all.put("show-queues", new Queues.ShowAll("mail", 100, at("asker")));
    all.put("queue-changed", new Queues.Changed(line(), List.of(3, 4)));
    for (var code : QueueDecision.Code.values()) {
      all.put(
          "queue-refused-" + code.name().toLowerCase(Locale.ROOT).replace('_', '-'),
          new Queues.Refused(code, "expected this, got that"));
    }
    all.put("queues-shown", new Queues.Shown(7, List.of(line()), true));
    return all;
  }

  private static Queues.Line line() {
    return new Queues.Line(
        "mail",
        new QueueRule(
            12,
            new QueueSettings(
                5,
                LanePreference.weighted(80, 20),
                new Pause("ann", "upgrade", NOON, NOON + 60_000))),
        2,
        3);
  }

  private static TaskView running() {
    return new TaskView(
        new TaskId(3, 4),
        TaskState.LEASED,
        utf8("spec"),
        2,
        3,
        NOON,
        NOON + 1,
        NOON + 2,
        NOON + 3,
        utf8("result"),
        DISK_FULL,
        NOON + 1,
        "not needed",
        "w-1",
        new TaskView.Progress(50.5, "half", NOON + 3),
        9,
        2,
        List.of(new Attempt(1, "w-0", NOON, NOON + 1, DISK_FULL)),
        NOON + 7,
        1);
  }

  private static TaskView waiting() {
    return new TaskView(
        new TaskId(3, 5),
        TaskState.WAITING,
        utf8("spec"),
        0,
        0,
        NOON,
        NOON + 90_000,
        0,
        0,
        new byte[0],
        null,
        0,
        "",
        "",
        null,
        0,
        0,
        List.of(),
        0,
        0);
  }

  private static <T> ActorRef<T> at(String name) {
    return new NamedRef<>("pekko://reeve@10.0.0.1:7355/user/" + name + "#42");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
