package io.reeve.simulation;

import io.reeve.session.Session;
import io.reeve.session.WorkerStream;

/**
 * One connection of a worker to a node, and its edge: both directions keep their order, and nothing
 * is lost but by the end of the whole. It may end, or fall silent with nobody told.
 */
final class SimStream implements WorkerStream {

  private static final int BUFFERED_MAX = 64;
  private static final int LATENCY_MAX = 1_000_000;

  private final World world;
  private final SimWorker worker;
  final Host node;
  private final Cluster cluster;
  final SimActor<Session.Command> session;
  private final boolean ignoresCredit;
  private long toWorkerAt;
  private long toSessionAt;
  private int buffered;
  private boolean ended;
  private boolean silent;

  /** What was on its way does not arrive. */
  private boolean cut;

  SimStream(World world, Cluster cluster, SimWorker worker, Host node, boolean ignoresCredit) {
    this.world = world;
    this.cluster = cluster;
    this.worker = worker;
    this.node = node;
    this.ignoresCredit = ignoresCredit;
    this.session = cluster.startSession(node, this);
    cluster.streams.add(this);
  }

  // ---- The worker's side

  /** Says something to the session. */
  void say(Session.FromWorker message) {
    if (!ended && !silent) {
      toSessionAt = Math.max(toSessionAt, world.nanos()) + latency();
      world.sendAt(toSessionAt, session.ref, unlimited(message));
    }
  }

  /** As if the session took no notice of credit: what the worker says of it is blown up. */
  private Session.FromWorker unlimited(Session.FromWorker message) {
    if (!ignoresCredit) {
      return message;
    }
    if (message instanceof Session.CreditStated c) {
      return new Session.CreditStated(c.capacity() + 3, 0, c.releasedTotal());
    }
    return message instanceof Session.Hello h
        ? new Session.Hello(
            h.workerId(),
            h.pool(),
            h.incarnation(),
            h.queues(),
            h.kinds(),
            h.labels(),
            h.capacity() + 3,
            0,
            h.resume(),
            h.held(),
            h.client(),
            h.host(),
            h.pid())
        : message;
  }

  /** The worker ends it. */
  void close() {
    if (!ended) {
      endHere();
      tellSession("the worker closed the stream");
    }
  }

  // ---- What happens to it

  /** The connection breaks and both sides hear of it. What was on its way is lost. */
  void breakDown() {
    if (!ended) {
      endHere();
      cut = true;
      tellSession("the connection broke");
      tellWorker("the connection broke", false);
    }
  }

  /** Nothing gets through any more, and nobody hears of it. */
  void fallSilent() {
    silent = true;
  }

  /** The node is dead; the worker hears of it, or the machine was cut off with it. */
  void serverDied(boolean unnoticed) {
    if (!ended) {
      endHere();
      cut = true;
      if (!unnoticed && !silent) {
        tellWorker("the node died", false);
      }
    }
  }

  private void endHere() {
    ended = true;
    cluster.streams.remove(this);
  }

  private void tellSession(String cause) {
    if (!silent) {
      world.sendAt(
          Math.max(toSessionAt, world.nanos()) + latency(),
          session.ref,
          new Session.StreamClosed(cause));
    }
  }

  private void tellWorker(String reason, boolean refused) {
    world.in(
        Math.max(0, toWorkerAt - world.nanos()) + latency(),
        worker.host,
        () -> worker.closed(this, reason, refused));
  }

  // ---- The session's side

  @Override
  public boolean offer(Session.ToWorker message) {
    if (ended || buffered >= BUFFERED_MAX) {
      return false;
    }
    if (silent) {
      return true;
    }
    buffered++;
    toWorkerAt = Math.max(toWorkerAt, world.nanos()) + latency();
    world.in(
        toWorkerAt - world.nanos(),
        worker.host,
        () -> {
          buffered--;
          if (!cut && !silent) {
            worker.hear(this, message);
          }
        });
    return true;
  }

  @Override
  public void complete() {
    endByServer("completed", false);
  }

  @Override
  public void refuse(SessionRefusal refusal) {
    endByServer(refusal.reason(), !refusal.retry());
  }

  private void endByServer(String reason, boolean refused) {
    if (!ended) {
      if (!silent) {
        tellWorker(reason, refused);
      }
      endHere();
      tellSession("the stream ended");
    }
  }

  private long latency() {
    return 20_000L + world.random.nextInt(LATENCY_MAX);
  }
}
