package io.reeve.edge.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.edge.calls.Reason;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.junit.jupiter.api.Test;

class LateAnswerTest {

  @Test
  void onlyALateReadIsSafeToRepeat() {
    assertThat(reason(HttpMethods.GET)).contains(Reason.NO_ANSWER.name());
    for (var method : new HttpMethod[] {HttpMethods.POST, HttpMethods.PUT, HttpMethods.DELETE}) {
      assertThat(reason(method)).contains(Reason.OUTCOME_UNKNOWN.name());
    }
  }

  private static String reason(HttpMethod method) {
    var late = Api.late(HttpRequest.create().withMethod(method).withUri("/api/v1/tasks"));
    return ((HttpEntity.Strict) late.entity()).getData().utf8String();
  }
}
