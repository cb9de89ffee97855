package io.reeve.domain.partition;

import io.reeve.domain.task.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tasks by sequence number. A writer hands numbers out in order, so they lie in arrays of pages and
 * not in a hash table: four bytes a slot, reads in order, and a page goes when its last task goes.
 * The next writer begins far behind, so there is one range of pages for each writer that still has
 * tasks; mostly the last one is asked.
 *
 * <p>{@link #freeze} gives a copy that shares the pages. A later change copies the page that it
 * changes first, 2 KiB, so freezing a million tasks costs 16 KB and no pause.
 */
final class TaskTable implements Iterable<Task> {

  private static final int PAGE_BITS = 9;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;

  /** Empty pages for which a range goes on, at four bytes each, before another one begins. */
  private static final int GAP_MAX = 4096;

  private static final class Page {
    final @Nullable Task[] slots;
    final long generation;
    int used;

    Page(long generation) {
      this.slots = new @Nullable Task[PAGE_SIZE];
      this.generation = generation;
    }

    private Page(Page shared, long generation) {
      this.slots = shared.slots.clone();
      this.used = shared.used;
      this.generation = generation;
    }

    Page copy(long generation) {
      return new Page(this, generation);
    }
  }

  /** Ranges that do not overlap, by their numbers. */
  private final List<Range> ranges = new ArrayList<>();

  private int size;

  /** Of the pages that no frozen copy shares; each freeze raises it. */
  private long generation;

  /** Tasks there are. */
  int size() {
    return size;
  }

  /** The task with this number, or {@link Task.Absent}. */
  Task get(long sequence) {
    var page = pageOf(sequence);
    var task = page == null ? null : page.slots[(int) sequence & (PAGE_SIZE - 1)];
    return task == null ? Task.Absent.TASK : task;
  }

  /** Whether there is a task with this number; does not touch the task. */
  boolean contains(long sequence) {
    var page = pageOf(sequence);
    return page != null && page.slots[(int) sequence & (PAGE_SIZE - 1)] != null;
  }

  void put(long sequence, Task task) {
    var number = sequence >>> PAGE_BITS;
    var page = rangeFor(number).pageFor(number, generation);
    var slot = (int) sequence & (PAGE_SIZE - 1);
    if (page.slots[slot] == null) {
      page.used++;
      size++;
    }
    page.slots[slot] = task;
  }

  void remove(long sequence) {
    var page = pageOf(sequence);
    var slot = (int) sequence & (PAGE_SIZE - 1);
    if (page == null || page.slots[slot] == null) {
      return;
    }
    size--;
    var number = sequence >>> PAGE_BITS;
    var at = rangeAtOrBefore(number);
    var range = ranges.get(at);
    if (page.used > 1) {
      page = range.own(page, number, generation);
      page.slots[slot] = null;
      page.used--;
      return;
    }
    range.remove(number);
    if (range.isEmpty()) {
      ranges.remove(at);
    }
  }

  /** A copy of the table as it is now; this one goes on to change, the copy never does. */
  TaskTable freeze() {
    var frozen = new TaskTable();
    ranges.forEach(range -> frozen.ranges.add(range.freeze()));
    frozen.size = size;
    generation++;
    return frozen;
  }

  /** Every task, by sequence. The table must not change meanwhile. */
  @Override
  public Iterator<Task> iterator() {
    return new Iterator<>() {
      private int at;
      private int pageIndex;
      private int slot;
      private @Nullable Task next = find();

      private @Nullable Task find() {
        for (; at < ranges.size(); at++) {
          var range = ranges.get(at);
          for (; pageIndex < range.length; pageIndex++) {
            var page = range.pages[pageIndex];
            while (page != null && slot < PAGE_SIZE) {
              var task = page.slots[slot++];
              if (task != null) {
                return task;
              }
            }
            slot = 0;
          }
          pageIndex = 0;
        }
        return null;
      }

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public Task next() {
        var found = next;
        if (found == null) {
          throw new NoSuchElementException();
        }
        next = find();
        return found;
      }
    };
  }

  /** Visits tasks with a number above {@code after}, by sequence, until the visitor says false. */
  void forEachAfter(long after, Predicate<Task> visitor) {
    var from = after + 1;
    for (var i = Math.max(0, rangeAtOrBefore(from >>> PAGE_BITS)); i < ranges.size(); i++) {
      if (!ranges.get(i).forEachFrom(from, visitor)) {
        return;
      }
    }
  }

  private @Nullable Page pageOf(long sequence) {
    var number = sequence >>> PAGE_BITS;
    var at = sequence < 0 ? -1 : rangeAtOrBefore(number);
    return at < 0 ? null : ranges.get(at).page(number);
  }

  /** Index of the last range that begins at or before this page; -1 when all begin behind it. */
  private int rangeAtOrBefore(long number) {
    var last = ranges.size() - 1;
    if (last < 0 || ranges.get(last).base <= number) {
      return last;
    }
    var low = 0;
    var high = last - 1;
    while (low <= high) {
      var middle = (low + high) >>> 1;
      if (ranges.get(middle).base <= number) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  /** The range that has room for this page, or a new one. */
  private Range rangeFor(long number) {
    var before = rangeAtOrBefore(number);
    if (before >= 0 && number - ranges.get(before).end() < GAP_MAX) {
      return ranges.get(before);
    }
    if (before + 1 < ranges.size() && ranges.get(before + 1).base - number < GAP_MAX) {
      return ranges.get(before + 1);
    }
    var range = new Range(number);
    ranges.add(before + 1, range);
    return range;
  }

  /** A directory of neighbouring pages. */
  private static final class Range {

    /** Entry i is page base + i, or null when that page is empty. */
    private @Nullable Page[] pages = new @Nullable Page[16];

    private long base;

    /** Entries in use, from 0. */
    private int length;

    Range(long base) {
      this.base = base;
    }

    boolean isEmpty() {
      return length == 0;
    }

    /** The number of the page behind the last. */
    long end() {
      return base + length;
    }

    @Nullable Page page(long number) {
      var index = number - base;
      return index < 0 || index >= length ? null : pages[(int) index];
    }

    Page pageFor(long number, long generation) {
      if (number < base) {
        var shift = (int) (base - number);
        var grown = new @Nullable Page[Math.max(pages.length, length + shift)];
        System.arraycopy(pages, 0, grown, shift, length);
        pages = grown;
        base = number;
        length += shift;
      }
      var index = (int) (number - base);
      if (index >= pages.length) {
        pages = Arrays.copyOf(pages, Math.max(index + 1, pages.length * 2));
      }
      length = Math.max(length, index + 1);
      var page = pages[index];
      if (page == null) {
        page = new Page(generation);
        pages[index] = page;
        return page;
      }
      return own(page, number, generation);
    }

    /** The page that may be changed: a copy in place of it if a frozen table shares it. */
    Page own(Page page, long number, long generation) {
      if (page.generation == generation) {
        return page;
      }
      var copy = page.copy(generation);
      pages[(int) (number - base)] = copy;
      return copy;
    }

    Range freeze() {
      var frozen = new Range(base);
      frozen.pages = Arrays.copyOf(pages, length);
      frozen.length = length;
      return frozen;
    }

    void remove(long number) {
      pages[(int) (number - base)] = null;
      trim();
    }

    /** Visits tasks from a number on; says whether to go on behind the range. */
    boolean forEachFrom(long from, Predicate<Task> visitor) {
      for (var i = Math.max(0, (from >>> PAGE_BITS) - base); i < length; i++) {
        var page = pages[(int) i];
        if (page == null) {
          continue;
        }
        var firstSequence = (base + i) << PAGE_BITS;
        for (var slot = (int) Math.max(0, from - firstSequence); slot < PAGE_SIZE; slot++) {
          var task = page.slots[slot];
          if (task != null && !visitor.test(task)) {
            return false;
          }
        }
      }
      return true;
    }

    /** Lets go of empty pages at the end, and at the front once they are half of the directory. */
    private void trim() {
      while (length > 0 && pages[length - 1] == null) {
        length--;
      }
      var front = 0;
      while (front < length && front <= length / 2 && pages[front] == null) {
        front++;
      }
      if (front > 8 && front >= length / 2) {
        System.arraycopy(pages, front, pages, 0, length - front);
        Arrays.fill(pages, length - front, length, null);
        length -= front;
        base += front;
      }
    }
  }
}
