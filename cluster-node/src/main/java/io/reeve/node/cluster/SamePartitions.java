package io.reeve.node.cluster;

import com.typesafe.config.Config;
import java.util.List;
import org.apache.pekko.cluster.ConfigValidation;
import org.apache.pekko.cluster.JoinConfigCompatChecker;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Lets a node join only members with as many partitions as itself: where a request id is remembered
 * depends on their number, so with two numbers at once a repeated submission would be taken twice.
 * Created by Pekko, by name, on both sides.
 */
public final class SamePartitions extends JoinConfigCompatChecker {

  /** How many partitions a node has; among Pekko's settings, since nobody sets it by hand. */
  static final String KEY = "pekko.cluster.configuration-compatibility-check.reeve.partitions";

  @Override
  public Seq<String> requiredKeys() {
    return CollectionConverters.asScala(List.of(KEY)).toSeq();
  }

  @Override
  public ConfigValidation check(Config toCheck, Config actual) {
    return JoinConfigCompatChecker.fullMatch(requiredKeys(), toCheck, actual);
  }
}
