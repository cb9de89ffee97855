package io.reeve.wire;

import io.reeve.partition.Grants;
import io.reeve.wire.v1.Audit;
import io.reeve.wire.v1.DispatcherSuperseded;
import io.reeve.wire.v1.Grant;
import io.reeve.wire.v1.GrantUse;
import io.reeve.wire.v1.Greet;
import io.reeve.wire.v1.HeededRules;
import io.reeve.wire.v1.Inventory;
import io.reeve.wire.v1.PausedQueue;
import io.reeve.wire.v1.ReadyCount;
import io.reeve.wire.v1.Report;
import io.reeve.wire.v1.Revoke;
import io.reeve.wire.v1.RulesChanged;
import io.reeve.wire.v1.RulesHeeded;
import io.reeve.wire.v1.StandingGrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** What dispatcher and partitions say to each other, as {@code grants.proto} has it. */
final class GrantsCodec {

  private final Refs refs;

  private GrantsCodec(Refs refs) {
    this.refs = refs;
  }

  static List<Form<?, ?>> forms(Refs refs) {
    var codec = new GrantsCodec(refs);
    return List.of(
        new Form<>("greet", Grants.Greet.class, codec::write, Greet.parser(), codec::read),
        new Form<>("grant", Grants.Grant.class, codec::write, Grant.parser(), codec::read),
        new Form<>(
            "standing-grant",
            Grants.StandingGrant.class,
            codec::write,
            StandingGrant.parser(),
            codec::read),
        new Form<>(
            "revoke", Grants.Revoke.class, GrantsCodec::write, Revoke.parser(), GrantsCodec::read),
        new Form<>("audit", Grants.Audit.class, codec::write, Audit.parser(), codec::read),
        new Form<>(
            "inventory", Grants.Inventory.class, codec::write, Inventory.parser(), codec::read),
        new Form<>(
            "report", Grants.Report.class, GrantsCodec::write, Report.parser(), GrantsCodec::read),
        new Form<>(
            "rules-changed",
            Grants.RulesChanged.class,
            GrantsCodec::write,
            RulesChanged.parser(),
            GrantsCodec::read),
        new Form<>(
            "rules-heeded",
            Grants.Heeded.class,
            GrantsCodec::write,
            RulesHeeded.parser(),
            GrantsCodec::read),
        new Form<>(
            "dispatcher-superseded",
            Grants.Superseded.class,
            GrantsCodec::write,
            DispatcherSuperseded.parser(),
            GrantsCodec::read));
  }

  // ---- What the dispatcher says ----------------------------------------------------------------

  private Greet write(Grants.Greet greet) {
    var written =
        Greet.newBuilder().setEpoch(greet.epoch()).setDispatcher(refs.write(greet.dispatcher()));
    if (!greet.rules().equals(io.reeve.domain.task.HeededRules.NONE)) {
      written.setRules(write(greet.rules()));
    }
    return written.build();
  }

  private Grants.Greet read(Greet written) throws UnreadableMessageException {
    return new Grants.Greet(
        written.getEpoch(), refs.read(written.getDispatcher()), read(written.getRules()));
  }

  private static RulesChanged write(Grants.RulesChanged changed) {
    return RulesChanged.newBuilder()
        .setEpoch(changed.epoch())
        .setRules(write(changed.rules()))
        .setAsk(changed.ask())
        .build();
  }

  private static Grants.RulesChanged read(RulesChanged written) {
    return new Grants.RulesChanged(written.getEpoch(), written.getAsk(), read(written.getRules()));
  }

  private static HeededRules write(io.reeve.domain.task.HeededRules rules) {
    var written = HeededRules.newBuilder().setVersion(rules.version());
    rules
        .pausedUntilMs()
        .forEach(
            (queue, untilMs) ->
                written.addPaused(
                    PausedQueue.newBuilder().setQueue(queue).setUntilMs(untilMs).build()));
    return written.build();
  }

  private static io.reeve.domain.task.HeededRules read(HeededRules written) {
    var pausedUntilMs = new TreeMap<String, Long>();
    written
        .getPausedList()
        .forEach(paused -> pausedUntilMs.put(paused.getQueue(), paused.getUntilMs()));
    return new io.reeve.domain.task.HeededRules(written.getVersion(), pausedUntilMs);
  }

  private Grant write(Grants.Grant grant) {
    return Grant.newBuilder()
        .setEpoch(grant.epoch())
        .setSeq(grant.seq())
        .setTaskClass(Values.written(grant.taskClass()))
        .setCount(grant.count())
        .setHolder(grant.holder())
        .setSessionNo(grant.sessionNo())
        .setWorkerId(grant.workerId())
        .setSession(refs.write(grant.session()))
        .build();
  }

  private Grants.Grant read(Grant written) throws UnreadableMessageException {
    return new Grants.Grant(
        written.getEpoch(),
        written.getSeq(),
        Values.classOf(written.getTaskClass()),
        written.getCount(),
        written.getHolder(),
        written.getSessionNo(),
        written.getWorkerId(),
        refs.read(written.getSession()));
  }

  private StandingGrant write(Grants.StandingGrant grant) {
    return StandingGrant.newBuilder()
        .setEpoch(grant.epoch())
        .setSeq(grant.seq())
        .addAllQueues(Values.sorted(grant.queues()))
        .addAllKinds(Values.sorted(grant.kinds()))
        .addAllLabels(Values.written(grant.labels()))
        .setCount(grant.count())
        .setHolder(grant.holder())
        .setSessionNo(grant.sessionNo())
        .setWorkerId(grant.workerId())
        .setSession(refs.write(grant.session()))
        .build();
  }

