package io.reeve.node;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Looks whether a port can be listened on, before anything is started that would have to be stopped
 * in order again. Another program may still take it in between; the start then fails later, and
 * takes longer to do so.
 */
final class FreePort {

  private FreePort() {}

  /** A port is not to be had. The message says which, why, and what to do. */
  static final class Taken extends Exception {
    private static final long serialVersionUID = 1;

    Taken(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * @param key of the setting, for the message
   * @param port 0: any that is free, so that there is nothing to look at
   */
  static void demand(String key, String host, int port) throws Taken {
    if (port == 0) {
      return;
    }
    try (var socket = new ServerSocket()) {
      // As a server does: connections of the one before, which the kernel remembers for a minute,
      // are no hindrance.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (BindException e) {
      throw new Taken(
          key
              + ": cannot listen on "
              + host
              + ":"
              + port
              + " ("
              + e.getMessage()
              + "); stop what listens there, or set another port (0: any free one)",
          e);
    } catch (IOException e) {
      throw new Taken(key + ": cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }
}
