package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What waits in one lane, in the order in which it is served: the queue that paid least, and of its
 * classes the higher priority, then the older head. A queue that comes back after a pause starts
 * where the others are.
 *
 * <p>A class moves when its counts change, and costs nothing while they do not. One that no worker
 * has room for lies in a field that is not open, and a round does not come by it.
 */
final class WaitingTasks {

  private final Lane lane;
  private final Map<String, Share> shares = new LinkedHashMap<>();
  private final Map<List<Group>, Field> fields = new LinkedHashMap<>();
  private final Set<Field> waiting = new LinkedHashSet<>();
  private final List<ReadyClass> aside = new ArrayList<>();
  private double clock;
  private int sharesSeen;
  private long turns;

  WaitingTasks(Lane lane) {
    this.lane = lane;
  }

  // ---- Which classes there are

  /** The share of a queue of this weight, for one more class of it. */
  Share join(String queue, int weight) {
    var share = shares.computeIfAbsent(queue, name -> new Share(name, weight, sharesSeen++));
    share.classes++;
    return share;
  }

  /** The share of the queue; null: nothing of it waits. */
  @Nullable Share waitingShare(String queue) {
    var share = shares.get(queue);
    return share == null || share.waiting == 0 ? null : share;
  }

  /** The queue has this weight from now on. What it had so far counts as before. */
  void weigh(String queue, int weight) {
    var share = shares.get(queue);
    if (share != null) {
      for (var field : share.parts.keySet()) {
        field.weights += weight - share.weight;
      }
      share.weight = weight;
    }
  }

  /** The field of these groups. */
  Field field(List<Group> groups) {
    return fields.computeIfAbsent(groups, all -> new Field(lane, all));
  }

  /** Forgets a class, and its queue's share with the last one. */
  void remove(ReadyClass ready) {
    leave(ready);
    setWaits(ready, false);
    if (--ready.share.classes == 0) {
      shares.remove(ready.share.queue);
    }
  }

  /** Other groups may run the tasks of the class. */
  void move(ReadyClass ready, List<Group> groups) {
    leave(ready);
    ready.field = field(groups);
    place(ready);
  }

  /** Forgets the fields; every class is to be moved then. */
  void forgetFields() {
    fields.clear();
  }

  // ---- Their order

  /** Puts the class where it belongs after a change. One in quarantine has no place here. */
  void place(ReadyClass ready) {
    if (ready.taskClass.quarantined()) {
      return;
    }
    leave(ready);
    setWaits(ready, ready.available() > 0);
    if (ready.waits) {
      enter(ready);
    }
  }

  private void setWaits(ReadyClass ready, boolean waits) {
    if (waits && !ready.waits && ready.share.waiting++ == 0) {
      ready.share.paid = Math.max(ready.share.paid, clock);
    } else if (!waits && ready.waits) {
      ready.share.waiting--;
    }
    ready.waits = waits;
  }

  private void enter(ReadyClass ready) {
    var field = ready.field;
    var part = ready.share.parts.computeIfAbsent(field, f -> new Part(ready.share));
    if (part.classes.isEmpty()) {
      field.parts.add(part);
      field.weights += part.share.weight;
      waiting.add(field);
    }
    ready.placedHeadMs = ready.head();
    ready.counted = ready.available();
    field.available += ready.counted;
    part.classes.add(ready);
  }

  private void leave(ReadyClass ready) {
    var field = ready.field;
    var part = ready.share.parts.get(field);
    if (part == null || !part.classes.remove(ready)) {
      return;
    }
    field.available -= ready.counted;
    if (part.classes.isEmpty()) {
      field.parts.remove(part);
      field.weights -= part.share.weight;
      part.share.parts.remove(field);
      if (field.parts.isEmpty()) {
        waiting.remove(field);
      }
    }
  }

  /** Leaves the class out until {@link #takeBack}: it waits, and cannot be served just now. */
  void putAside(ReadyClass ready) {
    leave(ready);
    aside.add(ready);
  }

  /** Puts back what was put aside. */
  void takeBack() {
    aside.forEach(this::place);
    aside.clear();
  }

  // ---- Who is next

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Where something waits. */
  Collection<Field> waiting() {
    return waiting;
  }

  /** Where something waits that a worker has room for. */
  List<Field> open() {
    var open = new ArrayList<Field>();
    for (var field : waiting) {
      if (field.isOpen()) {
        open.add(field);
      }
    }
    return open;
  }

  /** The next class of these fields; null: none. Takes those out that are not open any more. */
  @Nullable ReadyClass next(List<Field> open) {
    open.removeIf(field -> field.parts.isEmpty() || !field.isOpen());
    @Nullable Share least = null;
    for (var field : open) {
      var share = field.parts.first().share;
      if (least == null
          || share.paid < least.paid
          || (share.paid == least.paid && share.no < least.no)) {
        least = share;
      }
    }
    @Nullable ReadyClass next = null;
    if (least != null) {
      for (var field : open) {
        var part = least.parts.get(field);
        if (part != null
            && (next == null || Part.NEXT_FIRST.compare(part.classes.first(), next) < 0)) {
          next = part.classes.first();
        }
      }
    }
    return next;
  }

  /**
   * The next class of the queue that a worker has room for; null: none. Costs a look at each field
   * of the queue.
   */
  @Nullable ReadyClass next(Share share) {
    @Nullable ReadyClass next = null;
    for (var entry : share.parts.entrySet()) {
      var first = entry.getValue().classes.first();
      if ((next == null || Part.NEXT_FIRST.compare(first, next) < 0) && entry.getKey().isOpen()) {
        next = first;
      }
    }
    return next;
  }

  /** So many tasks of the class were granted; {@link #place} it then. */
  void granted(ReadyClass ready, long count) {
    leave(ready);
    pay(ready.share, count);
    ready.turn = ++turns;
  }

  /** The queue pays for so many tasks. */
  void pay(Share share, long count) {
    share.parts.forEach((field, part) -> field.parts.remove(part));
    clock = Math.max(clock, share.paid);
    share.paid += (double) count / share.weight;
    share.parts.forEach((field, part) -> field.parts.add(part));
  }

  /** A turn behind all that were had. */
  long nextTurn() {
    return ++turns;
  }
}
