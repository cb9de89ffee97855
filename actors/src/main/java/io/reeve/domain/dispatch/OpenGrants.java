package io.reeve.domain.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The open grants of all partitions, and the orders that brought them about. The one place where
 * grants open and close, so that the counts of partitions, classes and workers move together.
 */
final class OpenGrants {

  final Stock[] stocks;
  private List<Order> orders = new ArrayList<>();
  private final Map<Integer, List<Long>> revocations = new TreeMap<>();
  private final List<OpenGrant> unused = new ArrayList<>();

  OpenGrants(int partitions) {
    stocks = new Stock[partitions];
    for (var p = 0; p < partitions; p++) {
      stocks[p] = new Stock(p);
    }
  }

  // ---- Opening and revoking

  void propose(ReadyClass ready, Stock stock, WorkerLedger worker, int count) {
    var grant = new OpenGrant(stock.takeSeq(), stock, worker, count, ready);
    stock.proposals.put(grant.seq, grant);
    ready.grantedAt(stock.partition, count);
    worker.open(grant);
    orders.add(new Order.Propose(stock.partition, grant.seq, ready.taskClass, count, worker.offer));
  }

  void stand(Stock stock, WorkerLedger worker, int count) {
    var grant = new OpenGrant(stock.takeSeq(), stock, worker, count, null);
    stock.standing.put(grant.seq, grant);
    worker.open(grant);
    orders.add(new Order.Stand(stock.partition, grant.seq, count, worker.offer));
  }

  /** Asks for a standing grant back; it stays open until the partition says that it is done. */
  void revoke(OpenGrant grant) {
    grant.worker.revoke(grant);
    grant.stock.owe();
    tellRevoked(grant);
  }

  private void tellRevoked(OpenGrant grant) {
    revocations.computeIfAbsent(grant.stock.partition, p -> new ArrayList<>()).add(grant.seq);
  }

  /** The orders since the last call, revocations first. */
  List<Order> takeOrders() {
    if (orders.isEmpty() && revocations.isEmpty()) {
      return List.of();
    }
    var taken = new ArrayList<Order>(orders.size() + revocations.size());
    revocations.forEach((partition, seqs) -> taken.add(new Order.Revoke(partition, seqs)));
    taken.addAll(orders);
    revocations.clear();
    orders = new ArrayList<>();
    return taken;
  }

  // ---- What partitions say of them

  /** Notes how far a grant is. {@code leased} is absolute, so a repeat changes nothing. */
  void used(Stock stock, long seq, int leased, boolean done) {
    var grant = stock.proposals.get(seq);
    if (grant == null) {
      grant = stock.standing.get(seq);
    }
    if (grant == null) {
      return;
    }
    var more = Math.min(leased, grant.count) - grant.leased;
    if (more > 0) {
      if (grant.ready != null) {
        grant.ready.grantedAt(stock.partition, -more);
      }
      grant.worker.leased(grant, more);
    }
    if (done || grant.remaining() == 0) {
      close(grant);
    }
  }

  /**
   * The partition has dealt with all grants up to {@code lastSeq}: proposals among them that are
   * still open here were done in a report that was lost.
   */
  void dealtWith(Stock stock, long lastSeq) {
    stock.lastSeq = Math.max(stock.lastSeq, lastSeq);
    while (!stock.proposals.isEmpty()) {
      var oldest = stock.proposals.values().iterator().next();
      if (oldest.seq > lastSeq) {
        return;
      }
      close(oldest);
    }
  }

  /** The partition is gone, and all its grants with it. */
  void forget(Stock stock) {
    forgetProposals(stock);
    List.copyOf(stock.standing.values()).forEach(this::drop);
  }

  /**
   * The partition greeted anew and may have lost grants, or may still meet some that were on their
   * way. Proposals end by themselves there, so they are forgotten; standing grants are taken back,
   * which the partition confirms whether it knows them or not.
   */
  void doubt(Stock stock) {
    forgetProposals(stock);
    for (var grant : List.copyOf(stock.standing.values())) {
      if (grant.revoked) {
        tellRevoked(grant);
      } else {
        revoke(grant);
      }
    }
  }

  /** The partition does not answer: none of its grants counts until it does. */
  void forsake(Stock stock) {
    stock.forsaken.addAll(stock.standing.keySet());
    forget(stock);
  }

  /** It answers again: takes back what it may still have. */
  void takeBackForsaken(Stock stock) {
    if (!stock.forsaken.isEmpty()) {
      revocations.computeIfAbsent(stock.partition, p -> new ArrayList<>()).addAll(stock.forsaken);
      stock.forsaken.clear();
    }
  }

  private void forgetProposals(Stock stock) {
    List.copyOf(stock.proposals.values()).forEach(this::drop);
    stock.lastSeq = stock.newestSeq();
  }

  /**
   * Proposals that ended with nothing leased since the last call. Whether they were refused shows
   * once the ready counts of the same report are in.
   */
  List<OpenGrant> takeUnused() {
    if (unused.isEmpty()) {
      return List.of();
    }
    var taken = List.copyOf(unused);
    unused.clear();
    return taken;
  }

  private void close(OpenGrant grant) {
    drop(grant);
    if (grant.ready != null) {
      if (grant.leased == 0) {
        unused.add(grant);
      } else {
        grant.worker.refusals[grant.stock.partition] = 0;
      }
    }
  }

  private void drop(OpenGrant grant) {
    if (grant.ready != null) {
      grant.stock.proposals.remove(grant.seq);
      grant.ready.grantedAt(grant.stock.partition, -grant.remaining());
    } else {
      grant.stock.standing.remove(grant.seq);
      if (grant.revoked) {
        grant.stock.confirm();
      }
    }
    grant.worker.close(grant);
  }
}
