package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.partition.Clients;
import io.reeve.partition.TaskView;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.Hello;
import io.reeve.v1.ListTasksRequest;
import io.reeve.v1.Progress;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.WatchTaskRequest;
import io.reeve.v1.WatchTaskResponse;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Callers that send or read slowly, or many at once, with as little room as there may be. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class RoomForCallsTest {

  private static final int MIB = 1024 * 1024;

  private final EdgeFixture edge =
      EdgeFixture.start(
          "reeve.grpc.in-flight-share = 0.01, reeve.grpc.message-size-max = 2 MiB,"
              + " reeve.grpc.message-within = 1s, reeve.grpc.read-timeout = 20s,"
              + " reeve.grpc.watch-refresh = 1h, reeve.task.payload-size-max = 1 MiB");

  @AfterAll
  void stop() {
    edge.close();
  }

  // ---- Answers ----------------------------------------------------------------------------------

  @Test
  void moreListingsAtOnceThanThereIsRoomForAreRefusedAndSayWhenToComeBack() {
    var client = TaskServiceGrpc.newBlockingStub(edge.channel());
    var answers =
        IntStream.range(0, 40)
            .mapToObj(
                i -> edge.calling(() -> client.listTasks(ListTasksRequest.getDefaultInstance())))
            .toList();
    // Those that were let in wait for the partition, so the first that ends was refused.
    var first = CompletableFuture.anyOf(answers.toArray(CompletableFuture<?>[]::new));
    assertThat(first).failsWithin(Duration.ofSeconds(20));

    var all = CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
    var letIn = 0;
    while (!all.isDone()) {
      letIn += answerListing() ? 1 : 0;
    }
    var refusals = answers.stream().filter(CompletableFuture::isCompletedExceptionally).toList();
    assertThat(letIn).isPositive();
    assertThat(refusals).hasSize(40 - letIn);
    assertThat(refusals)
        .allSatisfy(
            refused -> {
              var refusal = (StatusRuntimeException) refused.handle((ok, e) -> e.getCause()).join();
              assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("NO_ROOM");
              assertThat(EdgeFixture.retryInfo(refusal)).isPresent();
            });
  }

  /** Answers one listing, if one comes soon. */
  private boolean answerListing() {
    try {
      var asked = edge.partitions.receiveMessage(Duration.ofMillis(300));
      // A page walks all partitions; each call begins with the first.
      ((Clients.ListTasks) asked.message()).replyTo().tell(new Clients.Listed(List.of(), -1));
      return asked.entityId().equals("0");
    } catch (AssertionError nothingCame) {
      return false;
    }
  }

  // ---- Watches ----------------------------------------------------------------------------------

  @Test
  void anUnreadWatchKeepsTheNewestChangeAndPayloadComesFirstAndLast() throws Exception {
    var answers = new LinkedBlockingQueue<WatchTaskResponse>();
    var ended = new CompletableFuture<Status>();
    var call = watch("0-11", answers, ended);
    var feed = edge.asked(Clients.Watch.class).command().watcher();
    var large = new byte[700_000];
    feed.tell(new Clients.Found(task(11, TaskState.READY, 1, large)));
    call.request(1);
    assertThat(answers.poll(5, TimeUnit.SECONDS)).isNotNull();

    for (var fence = 2; fence <= 500; fence++) {
      feed.tell(new Clients.Found(task(11, TaskState.LEASED, fence, large)));
    }
    feed.tell(new Clients.Found(task(11, TaskState.COMPLETED, 500, large)));
    call.request(1_000);

    assertThat(ended.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK);
    var seen = List.copyOf(answers);
    assertThat(seen).hasSizeLessThan(450);
    assertThat(seen.get(0).getTask().getBytesOmitted()).isEqualTo(seen.size() > 1);
    var last = seen.get(seen.size() - 1).getTask();
    assertThat(last.getBytesOmitted()).isFalse();
    assertThat(last.getSpec().getPayload().size()).isEqualTo(large.length);
    assertThat(last.getFence()).isEqualTo(500);
  }

  @Test
  void watchesOfOneTaskAreToldByOneActor() throws Exception {
    var first = new LinkedBlockingQueue<WatchTaskResponse>();
    var second = new LinkedBlockingQueue<WatchTaskResponse>();
    watch("0-12", first, new CompletableFuture<>()).request(10);
    var feed = edge.asked(Clients.Watch.class).command().watcher();
    feed.tell(new Clients.Found(task(12, TaskState.READY, 1, new byte[10])));
    assertThat(first.poll(5, TimeUnit.SECONDS)).isNotNull();

    watch("0-12", second, new CompletableFuture<>()).request(10);
    assertThat(edge.asked(Clients.Watch.class).command().watcher()).isEqualTo(feed);
    feed.tell(new Clients.Found(task(12, TaskState.READY, 1, new byte[10])));

    assertThat(second.poll(5, TimeUnit.SECONDS)).isNotNull();
    assertThat(first).as("the first has seen it").isEmpty();
  }

  // ---- Requests ---------------------------------------------------------------------------------

  @Test
  void aCallWhoseMessageDoesNotComeIsRefused() throws Exception {
    var ended = new CompletableFuture<Status>();
    // A method of a stream, so that the client sends the head of the call at once.
    var call =
        edge.channel()
            .newCall(
                raw("reeve.v1.TaskService/GetTask").toBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .build(),
                CallOptions.DEFAULT);
    call.start(closing(ended), new Metadata());
    call.request(1);

    assertThat(ended.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(ended.get().getDescription()).contains("within 1000 ms");
  }

  @Test
  void bytesThatAreNoMessageEndAWorkersStreamWithAStatus() throws Exception {
    var ended = new CompletableFuture<Status>();
    var call = edge.channel().newCall(raw("reeve.v1.WorkerService/Connect"), CallOptions.DEFAULT);
    call.start(closing(ended), new Metadata());
    call.request(1);
    call.sendMessage(new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF});

    assertThat(ended.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void aServiceThatIsNotThereIsUnimplemented() {
    var refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    edge.channel(), raw("no.such.Service/Call"), CallOptions.DEFAULT, new byte[0]));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("UNKNOWN_METHOD");
  }

  @Test
  void manyLargeCallsLeaveNoRoomTaken() {
    var client =
        TaskServiceGrpc.newBlockingStub(edge.channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
    for (var i = 0; i < 30; i++) {
      var sequence = 100 + i;
      var answer =
          edge.calling(
              () -> client.getTask(GetTaskRequest.newBuilder().setTaskId("0-" + sequence).build()));
      edge.asked(Clients.Get.class)
          .command()
          .replyTo()
          .tell(new Clients.Found(task(sequence, TaskState.READY, 1, new byte[MIB - 1024])));
      assertThat(answer.join().getTask().getSpec().getPayload().size()).isEqualTo(MIB - 1024);
    }
  }

  // ---- The worker's stream ----------------------------------------------------------------------

  @Test
  void aWorkerIsHeldBackUntilItsSessionHasHandledWhatItSaid() throws Exception {
    var said =
        WorkerServiceGrpc.newStub(edge.channel())
            .connect(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerMessage message) {}

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onCompleted() {}
                });
    said.onNext(
        WorkerMessage.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setWorkerId("crane")
                    .setPool("main")
                    .setIncarnation("run-1")
                    .addKinds("echo")
                    .setCapacity(4))
            .build());
    var session = edge.nextSession();
    session.stream().handled();
    var message = "x".repeat(100_000);
    var progress = Progress.newBuilder().setTaskId("0-1").setFence(1).setMessage(message);
    for (var i = 0; i < 100; i++) {
      said.onNext(WorkerMessage.newBuilder().setProgress(progress).build());
    }

    var told = 0;
    while (session.said().poll(1, TimeUnit.SECONDS) != null) {
      told++;
    }
    assertThat(told).isBetween(1, 99);
    assertThat(session.stream().holdsBack()).isTrue();

    for (var handled = 0; told < 100; handled++) {
      assertThat(handled).isLessThan(100);
      session.stream().handled();
      told += session.said().poll(100, TimeUnit.MILLISECONDS) == null ? 0 : 1;
    }
    assertThat(session.stream().holdsBack()).isFalse();
    said.onCompleted();
  }

  // ---- Calling ----------------------------------------------------------------------------------

  private ClientCall<WatchTaskRequest, WatchTaskResponse> watch(
      String id, LinkedBlockingQueue<WatchTaskResponse> answers, CompletableFuture<Status> ended) {
    var call = edge.channel().newCall(TaskServiceGrpc.getWatchTaskMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(WatchTaskResponse answer) {
            answers.add(answer);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
          }
        },
        new Metadata());
    call.sendMessage(WatchTaskRequest.newBuilder().setTaskId(id).build());
    call.halfClose();
    return call;
  }

  private static <T> ClientCall.Listener<T> closing(CompletableFuture<Status> ended) {
    return new ClientCall.Listener<>() {
      @Override
      public void onClose(Status status, Metadata trailers) {
        ended.complete(status);
      }
    };
  }

  private static TaskView task(long sequence, TaskState state, long fence, byte[] payload) {
    var spec =
        TaskSpec.newBuilder()
            .setKind("echo")
            .setPayload(ByteString.copyFrom(payload))
            .build()
            .toByteArray();
    return new TaskView(
        new TaskId(0, sequence),
        state,
        spec,
        1,
        fence,
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
        0);
  }

  private static MethodDescriptor<byte[], byte[]> raw(String method) {
    var bytes =
        new MethodDescriptor.Marshaller<byte[]>() {
          @Override
          public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
          }

          @Override
          public byte[] parse(InputStream stream) {
            try {
              return stream.readAllBytes();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setFullMethodName(method)
        .setType(
            method.endsWith("Connect")
                ? MethodDescriptor.MethodType.BIDI_STREAMING
                : MethodDescriptor.MethodType.UNARY)
        .setRequestMarshaller(bytes)
        .setResponseMarshaller(bytes)
        .build();
  }
}
