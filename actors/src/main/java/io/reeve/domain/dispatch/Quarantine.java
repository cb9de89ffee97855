package io.reeve.domain.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks under which workers were lost: each alone on a worker process. The process with
 * the least to do is set apart. It gets nothing more, its standing credit comes back, and once it
 * holds nothing it gets the task. When that task is through, other work that waits has its turn
 * there.
 *
 * <p>At most a quarter of the processes are set apart at a time, and at least one. So a backlog of
 * such tasks drains, and the others go on. A dispatcher that starts anew finds a process that has
 * such a task by the credit that its sessions state.
 */
final class Quarantine {

  /** One process of so many may be set apart. */
  private static final int SHARE = 4;

  private static final Comparator<ReadyClass> NEXT_FIRST =
      Comparator.comparing((ReadyClass ready) -> ready.taskClass.priority())
          .reversed()
          .thenComparingLong(ReadyClass::head);

  /** A process that is set apart. */
  private static final class Place {
    /** Where the task runs or is to run. */
    final WorkerLedger runner;

    /** The runner was granted its task. */
    boolean granted;

    List<WorkerLedger> sessions = List.of();

    /** What there was when {@link #sessions} were looked for. */
    long asOf = -1;

    Place(WorkerLedger runner, boolean granted) {
      this.runner = runner;
      this.granted = granted;
    }
  }

  private final OpenGrants grants;
  private final Pauses pauses;
  private final Workforce workforce;
  private final Supplier<List<Field>> otherWork;
  private final Set<ReadyClass> classes = new LinkedHashSet<>();
  private final List<Place> places = new ArrayList<>();

  /**
   * @param otherWork where tasks wait that run beside others
   */
  Quarantine(
      OpenGrants grants, Pauses pauses, Workforce workforce, Supplier<List<Field>> otherWork) {
    this.grants = grants;
    this.pauses = pauses;
    this.workforce = workforce;
    this.otherWork = otherWork;
  }

  /** Takes in a class of tasks that run alone. */
  void add(ReadyClass ready) {
    classes.add(ready);
  }

  void remove(ReadyClass ready) {
    classes.remove(ready);
  }

  /** Goes on; costs nothing while no task is in quarantine. */
  void run() {
    workforce.settle();
    if (places.isEmpty() && !workforce.hasAlone() && waiting() == 0) {
      return;
    }
    var resting = endWhatIsOver();
    adopt();
    places.forEach(this::goOn);
    if (waiting() > ungranted()) {
      setMoreApart(resting);
    }
    workforce.settle();
  }

  private long waiting() {
    var waiting = 0L;
    for (var ready : classes) {
      waiting += ready.available();
    }
    return waiting;
  }

  private long ungranted() {
    return places.stream().filter(place -> !place.granted).count();
  }

  // ---- Ending

  /** Lets processes work again; returns those where other work has its turn now. */
  private Set<String> endWhatIsOver() {
    var resting = new HashSet<String>();
    for (var place : List.copyOf(places)) {
      if (isOver(place)) {
        place.sessions.forEach(session -> session.setApart(false));
        places.remove(place);
        if (place.granted && hasOtherWork(place.runner)) {
          resting.add(processOf(place.runner));
        }
      }
    }
    return resting;
  }

  private boolean isOver(Place place) {
    var worker = place.runner;
    if (worker.gone) {
      return true;
    }
    return place.granted
        ? worker.inFlight() == 0
        : worker.credit.capacity() <= 0 || nextFor(worker) == null;
  }

  private boolean hasOtherWork(WorkerLedger worker) {
    return !worker.gone
        && otherWork.get().stream()
            .anyMatch(
                field -> field.groups.contains(worker.group) && worker.grantable(field.lane) > 0);
  }

  // ---- Setting apart

  /** Finds the processes that have such a task by the word of their sessions. */
  private void adopt() {
    if (workforce.hasAlone()) {
      for (var worker : workforce.all()) {
        if (worker.credit.alone() && places.stream().noneMatch(place -> place.runner == worker)) {
          places.add(new Place(worker, true));
        }
      }
    }
  }

  private void goOn(Place place) {
    if (place.asOf != workforce.joined()) {
      place.asOf = workforce.joined();
      place.sessions = workforce.process(place.runner);
      place.sessions.forEach(session -> session.setApart(true));
    }
    if (!place.granted && isIdle(place)) {
      grant(place);
    }
  }

  private static boolean isIdle(Place place) {
    return place.sessions.stream().allMatch(session -> session.gone || session.inFlight() == 0);
  }

  private void setMoreApart(Set<String> resting) {
    Map<String, Long> held = new HashMap<>();
    for (var worker : workforce.all()) {
      held.merge(processOf(worker), worker.held(), Long::sum);
    }
    var most = Math.max(1, held.size() / SHARE);
    places.forEach(place -> held.remove(processOf(place.runner)));
    held.keySet().removeAll(resting);
    while (places.size() < most && waiting() > ungranted()) {
      var worker = choose(held);
      if (worker == null) {
        return;
      }
      held.remove(processOf(worker));
      var place = new Place(worker, false);
      places.add(place);
      goOn(place);
    }
  }

  /** The worker whose process holds least, of those that are in the map. */
  private @Nullable WorkerLedger choose(Map<String, Long> held) {
    @Nullable WorkerLedger best = null;
    var least = Long.MAX_VALUE;
    for (var ready : classes.stream().sorted(NEXT_FIRST).toList()) {
      if (best != null || ready.available() == 0) {
        continue;
      }
      for (var group : ready.field.groups) {
        for (var worker : group.workers) {
          var holds = held.get(processOf(worker));
          if (holds != null
              && worker.credit.capacity() > 0
              && pauses.reachable(worker, ready)
              && (holds < least || (holds == least && best != null && worker.no < best.no))) {
            best = worker;
            least = holds;
          }
        }
      }
    }
    return best;
  }

  private static String processOf(WorkerLedger worker) {
    var process = worker.offer.process();
    return process.isEmpty() ? worker.offer.holder() : process;
  }

  // ---- Granting

  private void grant(Place place) {
    var worker = place.runner;
    var next = nextFor(worker);
    if (next == null) {
      return;
    }
    var oldest = -1;
    for (var p = 0; p < next.partitions(); p++) {
      if (next.availableAt(p) > 0
          && !pauses.paused(worker, p)
          && (oldest < 0 || next.headAt(p) < next.headAt(oldest))) {
        oldest = p;
      }
    }
    if (oldest >= 0) {
      grants.propose(next, grants.stocks[oldest], worker, 1);
      place.granted = true;
    }
  }

  /** The class of the next task that this worker may have now; null: none waits. */
  private @Nullable ReadyClass nextFor(WorkerLedger worker) {
    return classes.stream()
        .filter(ready -> ready.available() > 0 && ready.field.groups.contains(worker.group))
        .filter(ready -> pauses.reachable(worker, ready))
        .min(NEXT_FIRST)
        .orElse(null);
  }
}
