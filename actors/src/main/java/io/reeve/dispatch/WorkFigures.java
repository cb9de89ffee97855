package io.reeve.dispatch;

import io.reeve.domain.dispatch.Dispatch;

/** What a dispatcher knows, as readers see it. */
final class WorkFigures {

  private WorkFigures() {}

  static Dispatcher.Work of(long epoch, Dispatch dispatch) {
    var workers =
        dispatch.workers().stream()
            .map(
                line ->
                    new Dispatcher.WorkerView(
                        line.offer().workerId(),
                        line.offer().pool(),
                        line.offer().sessionNo(),
                        line.offer().queues(),
                        line.offer().kinds(),
                        line.credit().capacity(),
                        line.credit().urgentReserve(),
                        line.inFlight(),
                        line.standing()))
            .toList();
    var waiting =
        dispatch.classes().stream()
            .map(line -> new Dispatcher.WaitingClass(line.taskClass(), line.ready(), line.served()))
            .toList();
    return new Dispatcher.Work(epoch, workers, waiting);
  }
}
