package io.reeve.edge.grpc;

import io.reeve.session.Session;
import io.reeve.v1.Hello;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A worker's stream to the fixture's server, and the session that the fixture plays for it. */
final class StreamedWorker extends TestWorker {

  private final EdgeFixture edge;
  EdgeFixture.@Nullable OpenSession session;

  StreamedWorker(EdgeFixture edge) {
    super(edge.channel());
    this.edge = edge;
  }

  /** A worker that has said Hello. */
  static StreamedWorker greeting(EdgeFixture edge, Hello.Builder hello) {
    var worker = new StreamedWorker(edge);
    worker.greet(hello);
    return worker;
  }

  EdgeFixture.OpenSession session() {
    return Objects.requireNonNull(session);
  }

  /** Frees the place of the session. */
  void end(EdgeFixture.OpenSession open) {
    open.ref().tell(new Session.Goodbye("end of test"));
    edge.kit.createTestProbe().expectTerminated(open.ref(), Duration.ofSeconds(5));
  }
}
