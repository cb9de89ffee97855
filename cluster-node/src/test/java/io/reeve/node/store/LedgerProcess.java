package io.reeve.node.store;

import java.nio.file.Path;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A process that opens a store, and writes rows into ledgers until it is killed or has written
 * enough. Prints {@code open}, then {@code ledger-2 17} for each acknowledged row.
 *
 * <p>Arguments: directory, ledgers, rows per ledger (0: just hold the store open until standard
 * input ends), and optionally bytes per row.
 */
public final class LedgerProcess {

  private LedgerProcess() {}

  public static void main(String[] arguments) throws Exception {
    var ledgers = Integer.parseInt(arguments[1]);
    var rows = Long.parseLong(arguments[2]);
    var entry = new byte[arguments.length > 3 ? Integer.parseInt(arguments[3]) : 200];
    EmbeddedStore store;
    try {
      store = TestStores.open(Path.of(arguments[0]));
    } catch (StoreException refused) {
      System.out.println(refused.reason() + " " + refused.getMessage());
      System.exit(3);
      return;
    }
    System.out.println("open");
    if (rows == 0) {
      while (System.in.read() >= 0) {}
    } else {
      var system =
          ActorSystem.create(
              Behaviors.<Boolean>setup(context -> writers(context, ledgers, rows, entry)),
              "ledgers",
              TestStores.system(store));
      system.getWhenTerminated().toCompletableFuture().join();
    }
    store.close();
  }

  private static Behavior<Boolean> writers(
      ActorContext<Boolean> context, int ledgers, long rows, byte[] entry) {
    for (var i = 0; i < ledgers; i++) {
      var name = "ledger-" + i;
      var ledger = context.spawn(Ledger.create(name), name);
      context.watch(context.spawn(writer(name, ledger, rows, entry), "writer-" + i));
    }
    var left = new int[] {ledgers};
    return Behaviors.receive(Boolean.class)
        .onSignal(
            Terminated.class, writer -> --left[0] == 0 ? Behaviors.stopped() : Behaviors.same())
        .build();
  }

  private static Behavior<Long> writer(
      String name, ActorRef<Ledger.Command> ledger, long rows, byte[] entry) {
    return Behaviors.setup(
        context -> {
          ledger.tell(new Ledger.Enter(entry, context.getSelf()));
          return Behaviors.receive(Long.class)
              .onMessage(
                  Long.class,
                  row -> {
                    System.out.println(name + " " + row);
                    if (row >= rows) {
                      return Behaviors.stopped();
                    }
                    ledger.tell(new Ledger.Enter(entry, context.getSelf()));
                    return Behaviors.same();
                  })
              .build();
        });
  }
}
