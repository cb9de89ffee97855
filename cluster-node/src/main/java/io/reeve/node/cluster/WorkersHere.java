package io.reeve.node.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import io.reeve.v1.ListWorkersResponse;
import java.util.Optional;

/**
 * What a node knows of workers, told to another.
 *
 * @param workers a {@link ListWorkersResponse} in which their node is left open: nodes of different
 *     versions understand each other as clients and servers do
 */
public record WorkersHere(NodeFacts.Identity node, byte[] workers) implements NodeTalk {

  static WorkersHere of(NodeFacts.Identity node, ListWorkersResponse workers) {
    return new WorkersHere(node, workers.toByteArray());
  }

  /** What it knows; empty when it cannot be understood. */
  Optional<ListWorkersResponse> read() {
    try {
      return Optional.of(ListWorkersResponse.parseFrom(workers));
    } catch (InvalidProtocolBufferException unreadable) {
      return Optional.empty();
    }
  }
}
