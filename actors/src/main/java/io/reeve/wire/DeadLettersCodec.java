package io.reeve.wire;

import com.google.protobuf.UnsafeByteOperations;
import io.reeve.domain.partition.DeadFilter;
import io.reeve.domain.partition.DeadLetters;
import io.reeve.domain.task.ErrorGroup;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.RetryEdits;
import io.reeve.partition.Clients;
import io.reeve.wire.v1.DeadGroup;
import io.reeve.wire.v1.DeadGroups;
import io.reeve.wire.v1.Discard;
import io.reeve.wire.v1.DisposeDead;
import io.reeve.wire.v1.Disposed;
import io.reeve.wire.v1.DisposedSlice;
import io.reeve.wire.v1.GroupDead;
import io.reeve.wire.v1.ListDead;
import io.reeve.wire.v1.Redrive;
import java.time.Duration;
import java.util.List;

/** Calls about dead letters and their replies, as {@code clients.proto} has them. */
final class DeadLettersCodec {

  private static final long NO_MORE = -1;

  private final Refs refs;

  private DeadLettersCodec(Refs refs) {
    this.refs = refs;
  }

  static List<Form<?, ?>> forms(Refs refs) {
    var codec = new DeadLettersCodec(refs);
    return List.of(
        new Form<>(
            "list-dead", Clients.ListDead.class, codec::write, ListDead.parser(), codec::read),
        new Form<>(
            "group-dead", Clients.GroupDead.class, codec::write, GroupDead.parser(), codec::read),
        new Form<>("redrive", Clients.Redrive.class, codec::write, Redrive.parser(), codec::read),
        new Form<>("discard", Clients.Discard.class, codec::write, Discard.parser(), codec::read),
        new Form<>(
            "dispose-dead",
            Clients.DisposeDead.class,
            codec::write,
            DisposeDead.parser(),
            codec::read),
        new Form<>(
            "dead-groups",
            Clients.DeadGroups.class,
            DeadLettersCodec::write,
            DeadGroups.parser(),
            DeadLettersCodec::read),
        new Form<>(
            "disposed",
            Clients.Disposed.class,
            DeadLettersCodec::write,
            Disposed.parser(),
            DeadLettersCodec::read),
        new Form<>(
            "disposed-slice",
            Clients.DisposedSlice.class,
            DeadLettersCodec::write,
            DisposedSlice.parser(),
            DeadLettersCodec::read));
  }

  // ---- Calls -----------------------------------------------------------------------------------

  private static io.reeve.wire.v1.DeadFilter write(DeadFilter filter) {
    var written =
        io.reeve.wire.v1.DeadFilter.newBuilder()
            .setQueue(filter.queue())
            .setKind(filter.kind())
            .setTenant(filter.tenant())
            .setFingerprint(filter.fingerprint())
            .setDiedFromMs(filter.diedFromMs());
    if (filter.diedUntilMs() != Long.MAX_VALUE) {
      written.setDiedUntilMs(filter.diedUntilMs());
    }
    return written.build();
  }

  private static DeadFilter read(io.reeve.wire.v1.DeadFilter written) {
    return new DeadFilter(
        written.getQueue(),
        written.getKind(),
        written.getTenant(),
        written.getFingerprint(),
        written.getDiedFromMs(),
        written.hasDiedUntilMs() ? written.getDiedUntilMs() : Long.MAX_VALUE);
  }

  private static io.reeve.wire.v1.RetryEdits write(DeadLetters.Edits edits) {
    var retry = edits.retry();
    var written =
        io.reeve.wire.v1.RetryEdits.newBuilder()
            .setAttemptsMax(retry.attemptsMax())
            .setBackoffMultiplier(retry.backoffMultiplier())
            .addAllNeverRetryCodes(retry.neverRetryCodes())
            .setSpec(UnsafeByteOperations.unsafeWrap(edits.bytes()));
    if (retry.backoffInitial() != null) {
      written.setBackoffInitialMs(retry.backoffInitial().toMillis());
    }
    if (retry.backoffMax() != null) {
      written.setBackoffMaxMs(retry.backoffMax().toMillis());
    }
    if (retry.backoffJitter() != null) {
      written.setBackoffJitter(retry.backoffJitter());
    }
    return written.build();
  }

  private static DeadLetters.Edits read(io.reeve.wire.v1.RetryEdits written) {
    return new DeadLetters.Edits(
        new RetryEdits(
            written.getAttemptsMax(),
            written.hasBackoffInitialMs() ? Duration.ofMillis(written.getBackoffInitialMs()) : null,
            written.hasBackoffMaxMs() ? Duration.ofMillis(written.getBackoffMaxMs()) : null,
            written.getBackoffMultiplier(),
            written.hasBackoffJitter() ? written.getBackoffJitter() : null,
            written.getNeverRetryCodesList()),
        Values.bytesOf(written.getSpec()));
  }

  private ListDead write(Clients.ListDead list) {
    return ListDead.newBuilder()
        .setAfter(list.after())
        .setPageSize(list.pageSize())
        .setScanMax(list.scanMax())
        .setBytesMax(list.bytesMax())
        .setOmitBytes(list.omitBytes())
        .setFilter(write(list.filter()))
        .setReplyTo(refs.write(list.replyTo()))
        .build();
  }

