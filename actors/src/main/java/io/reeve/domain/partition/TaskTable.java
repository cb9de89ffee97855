package io.reeve.domain.partition;

import io.reeve.domain.task.Task;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tasks by sequence number. Since numbers are handed out in order, this is an array of pages and
 * not a hash table: four bytes a slot, reads in order, and a page goes when its last task goes.
 *
 * <p>{@link #freeze} gives a copy that shares the pages. A later change copies the page that it
 * changes first, 2 KiB, so freezing a million tasks costs 16 KB and no pause.
 */
final class TaskTable implements Iterable<Task> {

  private static final int PAGE_BITS = 9;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;

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

  /** Directory; entry i is page basePage + i, or null when that page is empty. */
  private @Nullable Page[] pages = new @Nullable Page[16];

  private long basePage;

  /** Entries in use, from 0. */
  private int length;

  private int size;

  /** Of the pages that no frozen copy shares; each freeze raises it. */
  private long generation;

  /** Tasks there are. */
  int size() {
    return size;
  }

  /** The task with this number, or {@link Task.Absent}. */
  Task get(long sequence) {
    var index = (sequence >>> PAGE_BITS) - basePage;
    if (sequence < 0 || index < 0 || index >= length) {
      return Task.Absent.TASK;
    }
    var page = pages[(int) index];
    if (page == null) {
      return Task.Absent.TASK;
    }
    var task = page.slots[(int) sequence & (PAGE_SIZE - 1)];
    return task == null ? Task.Absent.TASK : task;
  }

  void put(long sequence, Task task) {
    var page = pageFor(sequence >>> PAGE_BITS);
    var slot = (int) sequence & (PAGE_SIZE - 1);
    if (page.slots[slot] == null) {
      page.used++;
      size++;
    }
    page.slots[slot] = task;
  }

  void remove(long sequence) {
    var index = (sequence >>> PAGE_BITS) - basePage;
    var page = index < 0 || index >= length ? null : pages[(int) index];
    var slot = (int) sequence & (PAGE_SIZE - 1);
    if (page == null || page.slots[slot] == null) {
      return;
    }
    size--;
    if (page.used == 1) {
      pages[(int) index] = null;
      trim();
      return;
    }
    page = own(page, (int) index);
    page.slots[slot] = null;
    page.used--;
  }

  /** A copy of the table as it is now; this one goes on to change, the copy never does. */
  TaskTable freeze() {
    var frozen = new TaskTable();
    frozen.pages = Arrays.copyOf(pages, length);
    frozen.basePage = basePage;
    frozen.length = length;
    frozen.size = size;
    generation++;
    return frozen;
  }

  /** The page that may be changed: a copy in place of it if a frozen table shares it. */
  private Page own(Page page, int index) {
    if (page.generation == generation) {
      return page;
    }
    var copy = page.copy(generation);
    pages[index] = copy;
    return copy;
  }

  /** Every task, by sequence. The table must not change meanwhile. */
  @Override
  public Iterator<Task> iterator() {
    return new Iterator<>() {
      private int pageIndex;
      private int slot;
      private @Nullable Task next = find();

      private @Nullable Task find() {
        for (; pageIndex < length; pageIndex++) {
          var page = pages[pageIndex];
          while (page != null && slot < PAGE_SIZE) {
            var task = page.slots[slot++];
            if (task != null) {
              return task;
            }
          }
          slot = 0;
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
    for (var i = (int) Math.max(0, (from >>> PAGE_BITS) - basePage); i < length; i++) {
      var page = pages[i];
      if (page == null) {
        continue;
      }
      var firstSequence = (basePage + i) << PAGE_BITS;
      for (var slot = (int) Math.max(0, from - firstSequence); slot < PAGE_SIZE; slot++) {
        var task = page.slots[slot];
        if (task != null && !visitor.test(task)) {
          return;
        }
      }
    }
  }

  private Page pageFor(long number) {
    if (length == 0) {
      basePage = number;
    }
    if (number < basePage) {
      var shift = (int) (basePage - number);
      var grown = new @Nullable Page[Math.max(pages.length, length + shift)];
      System.arraycopy(pages, 0, grown, shift, length);
      pages = grown;
      basePage = number;
      length += shift;
    }
    var index = (int) (number - basePage);
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
    return own(page, index);
  }

  /** Lets go of empty pages at the front once they are half of the directory, and at the end. */
  private void trim() {
    while (length > 0 && pages[length - 1] == null) {
      length--;
    }
    var front = 0;
    while (front < length && front <= length / 2 && pages[front] == null) {
      front++;
    }
    if ((front > 8 && front >= length / 2) || length == 0) {
      System.arraycopy(pages, front, pages, 0, length - front);
      Arrays.fill(pages, length - front, length, null);
      length -= front;
      basePage += front;
    }
  }
}
