package io.reeve.partition;

import io.reeve.domain.task.Rejection;
import io.reeve.partition.Leases.RefusedSettlement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Serves the sessions of workers: what they say of the leases of their holders. */
final class SessionDesk {

  private final int partition;
  private final DoubleSupplier random;
  private final Outbox outbox;
  private final Speakers speakers;
  private final DispatcherDesk dispatcher;
  private final ProgressBook progress;
  private final TaskWatchers watchers;

  /**
   * @param random uniform in [0, 1), for the jitter of retries
   */

  /** Settlements of leases that had ended. */
  private int stale;

  SessionDesk(
      int partition,
      DoubleSupplier random,
      Outbox outbox,
      Speakers speakers,
      DispatcherDesk dispatcher,
      ProgressBook progress,
      TaskWatchers watchers) {
    this.partition = partition;
    this.random = random;
    this.outbox = outbox;
    this.speakers = speakers;
    this.dispatcher = dispatcher;
    this.progress = progress;
    this.watchers = watchers;
  }

  /** Settlements that were refused since the last call, because their leases had ended. */
  int takeStale() {
    var taken = stale;
    stale = 0;
    return taken;
  }

  void carryOut(Leases.FromSession command, Draft draft) {
    if (command instanceof Leases.Settle settle) {
      onSettle(settle, draft);
    } else if (command instanceof Leases.Renew renew) {
      onRenew(renew, draft);
    } else if (command instanceof Leases.Attach attach) {
      onAttach(attach, draft);
    } else if (command instanceof Leases.HolderGone gone) {
      onHolderGone(gone, draft);
    } else if (command instanceof Leases.ReportProgress report) {
      onProgress(report, draft);
    }
  }

  /**
   * After a start the partition does not know which session speaks for a holder, so the one with
   * the highest number that it hears of does.
   */
  private void onRenew(Leases.Renew c, Draft draft) {
    var newer = c.sessionNo() > draft.leases().sessionNo(c.holder());
    if (!draft.leases().renew(c.holder(), c.sessionNo(), draft.now()) || c.session() == null) {
      return;
    }
    if (newer) {
      speakers.set(c.holder(), c.session());
    } else {
      speakers.setIfUnknown(c.holder(), c.session());
    }
  }

  /** A superseded session may not hand leases back: the worker told the later one it runs them. */
  private void onSettle(Leases.Settle c, Draft draft) {
    if (c.batch() == 0 && !speakers.maySpeak(c.holder(), c.session())) {
      return;
    }
    List<RefusedSettlement> refused = new ArrayList<>(0);
    for (var settlement : c.settlements()) {
      var rejection =
          draft.leases().settle(c.holder(), settlement, draft.now(), random, draft.events());
      if (rejection != null) {
        stale += rejection.code() == Rejection.Code.STALE_LEASE ? 1 : 0;
        refused.add(new RefusedSettlement(settlement.sequence(), settlement.fence(), rejection));
      }
    }
    outbox.reply(c.session(), new Leases.SettleAcked(partition, c.batch(), refused));
  }

  private void onAttach(Leases.Attach c, Draft draft) {
    var sequences = new long[c.held().size()];
    var fences = new long[c.held().size()];
    for (var i = 0; i < sequences.length; i++) {
      sequences[i] = c.held().get(i).sequence();
      fences[i] = c.held().get(i).fence();
    }
    var lost =
        draft
            .leases()
            .attach(c.holder(), c.sessionNo(), sequences, fences, draft.now(), draft.events());
    if (lost == null) {
      // A later session has the holder; its number tells this one to end.
      var later = draft.leases().sessionNo(c.holder());
      outbox.reply(c.session(), new Leases.Attached(partition, later, List.of()));
      return;
    }
    speakers.set(c.holder(), c.session());
    var lostKeys = lost.stream().map(c.held()::get).toList();
    var alone = draft.leases().isolates(c.holder());
    outbox.reply(c.session(), new Leases.Attached(partition, c.sessionNo(), lostKeys, alone));
  }

  private void onHolderGone(Leases.HolderGone c, Draft draft) {
    if (c.sessionNo() < draft.leases().sessionNo(c.holder())
        || !speakers.maySpeak(c.holder(), c.session())) {
      return;
    }
    draft.leases().end(c.holder(), c.sessionNo(), c.lost(), draft.now(), draft.events());
    dispatcher.holderGone(c.holder());
    speakers.forget(c.holder());
  }

  private void onProgress(Leases.ReportProgress c, Draft draft) {
    if (progress.take(c, draft.state(), draft.now().wallMs())) {
      watchers.note(c.sequence());
    }
  }

  /** Tells each session which leases its holder has here, once in a while. */
  void audit(Draft draft) {
    var leases = draft.leases();
    if (leases.auditDue(draft.now())) {
      leases.forEachHolder((holder, n) -> outbox.held(holder, leases.leasesOf(holder)));
    }
  }
}
