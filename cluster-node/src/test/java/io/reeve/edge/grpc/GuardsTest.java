package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.reeve.grpc.health.v1.HealthCheckRequest;
import io.reeve.grpc.health.v1.HealthCheckResponse;
import io.reeve.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.reeve.partition.Clients;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.TaskSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the libraries do not guard against by themselves, and the services beside our own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuardsTest {

  private final EdgeFixture edge = EdgeFixture.start();
  private final TaskServiceGrpc.TaskServiceBlockingStub client =
      TaskServiceGrpc.newBlockingStub(edge.channel()).withDeadlineAfter(2, TimeUnit.MINUTES);

  @AfterAll
  void stop() {
    edge.close();
  }

  // ---- Frames -----------------------------------------------------------------------------------

  @Test
  void aMessageFarOverTheLimitIsRefusedWithAStatus() {
    var refusal = refusalOf(40 << 20);

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("MESSAGE_TOO_LARGE");
  }

  @Test
  void theLimitIsExact() {
    var most = edge.settings.server().messageBytesMax();
    var atLimit = client.withDeadlineAfter(20, TimeUnit.SECONDS);
    var fits = messageOf(most);
    // Refused for its payload by the validation, so it came through.
    var refusal =
        catchThrowableOfType(StatusRuntimeException.class, () -> atLimit.submitTask(fits));

    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("INVALID_REQUEST");
    assertThat(EdgeFixture.errorInfo(refusalOf(most + 1)).getReason())
        .isEqualTo("MESSAGE_TOO_LARGE");
  }

  @Test
  void aCompressedMessageIsRefusedBeforeItIsInflated() {
    var bomb = client.withCompression("gzip");

    var refusal =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> bomb.submitTask(messageOf(6 << 20)));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("COMPRESSION_REFUSED");
  }

  @Test
  void anEncodingThatNobodyKnowsIsNoFaultOfOurs() {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER), "x-unheard-of");
    var odd = client.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    var refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> odd.getTask(GetTaskRequest.newBuilder().setTaskId("x").build()));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void answersAreNotCompressedThoughTheClientOffersIt() {
    var headers = new java.util.concurrent.atomic.AtomicReference<Metadata>();
    var trailers = new java.util.concurrent.atomic.AtomicReference<Metadata>();
    var looking =
        client.withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
    var answer =
        edge.calling(() -> looking.getTask(GetTaskRequest.newBuilder().setTaskId("0-1").build()));
    var asked = edge.asked(Clients.Get.class);
    asked
        .command()
        .replyTo()
        .tell(new Clients.Found(Tasks.ready(new io.reeve.domain.task.TaskId(0, 1))));
    answer.join();

    var encoding = Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);
    var server = Metadata.Key.of("server", Metadata.ASCII_STRING_MARSHALLER);
    var got = java.util.Objects.requireNonNull(headers.get());
    assertThat(got.get(encoding)).isIn(null, "identity");
    assertThat(got.get(server)).isNull();
  }

  @Test
  void bytesThatAreNoMessageAreTheCallersFault() {
    var refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    edge.channel(),
                    raw("reeve.v1.TaskService/GetTask"),
                    CallOptions.DEFAULT,
                    new byte[] {(byte) 0xFF, (byte) 0xFF, 1, 2}));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("MALFORMED_MESSAGE");
  }

  @Test
  void aMethodThatIsNotThereIsUnimplemented() {
    var refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    edge.channel(),
                    raw("reeve.v1.TaskService/Forget"),
                    CallOptions.DEFAULT,
                    new byte[0]));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void aConnectionWithoutACallMakesWayForTheNext() {
    try (var small =
        EdgeFixture.start("reeve.grpc.connections-max = 2, reeve.grpc.reflection = off")) {
      for (var i = 0; i < 4; i++) {
        assertThat(getOfNothing(small)).isEqualTo(Status.Code.INVALID_ARGUMENT);
      }
    }
  }

  @Test
  void connectionsWithACallAreBounded() {
    try (var small =
        EdgeFixture.start("reeve.grpc.connections-max = 2, reeve.grpc.reflection = off")) {
      for (var i = 0; i < 2; i++) {
        var watch =
            TaskServiceGrpc.newBlockingStub(small.channel())
                .watchTask(
                    io.reeve.v1.WatchTaskRequest.newBuilder().setTaskId("0-" + (i + 1)).build());
        assertThat(watch).isNotNull();
        small.asked(Clients.Watch.class);
      }

      assertThat(getOfNothing(small)).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  private static Status.Code getOfNothing(EdgeFixture edge) {
    var stub =
        TaskServiceGrpc.newBlockingStub(edge.channel()).withDeadlineAfter(5, TimeUnit.SECONDS);
    return catchThrowableOfType(
            StatusRuntimeException.class,
            () -> stub.getTask(GetTaskRequest.newBuilder().setTaskId("x").build()))
        .getStatus()
        .getCode();
  }

  // ---- Health -----------------------------------------------------------------------------------

  @Test
  void healthIsToldForTheNodeAndForEachService() {
    for (var service : new String[] {"", "reeve.v1.TaskService", "reeve.v1.WorkerService"}) {
      assertThat(health(edge, service)).isEqualTo(ServingStatus.SERVING);
    }
    assertThatThrownBy(() -> health(edge, "reeve.v1.Nonsense"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
  }

  @Test
  void aWatchOfHealthSeesTheNodeLeave() {
    try (var leaving = EdgeFixture.start()) {
      Iterator<HealthCheckResponse> watch =
          ClientCalls.blockingServerStreamingCall(
              leaving.channel(),
              healthMethod("Watch", MethodDescriptor.MethodType.SERVER_STREAMING),
              CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
              HealthCheckRequest.getDefaultInstance());

      assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);
      leaving.server.leave("test", List.of());
      assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(health(leaving, "")).isEqualTo(ServingStatus.NOT_SERVING);
    }
  }

  @Test
  void watchesThatGoOnHoldNoRoomForTheRequestsThatBeganThem() {
    try (var own = EdgeFixture.start()) {
      for (var i = 0; i < 5; i++) {
        Iterator<HealthCheckResponse> watch =
            ClientCalls.blockingServerStreamingCall(
                own.channel(),
                healthMethod("Watch", MethodDescriptor.MethodType.SERVER_STREAMING),
                CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS),
                padded(500_000));
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);
      }

      assertThat(own.server.room().used()).isZero();
    }
  }

  @Test
  void whatFollowsTheOneMessageOfACallTakesNoRoom() throws Exception {
    try (var own = EdgeFixture.start()) {
      var answers = new LinkedBlockingQueue<HealthCheckResponse>();
      var end = new CompletableFuture<Status>();
      // As a stream of messages, so that the client sends more than the one.
      var call =
          own.channel()
              .newCall(
                  healthMethod("Watch", MethodDescriptor.MethodType.BIDI_STREAMING),
                  CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS));
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(HealthCheckResponse answer) {
              answers.add(answer);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              end.complete(status);
            }
          },
          new Metadata());
      call.request(10);
      call.sendMessage(padded(10));
      assertThat(answers.poll(10, TimeUnit.SECONDS)).isNotNull();

      call.sendMessage(padded(500_000));

      assertThat(end.get(10, TimeUnit.SECONDS).isOk()).isFalse();
      assertThat(own.server.room().used()).isZero();
    }
  }

  // ---- Reflection -------------------------------------------------------------------------------

  @Test
  void reflectionShowsThePublicServicesOnly() {
    assertThat(services(edge))
        .contains("reeve.v1.TaskService", "reeve.v1.WorkerService", "grpc.health.v1.Health")
        .doesNotContain("edge");
  }

  @Test
  void reflectionOfANodeThatIsNoEdgeShowsHealthOnly() {
    try (var other = EdgeFixture.withoutEdge()) {
      assertThat(services(other)).contains("grpc.health.v1.Health").doesNotContain("reeve.v1");
    }
  }

  private static String services(EdgeFixture edge) {
    // ServerReflectionRequest{list_services = 7: ""}
    var answer =
        ClientCalls.blockingServerStreamingCall(
                edge.channel(),
                raw(
                    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                    MethodDescriptor.MethodType.SERVER_STREAMING),
                CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
                new byte[] {0x3A, 0})
            .next();
    return ByteString.copyFrom(answer).toString(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  // ---- Calling ----------------------------------------------------------------------------------

  private static ServingStatus health(EdgeFixture edge, String service) {
    return ClientCalls.blockingUnaryCall(
            edge.channel(),
            healthMethod("Check", MethodDescriptor.MethodType.UNARY),
            CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
            HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  /** A request with bytes that the server does not know. */
  private static HealthCheckRequest padded(int bytes) {
    var unknown =
        UnknownFieldSet.Field.newBuilder()
            .addLengthDelimited(ByteString.copyFrom(new byte[bytes]))
            .build();
    return HealthCheckRequest.newBuilder()
        .setUnknownFields(UnknownFieldSet.newBuilder().addField(1_000, unknown).build())
        .build();
  }

  private static MethodDescriptor<HealthCheckRequest, HealthCheckResponse> healthMethod(
      String name, MethodDescriptor.MethodType type) {
    return MethodDescriptor.<HealthCheckRequest, HealthCheckResponse>newBuilder()
        .setFullMethodName("grpc.health.v1.Health/" + name)
        .setType(type)
        .setRequestMarshaller(
            io.grpc.protobuf.ProtoUtils.marshaller(HealthCheckRequest.getDefaultInstance()))
        .setResponseMarshaller(
            io.grpc.protobuf.ProtoUtils.marshaller(HealthCheckResponse.getDefaultInstance()))
        .build();
  }

  private StatusRuntimeException refusalOf(int messageBytes) {
    var message = messageOf(messageBytes);
    return catchThrowableOfType(StatusRuntimeException.class, () -> client.submitTask(message));
  }

  /** A submission of exactly this many bytes. */
  private static SubmitTaskRequest messageOf(int bytes) {
    var overhead = 0;
    while (true) {
      var message =
          SubmitTaskRequest.newBuilder()
              .setTask(
                  TaskSpec.newBuilder()
                      .setKind("echo")
                      .setPayload(ByteString.copyFrom(new byte[bytes - overhead])))
              .build();
      var over = message.getSerializedSize() - bytes;
      if (over == 0) {
        return message;
      }
      overhead += over;
    }
  }

  private static MethodDescriptor<byte[], byte[]> raw(String method) {
    return raw(method, MethodDescriptor.MethodType.UNARY);
  }

  private static MethodDescriptor<byte[], byte[]> raw(
      String method, MethodDescriptor.MethodType type) {
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
        .setType(type)
        .setRequestMarshaller(bytes)
        .setResponseMarshaller(bytes)
        .build();
  }
}
