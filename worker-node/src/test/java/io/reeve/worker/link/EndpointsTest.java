package io.reeve.worker.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.worker.settings.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EndpointsTest {

  private static final Endpoint CRANE = new Endpoint("crane", 1);
  private static final Endpoint HERON = new Endpoint("heron", 1);
  private static final Endpoint IBIS = new Endpoint("ibis", 1);

  @Test
  void afterTheLastComesTheFirst() {
    assertThat(tried(new Endpoints(List.of(CRANE, HERON)), 5))
        .containsExactly(CRANE, HERON, CRANE, HERON, CRANE);
  }

  @Test
  void theNamedAreTriedFirstOnceEachAndNoConfiguredOneIsLost() {
    var endpoints = new Endpoints(List.of(CRANE));

    endpoints.sentTo(List.of(HERON, IBIS));

    assertThat(tried(endpoints, 4)).containsExactly(HERON, IBIS, CRANE, CRANE);
  }

  @Test
  void whoNamesNobodySendsToTheNextConfigured() {
    var endpoints = new Endpoints(List.of(CRANE, HERON));

    endpoints.sentTo(List.of());

    assertThat(tried(endpoints, 2)).containsExactly(HERON, CRANE);
  }

  @Test
  void theNamedServerThatStandsIsTriedAgainWhenItsStreamBreaks() {
    var endpoints = new Endpoints(List.of(CRANE));
    endpoints.sentTo(List.of(HERON, IBIS));

    assertThat(endpoints.current()).isEqualTo(HERON);
    assertThat(endpoints.current()).isEqualTo(HERON);
  }

  @Test
  void theLastWordCounts() {
    var endpoints = new Endpoints(List.of(CRANE));
    endpoints.sentTo(List.of(HERON, IBIS));

    endpoints.sentTo(List.of(IBIS));

    assertThat(tried(endpoints, 2)).containsExactly(IBIS, CRANE);
  }

  @Test
  void whoLeavesIsNotTriedAtItsOwnWordAndNobodyTwice() {
    var endpoints = new Endpoints(List.of(CRANE, HERON));

    endpoints.sentTo(List.of(CRANE, IBIS, IBIS));

    assertThat(tried(endpoints, 3)).containsExactly(IBIS, HERON, CRANE);
  }

  @Nested
  class WhatAServerNames {

    @Test
    void isTakenInItsOrder() {
      var named = NamedEndpoints.read(List.of("crane:1", "[::1]:65535"));

      assertThat(named.endpoints()).containsExactly(CRANE, new Endpoint("[::1]", 65_535));
      assertThat(named.ignored()).isZero();
    }

    @Test
    void isLeftOutWhereItIsMalformed() {
      var named = NamedEndpoints.read(List.of("", "crane:1", "crane:0", "h/x:1", "heron"));

      assertThat(named.endpoints()).containsExactly(CRANE);
      assertThat(named.ignored()).isEqualTo(4);
      assertThat(named.example()).isEqualTo("\"\"");
    }

    @Test
    void isTakenToSixteenAndToTheLengthOfAName() {
      var texts = new ArrayList<String>();
      texts.add("x".repeat(260) + ":1");
      for (var i = 1; i <= 20; i++) {
        texts.add("crane:" + i);
      }

      var named = NamedEndpoints.read(texts);

      assertThat(named.endpoints()).hasSize(15);
      assertThat(named.ignored()).isEqualTo(6);
      assertThat(named.example()).hasSize(42);
    }

    @Test
    void isSafeForALog() {
      assertThat(NamedEndpoints.read(List.of("a\nb\u001b[31m")).example())
          .isEqualTo("\"a?b?[31m\"");
    }
  }

  private static List<Endpoint> tried(Endpoints endpoints, int times) {
    var tried = new ArrayList<Endpoint>();
    for (var i = 0; i < times; i++) {
      tried.add(endpoints.current());
      endpoints.moveOn();
    }
    return tried;
  }
}
