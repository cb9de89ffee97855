package io.reeve.rig;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.Settlement;
import io.reeve.v1.SettlementAck;
import io.reeve.v1.Settlements;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc.WorkerServiceStub;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One stream through a {@link MessageProxy}. All but its two ends runs on the proxy's thread. */
final class ProxiedStream {

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** The first field of an ErrorInfo in those details. */
  private static final Pattern REASON = Pattern.compile("ErrorInfo.*?\\n[\\x04-\\x40]([A-Z_]+)");

  private static final ByteString FORGED = ByteString.copyFromUtf8(" or so");

  private static final int HOLD_MS_MAX = 250;
  private static final int GHOST_LATER = 10;
  private static final int SETTLEMENTS_ADDED_MAX = 3;

  private final MessageProxy proxy;
  private final int number;
  private final StreamObserver<ServerMessage> worker;
  private final Random random;
  private final HeldLine toNode;
  private final HeldLine toWorker;
  private final TreeMap<Long, List<Settlement>> unanswered = new TreeMap<>();
  private final Set<String> foreign = new HashSet<>();
  private @Nullable StreamObserver<WorkerMessage> node;
  private String workerId = "";
  private boolean over;

  ProxiedStream(
      MessageProxy proxy, int number, StreamObserver<ServerMessage> worker, Random random) {
    this.proxy = proxy;
    this.number = number;
    this.worker = worker;
    this.random = random;
    this.toNode = new HeldLine(proxy.thread());
    this.toWorker = new HeldLine(proxy.thread());
  }

  void open(WorkerServiceStub stub) {
    var opened = stub.connect(new FromNode());
    run(() -> node = opened);
  }

  StreamObserver<WorkerMessage> fromWorker() {
    return new FromWorker();
  }

  private void run(Runnable step) {
    try {
      proxy.thread().execute(step);
    } catch (RejectedExecutionException closed) {
      // The proxy is closed, and with it both ends.
      over = true;
    }
  }

  // ---- From the worker --------------------------------------------------------------------------

  private final class FromWorker implements StreamObserver<WorkerMessage> {
    @Override
    public void onNext(WorkerMessage message) {
      run(() -> play(message));
    }

    @Override
    public void onError(Throwable broken) {
      run(
          () -> {
            if (end()) {
              node().onError(Status.CANCELLED.withDescription("hung up").asRuntimeException());
            }
          });
    }

    @Override
    public void onCompleted() {
      run(
          () ->
              toNode.pass(
                  () -> {
                    if (!over) {
                      node().onCompleted();
                    }
                  }));
    }
  }

  private StreamObserver<WorkerMessage> node() {
    if (node == null) {
      throw new IllegalStateException("expected an open stream");
    }
    return node;
  }

  private boolean end() {
    var ends = !over;
    over = true;
    proxy.ended(number);
    return ends;
  }

  private void play(WorkerMessage message) {
    var trick = proxy.isHonest() ? Trick.PASS : trick(message);
    proxy.played(trick);
    if (message.hasHello()) {
      workerId = message.getHello().getWorkerId();
    }
    switch (trick) {
      case PASS -> pass(message);
      case HOLD -> {
        (random.nextBoolean() ? toNode : toWorker).hold(time());
        pass(message);
      }
      case OVERTAKEN -> {
        var unused =
            proxy.thread().schedule(() -> send(message), time().toNanos(), TimeUnit.NANOSECONDS);
      }
      case TWICE -> {
        pass(message);
        pass(message);
      }
      case SAID_BEFORE -> {
        pass(message);
        again(true);
      }
      case SAID_ELSEWHERE -> {
        pass(message);
        again(false);
      }
      case MORE_SETTLEMENTS -> pass(withMore(message));
      case GHOST -> {
        pass(message);
        proxy.haunt(message, time().multipliedBy(GHOST_LATER));
      }
    }
    proxy.remember(new MessageProxy.Said(number, workerId, message), random);
  }

  private Trick trick(WorkerMessage message) {
    var drawn = random.nextInt(1000);
    if (message.hasHello()) {
      return drawn < 300 ? Trick.GHOST : Trick.PASS;
    }
    if (message.hasSettlements() && drawn < 300) {
      return Trick.MORE_SETTLEMENTS;
    }
    return drawn >= 960
        ? Trick.HOLD
        : drawn >= 955
            ? Trick.OVERTAKEN
            : drawn >= 945
                ? Trick.TWICE
                : drawn >= 938
                    ? Trick.SAID_BEFORE
                    : drawn >= 931 ? Trick.SAID_ELSEWHERE : Trick.PASS;
  }

