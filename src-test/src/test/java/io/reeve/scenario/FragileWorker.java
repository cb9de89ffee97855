package io.reeve.scenario;

import io.reeve.worker.TaskContext;
import io.reeve.worker.Worker;
import io.reeve.worker.WorkerMain;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A worker process whose tasks say how many milliseconds they take, or {@code die}: then the whole
 * process ends at once, as if the system had killed it.
 *
 * <p>Arguments: endpoint, id, slots.
 */
public final class FragileWorker {

  private FragileWorker() {}

  /** Runs until it is told to end, or dies. */
  public static void main(String[] arguments) {
    var worker =
        Worker.builder()
            .endpoints(arguments[0])
            .id(arguments[1])
            .slots(Integer.parseInt(arguments[2]))
            .handler("fragile", FragileWorker::handle)
            .build();
    System.exit(WorkerMain.run(worker, System.out));
  }

  private static byte[] handle(TaskContext task) throws InterruptedException {
    if (task.text().equals("die")) {
      Runtime.getRuntime().halt(137);
    }
    // Nobody counts it down: the attempt takes its time, or is cancelled.
    new CountDownLatch(1).await(Long.parseLong(task.text()), TimeUnit.MILLISECONDS);
    return new byte[0];
  }
}
