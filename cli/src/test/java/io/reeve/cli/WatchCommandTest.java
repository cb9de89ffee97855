package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code reeve watch}: changes, restarts and timeouts. */
@Timeout(60)
class WatchCommandTest extends CommandTest {

  @Test
  void printsALinePerChangeAndEndsAsTheTaskDid() throws InterruptedException {
    given("submit", "echo");
    var changes =
        new Thread(
            () -> {
              while (!server.tasks().isWatched("t-1")) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
              }
              server.die("t-1", "no");
            });
    changes.start();

    assertThat(reeve("watch", "t-1")).isEqualTo(1);
    changes.join();

    assertThat(cli.out()).isEqualTo("ready\ndead       error: no\n");
  }

  @Test
  void endsWithThreeWhenItsTimeIsUp() {
    given("submit", "echo");

    assertThat(reeve("watch", "t-1", "--wait-timeout", "50ms")).isEqualTo(3);

    assertThat(cli.out()).isEqualTo("ready\n");
    assertThat(cli.err()).startsWith("reeve: task t-1 has not ended within 0.05 s\n");
  }

  @Test
  void aServerThatIsNotThereIsToldAtOnce() {
    server.close();

    assertThat(reeve("watch", "t-1", "--tries", "1")).isEqualTo(3);
  }

  @Test
  void goesOnOverARestartOfTheServer() throws InterruptedException {
    given("submit", "echo");
    var restarts = new Thread(this::restartAndComplete);
    restarts.start();

    assertThat(reeve("watch", "t-1", "--tries", "1")).as(cli.err()).isZero();
    restarts.join();

    assertThat(cli.out()).isEqualTo("ready\ncompleted  result of 4 bytes\n");
  }

  private void restartAndComplete() {
    while (!server.tasks().isWatched("t-1")) {
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
    restarted = server.restart();
    restarted.complete("t-1", "done");
  }
}
