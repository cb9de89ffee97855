package io.reeve.edge.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.reeve.domain.task.TaskState;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PageTokenTest {

  private static final int PARTITIONS = 4;

  @Test
  void aTokenLeadsBackToItsPlace() {
    var query = query("a", "");
    var token = new PageToken(3, 42).text(query);

    assertThat(PageToken.of(query("a", token), PARTITIONS)).isEqualTo(new PageToken(3, 42));
  }

  @Test
  void withoutATokenAListBeginsAtTheBeginning() {
    assertThat(PageToken.of(query("a", ""), PARTITIONS)).isEqualTo(new PageToken(0, 0));
  }

  @Test
  void aTokenIsBoundToItsFilters() {
    var token = new PageToken(1, 4).text(query("a", ""));

    assertThat(refusal(query("b", token))).isEqualTo("page_token");
  }

  @Test
  void aTokenOfAPartitionThatIsNotThereIsRefused() {
    var token = new PageToken(PARTITIONS, 4).text(query("a", ""));

    assertThat(refusal(query("a", token))).isEqualTo("page_token");
  }

  /** Another process of the same release gives the same text, so a token holds across nodes. */
  @Test
  void theTextDependsOnNothingButThePlaceAndTheFilters() {
    assertThat(new PageToken(1, 4).text(query("a", ""))).isEqualTo("AAAAAQAAAAAAAAAEJ8DV4w");
  }

  private static String refusal(TaskQuery query) {
    return catchThrowableOfType(EdgeRefusal.class, () -> PageToken.of(query, PARTITIONS)).field();
  }

  private static TaskQuery query(String queue, String token) {
    return new TaskQuery(Set.of(TaskState.READY, TaskState.DEAD), queue, "", "", 0, token, false);
  }
}
