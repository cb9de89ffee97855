package io.reeve.node;

import io.reeve.partition.Partition;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.ShardingMessageExtractor;

/** A partition is a shard of its own, named by its number. */
final class OneEntityPerShard
    extends ShardingMessageExtractor<ShardingEnvelope<Partition.Command>, Partition.Command> {

  @Override
  public String entityId(ShardingEnvelope<Partition.Command> envelope) {
    return envelope.entityId();
  }

  @Override
  public String shardId(String entityId) {
    return entityId;
  }

  @Override
  public Partition.Command unwrapMessage(ShardingEnvelope<Partition.Command> envelope) {
    return envelope.message();
  }
}
