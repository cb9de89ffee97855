package io.reeve.session;

import io.reeve.domain.session.LeaseTable;
import io.reeve.partition.Leases;
import io.reeve.session.Session.Command;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/** What a session consists of once its worker has said hello; the same in every phase. */
final class SessionParts {

  final ActorContext<Command> context;
  final Session.Environment env;
  final Reminders reminders;
  final Downstream worker;
  final WorkerCard card;
  final Session.Hello hello;
  final Session.ResumeToken token;
  final LeaseTable leases;
  final Holding holding;
  final Settling settling;
  final ToPartitions partitions;
  final ToDispatcher dispatcher;

  /** When the worker said something last. */
  long heardAt;

  SessionParts(
      ActorContext<Command> context,
      Session.Environment env,
      Reminders reminders,
      Downstream worker,
      WorkerCard card,
      Session.Hello hello,
      Session.ResumeToken token) {
    this.context = context;
    this.env = env;
    this.reminders = reminders;
    this.worker = worker;
    this.card = card;
    this.hello = hello;
    this.token = token;
    var count = env.partitions().count();
    this.leases = new LeaseTable(count);
    this.holding = new Holding(count, leases);
    this.settling = new Settling(leases, env.tuning().batchesMax());
    var fromPartitions = context.messageAdapter(Leases.ToSession.class, Session.FromPartition::new);
    this.partitions = new ToPartitions(env.partitions(), token, leases, fromPartitions);
    this.dispatcher = new ToDispatcher(context, env.dispatcher(), token, fromPartitions);
    this.heardAt = now();
  }

  long now() {
    return env.nanoTime().getAsLong();
  }
}
