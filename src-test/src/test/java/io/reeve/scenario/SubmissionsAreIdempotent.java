package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.TaskRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that does not know whether it was heard says it again, and nothing happens twice. */
class SubmissionsAreIdempotent {

  private static final TaskRequest ONE = TaskRequest.of("echo").payload("one").build();
  private static final TaskRequest OTHER = TaskRequest.of("echo").payload("other").build();

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  void aRequestIdStandsForOneSubmissionAlsoAfterACrash() {
    var node = fleet.node();
    String single;
    List<String> many;
    try (var client = node.client()) {
      var first = client.submit("import-1", ONE);
      single = first.taskId();
      many = client.submitAll("import-2", List.of(ONE, OTHER)).taskIds();
      assertThat(first.alreadySubmitted()).isFalse();
      repeatsAnswerTheSame(client, single, many);
    }

    node.process().kill();
    var again = fleet.node(node.port(), () -> {});

    try (var client = again.client()) {
      repeatsAnswerTheSame(client, single, many);
    }
    var history = new History(fleet);
    history.readOn();
    assertThat(history.checker().violations()).isEmpty();
    assertThat(history.checker().unfinished()).hasSize(3);
  }

  private static void repeatsAnswerTheSame(ReeveClient client, String single, List<String> many) {
    var repeat = client.submit("import-1", ONE);
    assertThat(repeat.taskId()).isEqualTo(single);
    assertThat(repeat.alreadySubmitted()).isTrue();
    var repeats = client.submitAll("import-2", List.of(ONE, OTHER));
    assertThat(repeats.taskIds()).isEqualTo(many);
    assertThat(repeats.alreadySubmitted()).isTrue();

    assertThatThrownBy(() -> client.submit("import-1", OTHER))
        .isInstanceOfSatisfying(
            ReeveException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(Status.Code.ALREADY_EXISTS);
              assertThat(refusal.reason()).isEqualTo("REQUEST_ID_REUSED");
            });
  }
}
