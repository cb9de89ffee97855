package io.reeve.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.util.Locale;
import org.apache.pekko.cluster.Invalid;
import org.apache.pekko.cluster.Valid$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterSettingsTest {

  @Test
  void aLoneNodeGetsAnAddressAndNothingThatGossipNeeds() {
    var pekko = of("reeve.cluster.port = 7461").pekkoConfig(false, 4);

    assertThat(pekko.getString("pekko.remote.artery.canonical.hostname")).isEqualTo("127.0.0.1");
    assertThat(pekko.getInt("pekko.remote.artery.canonical.port")).isEqualTo(7461);
    assertThat(pekko.hasPath("pekko.cluster")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"safe, 1s, 3s, 7s, 3s", "fast, 500ms, 2s, 2500ms, 50ms"})
  void theProfileDecidesHowSoonASilentNodeIsDead(
      String profile, String heartbeat, String pause, String stableAfter, String margin) {
    var pekko = of("reeve.cluster.failure-profile = " + profile).pekkoConfig(true, 16);

    assertThat(pekko.getString("pekko.cluster.failure-detector.heartbeat-interval"))
        .isEqualTo(heartbeat);
    assertThat(pekko.getString("pekko.cluster.failure-detector.acceptable-heartbeat-pause"))
        .isEqualTo(pause);
    assertThat(pekko.getString("pekko.cluster.split-brain-resolver.stable-after"))
        .isEqualTo(stableAfter);
    assertThat(pekko.getString("pekko.cluster.down-removal-margin")).isEqualTo(margin);
    assertThat(pekko.getString("pekko.remote.artery.bind.hostname")).isEqualTo("127.0.0.1");
  }

  @ParameterizedTest
  @CsvSource({
    "8 MiB, 1 MiB, 2 MiB, 18825792",
    "64 MiB, 32 MiB, 2 MiB, 136266304",
    "8 MiB, 14 MiB, 4 MiB, 19922944",
    "2 MiB, 1 MiB, 1 MiB, 7340032"
  })
  void whatFitsTheEdgeFitsBetweenNodes(String message, String payload, String row, long frame) {
    var pekko =
        of("reeve { grpc.message-size-max = "
                + message
                + ", task.payload-size-max = "
                + payload
                + ", partition.batch.bytes-max = "
                + row
                + " }")
            .pekkoConfig(true, 16);

    assertThat(pekko.getBytes("pekko.remote.artery.advanced.maximum-frame-size")).isEqualTo(frame);
  }

  @Test
  void aNodeJoinsOnlyMembersWithAsManyPartitions() {
    var sixteen = of("").pekkoConfig(true, 16);
    var checker = new SamePartitions();

    assertThat(
            sixteen.getString(
                "pekko.cluster.configuration-compatibility-check.checkers.reeve-partitions"))
        .isEqualTo(SamePartitions.class.getName());
    assertThat(checker.check(of("").pekkoConfig(true, 16), sixteen)).isInstanceOf(Valid$.class);
    assertThat(checker.check(of("").pekkoConfig(true, 8), sixteen)).isInstanceOf(Invalid.class);
    assertThat(checker.check(ConfigFactory.empty(), sixteen)).isInstanceOf(Invalid.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[edge, tasks]    | EDGE TASKS",
        "[tasks]          | TASKS",
        "edge             | EDGE",
        "\" tasks , edge \" | EDGE TASKS"
      })
  void theRolesOfANodeAreThoseOfItsMember(String setting, String roles) {
    var settings = of("reeve.node.roles = " + setting);

    assertThat(settings.roles()).extracting(Role::name).containsExactly(roles.split(" "));
    assertThat(settings.pekkoConfig(true, 16).getStringList("pekko.cluster.roles"))
        .containsExactly(roles.toLowerCase(Locale.ROOT).split(" "));
  }

  @Test
  void aNodeHasBothRolesUnlessItIsToldOtherwise() {
    assertThat(of("").roles()).containsExactly(Role.EDGE, Role.TASKS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]            | none",
        "\",\"          | none",
        "[edge, owl]   | owl",
        "\"edge,Tasks\"  | Tasks",
        "\"edge,edge\"   | edge",
        "{ edge = on } | edge"
      })
  void rolesThatNobodyHasAreTold(String setting, String got) {
    assertThatThrownBy(() -> of("reeve.node.roles = " + setting))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("reeve.node.roles: expected ")
        .hasMessageContaining(got);
  }

  @Test
  void onlyOwnersOfTasksDecideWhichSideOfASplitGoesOn() {
    assertThat(
            of("")
                .pekkoConfig(true, 16)
                .getString("pekko.cluster.split-brain-resolver.keep-majority.role"))
        .isEqualTo(Role.TASKS.word());
  }

  @ParameterizedTest
  @CsvSource({
    "'[\"crane:7461\", \"heron:7462\"]'",
    "'\"crane:7461,heron:7462\"'",
    "'\" crane:7461 , heron:7462 \"'"
  })
  void seedNodesAreAListOrOneTextAsTheEnvironmentHasIt(String seeds) {
    assertThat(of("reeve.cluster.seed-nodes = " + seeds).seedNodes())
        .containsExactly("crane:7461", "heron:7462");
  }

  @ParameterizedTest
  @CsvSource({
    "'seed-nodes = \"crane:7461,heron\"', seed-nodes, heron",
    "seed-nodes = [crane], seed-nodes, crane",
    "'seed-nodes = [\"crane:0\"]', seed-nodes, crane:0",
    "'seed-nodes = [\"crane:65536\"]', seed-nodes, crane:65536",
    "'seed-nodes = [\":7461\"]', seed-nodes, :7461",
    "failure-profile = brave, failure-profile, brave",
    "port = 65536, port, 65536",
    "ask-for = 0s, ask-for, 0",
    "look-interval = 1ms, look-interval, 1",
    "keep-interval = 2h, keep-interval, 2",
    "answer-within = 1ms, answer-within, 1",
    "refresh-interval = 0s, refresh-interval, 0"
  })
  void aValueOutOfItsBoundsIsToldByItsKey(String setting, String key, String got) {
    assertThatThrownBy(() -> of("reeve.cluster { " + setting + " }"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("reeve.cluster." + key + ": expected ")
        .hasMessageContaining(got);
  }

  private static ClusterSettings of(String settings) {
    return ClusterSettings.from(
        ConfigFactory.parseString(settings).withFallback(ConfigFactory.load()));
  }
}
