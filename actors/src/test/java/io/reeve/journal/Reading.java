package io.reeve.journal;

import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.task.Task;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value as lines of text, one for each number, text or array of bytes in it, with the path that
 * leads there. Two values with the same reading are equal, arrays by their content.
 */
final class Reading {

  private final List<String> lines = new ArrayList<>();

  private Reading() {}

  static List<String> of(Object value) {
    var reading = new Reading();
    reading.add("", value);
    return reading.lines;
  }

  private void add(String path, @Nullable Object value) {
    if (value instanceof Record record) {
      addRecord(path + record.getClass().getSimpleName(), record);
    } else if (value instanceof List<?> list) {
      for (var i = 0; i < list.size(); i++) {
        add(path + i + " ", list.get(i));
      }
    } else if (value instanceof PartitionSnapshot.Tasks tasks) {
      var all = new ArrayList<Task>();
      tasks.forEach(all::add);
      add(path, all);
    } else if (value instanceof Object[] array) {
      add(path, List.of(array));
    } else {
      lines.add(path + "= " + text(value));
    }
  }

  private void addRecord(String path, Record record) {
    for (var component : record.getClass().getRecordComponents()) {
      add(path + "." + component.getName() + " ", valueOf(record, component));
    }
  }

  private static @Nullable Object valueOf(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static String text(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return "bytes " + HexFormat.of().formatHex(bytes);
    }
    if (value instanceof long[] numbers) {
      return Arrays.toString(numbers);
    }
    return value instanceof String text ? '"' + text + '"' : String.valueOf(value);
  }
}
