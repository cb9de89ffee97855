package io.reeve.rig;

import io.reeve.worker.TaskContext;
import io.reeve.worker.Worker;
import io.reeve.worker.WorkerListener;
import io.reeve.worker.WorkerMain;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A worker process that writes down each start and each end of an attempt, and what it says and
 * hears on its streams, before it goes on. Its tasks say how many milliseconds they take, and
 * {@code f} behind it that the first attempt fails.
 *
 * <p>Arguments: endpoints, id, slots, the file for its history.
 */
public final class RigWorker {

  /** What the rig looks for in its output. */
  static final String READY = "rig worker registered";

  private final Writer history;

  private RigWorker(Writer history) {
    this.history = history;
  }

  /** Where it notes what it said and heard on its streams. */
  static Path streams(Path history) {
    return history.resolveSibling(history.getFileName() + ".streams");
  }

  /** Runs until it is told to end. */
  public static void main(String[] arguments) throws IOException {
    var code = 0;
    var file = Path.of(arguments[3]);
    try (var history = Files.newBufferedWriter(file);
        var streams = Files.newBufferedWriter(streams(file))) {
      StreamRecorder.record(fact -> write(streams, StreamHistory.line(System.nanoTime(), fact)));
      var work = new RigWorker(history);
      var worker =
          Worker.builder()
              .endpoints(arguments[0].split(",", -1))
              .id(arguments[1])
              .slots(Integer.parseInt(arguments[2]))
              .handler("*", work::handle)
              .listener(new Said(System.out))
              .build();
      code = WorkerMain.run(worker, System.out);
    }
    System.exit(code);
  }

  private record Said(PrintStream out) implements WorkerListener {
    @Override
    public void registered(Registration registration) {
      out.println(READY + " at " + registration.node() + ", resumed " + registration.resumed());
    }

    @Override
    public void lost(String pool, String endpoint, String reason) {
      out.println("lost " + endpoint + ": " + reason);
    }
  }

  private String handle(TaskContext task) throws InterruptedException {
    write("start", task);
    var fails = task.text().endsWith("f");
    var millis = Long.parseLong(task.text().replace("f", ""));
    try {
      // Nobody counts it down: the attempt takes its time, or is cancelled.
      new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    } finally {
      write("end", task);
    }
    if (fails && task.attempt() == 1) {
      throw new IllegalStateException("the first attempt fails");
    }
    return task.taskId() + " under " + task.fence();
  }

  private void write(String what, TaskContext task) {
    write(history, new Attempt(what, System.nanoTime(), task.taskId(), task.fence()).line());
  }

  private static void write(Writer to, String line) {
    try {
      synchronized (to) {
        to.write(line);
        to.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A line of the history.
   *
   * @param atNanos by the monotonic clock, which all processes of a machine share
   */
  record Attempt(String what, long atNanos, String taskId, long fence) {

    String line() {
      return "%s\t%d\t%s\t%d\n".formatted(what, atNanos, taskId, fence);
    }

    static Attempt parse(String line) {
      var parts = line.split("\t", -1);
      return new Attempt(parts[0], Long.parseLong(parts[1]), parts[2], Long.parseLong(parts[3]));
    }
  }
}
