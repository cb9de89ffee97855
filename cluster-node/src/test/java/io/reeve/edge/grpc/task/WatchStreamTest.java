package io.reeve.edge.grpc.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.edge.bounds.Call;
import io.reeve.edge.bounds.Descriptors;
import io.reeve.edge.bounds.Door;
import io.reeve.edge.bounds.Room;
import io.reeve.edge.grpc.EdgeFixture;
import io.reeve.edge.grpc.guard.AnswerStage;
import io.reeve.edge.grpc.guard.CallGuard;
import io.reeve.partition.TaskView;
import io.reeve.v1.TaskSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.scaladsl.model.HttpEntity.Chunk;
import org.apache.pekko.http.scaladsl.model.HttpEntity.ChunkStreamPart;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.AsPublisher;
import org.apache.pekko.stream.javadsl.JavaFlowSupport;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Readers that leave a watch unread, at whichever byte they stop. */
class WatchStreamTest {

  private static final ActorTestKit KIT = ActorTestKit.create("watch", EdgeFixture.config(""));
  private static final Duration READ_WITHIN = Duration.ofMillis(300);
  private static final int PIECES = 3;

  private final Room room = new Room(1_000_000, 100_000);
  private final Door door =
      new Door(
          new Door.Settings("test", 1, 0, Duration.ofSeconds(1), false),
          room,
          Descriptors.ofThisProcess(),
          System::nanoTime);
  private final Reading reading = new Reading();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void aReaderThatNeverAsksGivesItsRoomBackInTime() throws Exception {
    watch().show(change());

    assertThat(room.used()).isPositive();
    assertRoomIsFree();
  }

  @Test
  void aReaderThatStopsAtTheLastPieceIsCutOff() throws Exception {
    var reader = watch();
    reading.subscription.get(5, TimeUnit.SECONDS).request(PIECES);
    reader.show(change());
    assertThat(reading.pieces.await(5, TimeUnit.SECONDS)).isTrue();

    assertThat(room.used()).isPositive();
    assertThat(reading.failed).failsWithin(Duration.ofSeconds(5));
    assertRoomIsFree();
  }

  private void assertRoomIsFree() {
    KIT.createTestProbe()
        .awaitAssert(
            Duration.ofSeconds(5),
            () -> {
              assertThat(room.used()).isZero();
              return null;
            });
  }

  private WatchStream.Reader watch() throws Exception {
    var call = new Call(door.connection(HttpRequest.create()));
    var opened = new CompletableFuture<WatchStream.Reader>();
    Source.fromGraph(new WatchStream(opened::complete, reader -> {}))
        .map(bytes -> (ChunkStreamPart) new Chunk(bytes, ""))
        .via(new AnswerStage(call, READ_WITHIN))
        .addAttributes(Attributes.apply(new CallGuard.OfCall(call, READ_WITHIN)))
        .<NotUsed>mapMaterializedValue(x -> NotUsed.getInstance())
        .runWith(JavaFlowSupport.Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), KIT.system())
        .subscribe(reading);
    return opened.get(5, TimeUnit.SECONDS);
  }

  private static TaskChange change() {
    var spec =
        TaskSpec.newBuilder()
            .setKind("echo")
            .setPayload(ByteString.copyFrom(new byte[40_000]))
            .build()
            .toByteArray();
    return new TaskChange(
        new TaskView(
            new TaskId(0, 1),
            TaskState.READY,
            spec,
            1,
            1,
            1,
            1,
            0,
            0,
            new byte[0],
            null,
            0,
            "",
            "",
            null,
            0,
            0,
            List.of(),
            0,
            0));
  }

  /** Asks for as much as the test says. */
  private static final class Reading implements Subscriber<ChunkStreamPart> {

    private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
    private final CountDownLatch pieces = new CountDownLatch(PIECES);
    private final CompletableFuture<Void> failed = new CompletableFuture<>();

    @Override
    public void onSubscribe(Subscription begun) {
      subscription.complete(begun);
    }

    @Override
    public void onNext(ChunkStreamPart piece) {
      pieces.countDown();
    }

    @Override
    public void onError(Throwable failure) {
      failed.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      failed.complete(null);
    }
  }
}
