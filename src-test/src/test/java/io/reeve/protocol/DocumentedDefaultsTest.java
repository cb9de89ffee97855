package io.reeve.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The comments of the protocol name defaults of the server, which are set in another place. */
class DocumentedDefaultsTest {

  private static final Config REFERENCE = ConfigFactory.defaultReference();

  @ParameterizedTest
  @DisplayName("A default that the protocol names is the one that the server has")
  @CsvSource({
    "task.proto, int32 attempts_max, 4, reeve.task.retry.attempts-max",
    "task.proto, google.protobuf.Duration backoff_initial, 10 s, reeve.task.retry.backoff-initial",
    "task.proto, google.protobuf.Duration backoff_max, 10 min, reeve.task.retry.backoff-max",
    "task.proto, double backoff_multiplier, 2.0, reeve.task.retry.backoff-multiplier",
    "task.proto, optional double backoff_jitter, 0.2, reeve.task.retry.backoff-jitter",
    "task.proto, google.protobuf.Duration execution_timeout, 5 min, reeve.task.execution-timeout",
    "task.proto, bytes payload, 1 MiB, reeve.task.payload-size-max",
    "task.proto, bytes result, 256 KiB, reeve.task.result-size-max",
    "task_service.proto, string request_id, 1 min, reeve.partition.request-id.kept-min",
    "task_service.proto, string request_id, 24 h, reeve.partition.request-id.kept",
    "task_service.proto, repeated TaskSpec tasks, '10,000', reeve.task.per-call-max",
    "worker_service.proto, int32 capacity, '10,000', reeve.session.capacity-max",
    "worker_service.proto, bytes result, 256 KiB, reeve.task.result-size-max",
  })
  void aDefaultInACommentIsThatOfTheSetting(String file, String field, String shown, String key)
      throws IOException {
    assertThat(comment(file, field)).as("%s in %s", field, file).contains("default", shown);

    var value = shown.replace(" min", "m").replace(",", "");
    var documented = ConfigFactory.parseString("it = " + value);
    if (value.endsWith("B")) {
      assertThat(REFERENCE.getBytes(key)).isEqualTo(documented.getBytes("it"));
    } else if (Character.isLetter(value.charAt(value.length() - 1))) {
      assertThat(REFERENCE.getDuration(key)).isEqualTo(documented.getDuration("it"));
    } else {
      assertThat(REFERENCE.getDouble(key)).isEqualTo(documented.getDouble("it"));
    }
  }

  /** The comment above the first field of this type and name, on one line. */
  private static String comment(String file, String field) throws IOException {
    var path = Path.of("..", "proto", "src", "main", "protobuf", "reeve", "v1", file);
    var comment = new ArrayDeque<String>();
    for (var line : Files.readAllLines(path)) {
      var text = line.strip();
      if (text.startsWith(field + " = ")) {
        return String.join(" ", comment);
      }
      if (text.startsWith("//")) {
        comment.add(text.substring(2).strip());
      } else {
        comment.clear();
      }
    }
    throw new AssertionError("expected a field " + field + " in " + file + ", got none");
  }
}