  private Grants.StandingGrant read(StandingGrant written) throws UnreadableMessageException {
    return new Grants.StandingGrant(
        written.getEpoch(),
        written.getSeq(),
        Set.copyOf(written.getQueuesList()),
        Set.copyOf(written.getKindsList()),
        Values.labelsOf(written.getLabelsList()),
        written.getCount(),
        written.getHolder(),
        written.getSessionNo(),
        written.getWorkerId(),
        refs.read(written.getSession()));
  }

  private static Revoke write(Grants.Revoke revoke) {
    return Revoke.newBuilder().setEpoch(revoke.epoch()).addAllSeqs(revoke.seqs()).build();
  }

  private static Grants.Revoke read(Revoke written) {
    return new Grants.Revoke(written.getEpoch(), List.copyOf(written.getSeqsList()));
  }

  private Audit write(Grants.Audit audit) {
    var written =
        Audit.newBuilder()
            .setEpoch(audit.epoch())
            .setIncarnation(audit.incarnation())
            .setSentSeq(audit.sentSeq())
            .setHeardSeq(audit.heardSeq())
            .addAllReady(writeReady(audit.ready()))
            .addAllStanding(writeUses(audit.standing()))
            .setDispatcher(refs.write(audit.dispatcher()));
    if (!audit.rules().equals(io.reeve.domain.task.HeededRules.NONE)) {
      written.setRules(write(audit.rules()));
    }
    return written.build();
  }

  private Grants.Audit read(Audit written) throws UnreadableMessageException {
    return new Grants.Audit(
        written.getEpoch(),
        written.getIncarnation(),
        written.getSentSeq(),
        written.getHeardSeq(),
        readReady(written.getReadyList()),
        readUses(written.getStandingList()),
        refs.read(written.getDispatcher()),
        read(written.getRules()));
  }

  // ---- What it is told -------------------------------------------------------------------------

  private Inventory write(Grants.Inventory inventory) {
    return Inventory.newBuilder()
        .setPartition(inventory.partition())
        .setIncarnation(inventory.incarnation())
        .setEpoch(inventory.epoch())
        .addAllReady(writeReady(inventory.ready()))
        .setSelf(refs.write(inventory.self()))
        .setRulesVersion(inventory.rulesVersion())
        .build();
  }

  private Grants.Inventory read(Inventory written) throws UnreadableMessageException {
    return new Grants.Inventory(
        written.getPartition(),
        written.getIncarnation(),
        written.getEpoch(),
        readReady(written.getReadyList()),
        refs.read(written.getSelf()),
        written.getRulesVersion());
  }

  private static RulesHeeded write(Grants.Heeded heeded) {
    return RulesHeeded.newBuilder()
        .setPartition(heeded.partition())
        .setIncarnation(heeded.incarnation())
        .setEpoch(heeded.epoch())
        .setRulesVersion(heeded.rulesVersion())
        .setAsk(heeded.ask())
        .build();
  }

  private static Grants.Heeded read(RulesHeeded written) {
    return new Grants.Heeded(
        written.getPartition(),
        written.getIncarnation(),
        written.getEpoch(),
        written.getRulesVersion(),
        written.getAsk());
  }

  private static Report write(Grants.Report report) {
    return Report.newBuilder()
        .setPartition(report.partition())
        .setIncarnation(report.incarnation())
        .setEpoch(report.epoch())
        .setLastSeq(report.lastSeq())
        .addAllReady(writeReady(report.ready()))
        .addAllGrants(writeUses(report.grants()))
        .build();
  }

  private static Grants.Report read(Report written) throws UnreadableMessageException {
    return new Grants.Report(
        written.getPartition(),
        written.getIncarnation(),
        written.getEpoch(),
        written.getLastSeq(),
        readReady(written.getReadyList()),
        readUses(written.getGrantsList()));
  }

  private static DispatcherSuperseded write(Grants.Superseded superseded) {
    return DispatcherSuperseded.newBuilder().setEpoch(superseded.epoch()).build();
  }

  private static Grants.Superseded read(DispatcherSuperseded written) {
    return new Grants.Superseded(written.getEpoch());
  }

  // ---- What both speak of ----------------------------------------------------------------------

  private static List<ReadyCount> writeReady(List<Grants.ReadyCount> counts) {
    return counts.stream()
        .map(
            count ->
                ReadyCount.newBuilder()
                    .setTaskClass(Values.written(count.taskClass()))
                    .setReady(count.ready())
                    .setHeadSubmittedMs(count.headSubmittedMs())
                    .build())
        .toList();
  }

  private static List<Grants.ReadyCount> readReady(List<ReadyCount> written)
      throws UnreadableMessageException {
    var counts = new ArrayList<Grants.ReadyCount>(written.size());
    for (var count : written) {
      counts.add(
          new Grants.ReadyCount(
              Values.classOf(count.getTaskClass()), count.getReady(), count.getHeadSubmittedMs()));
    }
    return counts;
  }

  private static List<GrantUse> writeUses(List<Grants.GrantUse> uses) {
    return uses.stream()
        .map(
            use ->
                GrantUse.newBuilder()
                    .setSeq(use.seq())
                    .setLeased(use.leased())
                    .setDone(use.done())
                    .build())
        .toList();
  }

  private static List<Grants.GrantUse> readUses(List<GrantUse> written) {
    return written.stream()
        .map(use -> new Grants.GrantUse(use.getSeq(), use.getLeased(), use.getDone()))
        .toList();
  }
}