  private Duration time() {
    return Duration.ofMillis(1 + random.nextInt(HOLD_MS_MAX));
  }

  private void again(boolean ofThis) {
    var all = proxy.remembered().stream().filter(it -> (it.stream() == number) == ofThis).toList();
    if (!all.isEmpty()) {
      var said = all.get(random.nextInt(all.size()));
      said.message().getSettlements().getSettlementsList().forEach(it -> saidBy(said, it));
      pass(said.message());
    }
  }

  private WorkerMessage withMore(WorkerMessage message) {
    var old = proxy.remembered().stream().filter(it -> it.message().hasSettlements()).toList();
    var leases = new HashSet<String>();
    var more = message.getSettlements().toBuilder();
    more.getSettlementsList().forEach(own -> leases.add(lease(own)));
    for (var left = random.nextInt(SETTLEMENTS_ADDED_MAX); left >= 0 && !old.isEmpty(); left--) {
      var said = old.get(random.nextInt(old.size()));
      var settled = said.message().getSettlements().getSettlementsList();
      var added = settled.get(random.nextInt(settled.size()));
      if (leases.add(lease(added))) {
        saidBy(said, added);
        more.addSettlements(random.nextBoolean() ? added : altered(added));
      }
    }
    return WorkerMessage.newBuilder().setSettlements(more).build();
  }

  private void saidBy(MessageProxy.Said said, Settlement settlement) {
    if (!said.workerId().equals(workerId)) {
      foreign.add(lease(settlement));
    }
  }

  private static String lease(Settlement settlement) {
    return settlement.getTaskId() + " " + settlement.getFence();
  }

  /** What nobody said: another result, or success instead of whatever it was. */
  private static Settlement altered(Settlement settlement) {
    var altered = settlement.toBuilder();
    var completed = altered.getCompletedBuilder();
    completed.setResult(completed.getResult().concat(FORGED));
    return altered.build();
  }

  private void pass(WorkerMessage message) {
    toNode.pass(() -> send(message));
  }

  private void send(WorkerMessage message) {
    if (over) {
      return;
    }
    if (message.hasSettlements()) {
      Settlements batch = message.getSettlements();
      unanswered.putIfAbsent(batch.getBatch(), batch.getSettlementsList());
    }
    node().onNext(message);
  }

  // ---- From the node ----------------------------------------------------------------------------

  private final class FromNode implements StreamObserver<ServerMessage> {
    @Override
    public void onNext(ServerMessage message) {
      run(
          () -> {
            note(message);
            toWorker.pass(() -> worker.onNext(message));
          });
    }

    @Override
    public void onError(Throwable broken) {
      run(
          () -> {
            if (end()) {
              proxy.endedByNode(reason(broken));
              toWorker.pass(
                  () ->
                      worker.onError(
                          Status.fromThrowable(broken)
                              .asRuntimeException(Status.trailersFromThrowable(broken))));
            }
          });
    }

    @Override
    public void onCompleted() {
      run(
          () -> {
            if (end()) {
              toWorker.pass(worker::onCompleted);
            }
          });
    }
  }

  private void note(ServerMessage message) {
    if (message.hasWelcome()) {
      proxy.welcomed(number);
    } else if (message.hasSettlementAck()) {
      answered(message.getSettlementAck());
    }
  }

  private void answered(SettlementAck ack) {
    var answered = unanswered.headMap(ack.getBatch(), true);
    proxy
        .log()
        .answered(
            answered.values().stream().flatMap(List::stream).toList(),
            ack.getRefusedList(),
            settlement -> foreign.contains(lease(settlement)));
    answered.clear();
  }

  /** The stable word for it, or the status when there is none. */
  static String reason(Throwable broken) {
    var trailers = Status.trailersFromThrowable(broken);
    var details = trailers == null ? null : trailers.get(DETAILS);
    var match =
        REASON.matcher(details == null ? "" : new String(details, StandardCharsets.ISO_8859_1));
    return match.find() ? match.group(1) : Status.fromThrowable(broken).toString();
  }
}
