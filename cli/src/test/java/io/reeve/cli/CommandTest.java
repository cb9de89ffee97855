package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.fake.FakeReeve;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A fake server, and command lines that talk to it. */
abstract class CommandTest {

  final FakeReeve server = FakeReeve.start(CommandLineRun.NOON);
  final CommandLineRun cli = new CommandLineRun();
  @Nullable FakeReeve restarted;

  @AfterEach
  void stop() {
    server.close();
    if (restarted != null) {
      restarted.close();
    }
  }

  final int reeve(String... arguments) {
    return cli.run(withEndpoint(arguments));
  }

  private String[] withEndpoint(String... arguments) {
    return Stream.concat(
            Stream.of(arguments[0], "--endpoint", server.endpoint()), Stream.of(arguments).skip(1))
        .toArray(String[]::new);
  }

  /** Puts a task there by another command line, so that its output does not mix in. */
  final void given(String... arguments) {
    var other = new CommandLineRun();
    assertThat(other.run(withEndpoint(arguments))).as(other.err()).isZero();
  }
}
