package io.reeve.node.store;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postgresql.plugin.AuthenticationPlugin;
import org.postgresql.plugin.AuthenticationRequestType;

/**
 * Gives the driver the password at the moment a connection asks for it. So neither the connection's
 * address nor the actor system's configuration holds it, both of which get logged.
 *
 * <p>An address names this class and a ticket; the passwords lie in this process by ticket, as long
 * as their store is open. Created by the driver, by name.
 */
public final class PostgresPassword implements AuthenticationPlugin {

  private static final String TICKET = "reeveTicket";
  private static final Map<String, Secret> HELD = new ConcurrentHashMap<>();
  private static final AtomicLong TICKETS = new AtomicLong();

  private final String ticket;

  /**
   * @param connection what the address said
   */
  public PostgresPassword(Properties connection) {
    this.ticket = connection.getProperty(TICKET, "");
  }

  /** One password that is held until closed. */
  record Ticket(String number) implements AutoCloseable {

    /** What an address has to say to get this password. */
    Map<String, String> parameters() {
      return Map.of(
          "authenticationPluginClassName", PostgresPassword.class.getName(), TICKET, number);
    }

    @Override
    public void close() {
      HELD.remove(number);
    }
  }

  static Ticket hold(Secret password) {
    var ticket = new Ticket(Long.toString(TICKETS.incrementAndGet()));
    HELD.put(ticket.number(), password);
    return ticket;
  }

  /** Null, which the driver tells in words of its own, when the store has closed. */
  @Override
  public char @Nullable [] getPassword(AuthenticationRequestType type) {
    var password = HELD.get(ticket);
    return password == null ? null : password.reveal().toCharArray();
  }
}
