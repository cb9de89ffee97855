package io.reeve.worker.builtin;

import com.fasterxml.jackson.databind.JsonMappingException;
import io.reeve.worker.Rejected;
import io.reeve.worker.TaskContext;
import org.jspecify.annotations.Nullable;

/** Reads what a task asks of a built-in kind; a refusal shows an example of what was expected. */
final class Orders {

  private static final String CODE = "PAYLOAD_UNREADABLE";

  private Orders() {}

  /**
   * Reads the payload as a record.
   *
   * @param example a payload that the kind takes
   */
  static <T> T read(TaskContext task, Class<T> type, String example) throws Rejected {
    try {
      return task.payloadAs(type);
    } catch (Rejected unreadable) {
      throw refused(example, got(unreadable), unreadable.getCause());
    }
  }

  /** A payload that is JSON but lacks something, or has something that cannot be used. */
  static Rejected refused(String example, String got) {
    return refused(example, got, null);
  }

  private static Rejected refused(String example, String got, @Nullable Throwable cause) {
    return new Rejected(CODE, "expected a payload such as " + example + "; got " + got, cause);
  }

  /** In our own words: those of the parser quote the payload, which does not belong in records. */
  private static String got(Rejected unreadable) {
    if (unreadable.getCause() instanceof JsonMappingException mismatch) {
      var path = mismatch.getPath();
      // The first name is one of the record's fields; names further in come from the payload.
      return path.isEmpty() || path.get(0).getFieldName() == null
          ? "JSON of another shape"
          : "another type of value in the field \"" + path.get(0).getFieldName() + '"';
    }
    return unreadable.getCause() == null ? "null" : "a text that is no JSON";
  }
}
