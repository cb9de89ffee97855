package io.reeve.worker.link;

import java.util.List;
import java.util.Map;

/**
 * Who a pool is, as its hello says.
 *
 * @param workerId names the worker
 * @param pool names the pool within it
 * @param incarnation differs with each start
 * @param kinds what it can run
 * @param queues which queues it serves
 * @param capacity leases held at once
 * @param urgentPercentage share of the capacity only urgent tasks may use
 * @param client program and version
 * @param host where it runs
 * @param pid as which process
 * @param labels what it says of itself
 */
public record Identity(
    String workerId,
    String pool,
    String incarnation,
    List<String> kinds,
    List<String> queues,
    int capacity,
    int urgentPercentage,
    String client,
    String host,
    long pid,
    Map<String, String> labels) {

  public Identity {
    kinds = List.copyOf(kinds);
    queues = List.copyOf(queues);
    labels = Map.copyOf(labels);
  }
}
