package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.reeve.v1.ListTasksRequest;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.Task;
import io.reeve.v1.TaskSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of large tasks, over the edge, to a client that knows of no limit of its own. */
class LargePagesTest {

  /** What gRPC libraries take in one message unless they are told otherwise. */
  private static final int DEFAULT_MESSAGE_BYTES_MAX = 4 << 20;

  private static final int TASKS = 60;
  private static final int PAYLOAD = 200_000;

  @TempDir private Path directory = Path.of("");

  @Test
  void sixtyTasksOf200KbAreListedWithTheirPayloadsInPagesThatADefaultClientTakes()
      throws Exception {
    try (var node = new RunningNode(directory)) {
      var ids = new HashSet<String>();
      for (var call = 0; call < TASKS / 20; call++) {
        ids.addAll(node.tasks().submitTasks(twenty()).getTaskIdsList());
      }

      var pages = pages(node);

      var listed = pages.stream().flatMap(List::stream).toList();
      assertThat(listed).extracting(Task::getId).containsExactlyInAnyOrderElementsOf(ids);
      assertThat(listed).allMatch(task -> task.getSpec().getPayload().size() == PAYLOAD);
      assertThat(pages).hasSizeLessThan(TASKS);
    }
  }

  private static SubmitTasksRequest twenty() {
    var task =
        TaskSpec.newBuilder().setKind("echo").setPayload(ByteString.copyFrom(new byte[PAYLOAD]));
    var request = SubmitTasksRequest.newBuilder();
    for (var i = 0; i < 20; i++) {
      request.addTasks(task);
    }
    return request.build();
  }

  private static List<List<Task>> pages(RunningNode node) {
    var pages = new ArrayList<List<Task>>();
    var token = "";
    do {
      var page =
          node.tasks()
              .listTasks(
                  ListTasksRequest.newBuilder().setPageSize(1000).setPageToken(token).build());
      assertThat(page.getSerializedSize()).isLessThanOrEqualTo(DEFAULT_MESSAGE_BYTES_MAX);
      pages.add(page.getTasksList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return pages;
  }
}