  private Clients.ListDead read(ListDead written) throws UnreadableMessageException {
    return new Clients.ListDead(
        written.getAfter(),
        written.getPageSize(),
        written.getScanMax(),
        written.getBytesMax(),
        written.getOmitBytes(),
        read(written.getFilter()),
        refs.read(written.getReplyTo()));
  }

  private GroupDead write(Clients.GroupDead group) {
    return GroupDead.newBuilder()
        .setAfter(group.after())
        .setScanMax(group.scanMax())
        .setFilter(write(group.filter()))
        .setReplyTo(refs.write(group.replyTo()))
        .build();
  }

  private Clients.GroupDead read(GroupDead written) throws UnreadableMessageException {
    return new Clients.GroupDead(
        written.getAfter(),
        written.getScanMax(),
        read(written.getFilter()),
        refs.read(written.getReplyTo()));
  }

  private Redrive write(Clients.Redrive redrive) {
    return Redrive.newBuilder()
        .setSequence(redrive.sequence())
        .setEdits(write(redrive.edits()))
        .setBy(redrive.by())
        .setReplyTo(refs.write(redrive.replyTo()))
        .build();
  }

  private Clients.Redrive read(Redrive written) throws UnreadableMessageException {
    return new Clients.Redrive(
        written.getSequence(),
        read(written.getEdits()),
        written.getBy(),
        refs.read(written.getReplyTo()));
  }

  private Discard write(Clients.Discard discard) {
    return Discard.newBuilder()
        .setSequence(discard.sequence())
        .setBy(discard.by())
        .setReplyTo(refs.write(discard.replyTo()))
        .build();
  }

  private Clients.Discard read(Discard written) throws UnreadableMessageException {
    return new Clients.Discard(
        written.getSequence(), written.getBy(), refs.read(written.getReplyTo()));
  }

  private DisposeDead write(Clients.DisposeDead dispose) {
    return DisposeDead.newBuilder()
        .setAfter(dispose.after())
        .setMax(dispose.max())
        .setScanMax(dispose.scanMax())
        .setFilter(write(dispose.filter()))
        .setRedrive(dispose.redrive())
        .setEdits(write(dispose.edits()))
        .setBy(dispose.by())
        .setReplyTo(refs.write(dispose.replyTo()))
        .build();
  }

  private Clients.DisposeDead read(DisposeDead written) throws UnreadableMessageException {
    return new Clients.DisposeDead(
        written.getAfter(),
        written.getMax(),
        written.getScanMax(),
        read(written.getFilter()),
        written.getRedrive(),
        read(written.getEdits()),
        written.getBy(),
        refs.read(written.getReplyTo()));
  }

  // ---- Replies ---------------------------------------------------------------------------------

  private static DeadGroups write(Clients.DeadGroups groups) {
    var written = DeadGroups.newBuilder();
    for (var group : groups.groups()) {
      written.addGroups(
          DeadGroup.newBuilder()
              .setKind(group.error().kind())
              .setType(group.error().type().number())
              .setCode(group.error().code())
              .setMessage(group.error().message())
              .setCount(group.count())
              .setFirstDiedAtMs(group.firstDiedAtMs())
              .setLastDiedAtMs(group.lastDiedAtMs())
              .setSample(group.sample()));
    }
    if (groups.next() != NO_MORE) {
      written.setNext(groups.next());
    }
    return written.build();
  }

  private static Clients.DeadGroups read(DeadGroups written) {
    var groups =
        written.getGroupsList().stream()
            .map(
                group ->
                    new Clients.DeadGroup(
                        new ErrorGroup(
                            group.getKind(),
                            FailureType.of(group.getType()),
                            group.getCode(),
                            group.getMessage()),
                        group.getCount(),
                        group.getFirstDiedAtMs(),
                        group.getLastDiedAtMs(),
                        group.getSample()))
            .toList();
    return new Clients.DeadGroups(groups, written.hasNext() ? written.getNext() : NO_MORE);
  }

  private static Disposed write(Clients.Disposed disposed) {
    return Disposed.newBuilder()
        .setPartition(disposed.partition())
        .setSequence(disposed.sequence())
        .setRedrivenAs(disposed.redrivenAs())
        .setAlready(disposed.already())
        .build();
  }

  private static Clients.Disposed read(Disposed written) {
    return new Clients.Disposed(
        written.getPartition(),
        written.getSequence(),
        written.getRedrivenAs(),
        written.getAlready());
  }

  private static DisposedSlice write(Clients.DisposedSlice slice) {
    var written = DisposedSlice.newBuilder().setCount(slice.count());
    if (slice.next() != NO_MORE) {
      written.setNext(slice.next());
    }
    return written.build();
  }

  private static Clients.DisposedSlice read(DisposedSlice written) {
    return new Clients.DisposedSlice(
        written.getCount(), written.hasNext() ? written.getNext() : NO_MORE);
  }
}
