package io.reeve.client.fake;

import io.grpc.stub.StreamObserver;
import io.reeve.v1.Assignment;
import io.reeve.v1.Assignments;
import io.reeve.v1.Heartbeat;
import io.reeve.v1.Ping;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.Settlement;
import io.reeve.v1.SettlementAck;
import io.reeve.v1.Settlements;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import io.reeve.v1.Welcome;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The worker stream in its simplest form: credit, assignments, settlements, acknowledgements. */
final class FakeWorkerService extends WorkerServiceGrpc.WorkerServiceImplBase {

  private static final int ASSIGNMENTS_MAX = 1000;

  private final FakeTasks tasks;
  private final AtomicInteger sessions = new AtomicInteger();

  FakeWorkerService(FakeTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public StreamObserver<WorkerMessage> connect(StreamObserver<ServerMessage> toWorker) {
    return new Session("session-" + sessions.incrementAndGet(), toWorker);
  }

  private final class Session implements StreamObserver<WorkerMessage> {
    private final String id;
    private final StreamObserver<ServerMessage> toWorker;
    private final Set<String> held = new LinkedHashSet<>();
    private String workerId = "";
    private int capacity;
    private int urgentReserve;
    private long sent;
    private long released;
    private long sequence;
    private boolean open = true;

    Session(String id, StreamObserver<ServerMessage> toWorker) {
      this.id = id;
      this.toWorker = toWorker;
    }

    @Override
    public void onNext(WorkerMessage message) {
      synchronized (tasks) {
        switch (message.getMessageCase()) {
          case HELLO -> {
            workerId = message.getHello().getWorkerId();
            capacity = message.getHello().getCapacity();
            urgentReserve = message.getHello().getUrgentReserve();
            toWorker.onNext(
                ServerMessage.newBuilder()
                    .setWelcome(
                        Welcome.newBuilder()
                            .setSessionId(id)
                            .setResumeToken("token-of-" + id)
                            .setHeartbeatInterval(seconds(1))
                            .setSilenceMax(seconds(10))
                            .setLeaseDuration(seconds(30))
                            .setReceivedWithin(seconds(5))
                            .setResumeWithin(seconds(5))
                            .setResultBytesMax(256 * 1024)
                            .setMessageBytesMax(4 * 1024 * 1024)
                            .setNode("fake"))
                    .build());
            tasks.onReady(this::deliver);
          }
          case CREDIT -> {
            capacity = message.getCredit().getCapacity();
            urgentReserve = message.getCredit().getUrgentReserve();
            released = message.getCredit().getReleasedTotal();
            deliver();
          }
          case SETTLEMENTS -> settle(message.getSettlements());
          case HEARTBEAT -> answer(message.getHeartbeat());
          case GOODBYE -> {
            end();
            toWorker.onCompleted();
          }
          case RECEIVED, PROGRESS, MESSAGE_NOT_SET -> {}
        }
      }
    }

    private void answer(Heartbeat heartbeat) {
      toWorker.onNext(
          ServerMessage.newBuilder()
              .setPing(Ping.newBuilder().setHeartbeat(heartbeat.getSequence()))
              .build());
    }

    private void settle(Settlements batch) {
      batch.getSettlementsList().forEach(this::settle);
      toWorker.onNext(
          ServerMessage.newBuilder()
              .setSettlementAck(SettlementAck.newBuilder().setBatch(batch.getBatch()))
              .build());
    }

    private void settle(Settlement settlement) {
      held.remove(settlement.getTaskId());
      switch (settlement.getOutcomeCase()) {
        case COMPLETED ->
            tasks.change(
                settlement.getTaskId(),
                task ->
                    task.setState(TaskState.TASK_STATE_COMPLETED)
                        .setFinishedAt(tasks.now())
                        .setResult(settlement.getCompleted().getResult()));
        case FAILED ->
            tasks.change(
                settlement.getTaskId(),
                task ->
                    task.setState(TaskState.TASK_STATE_DEAD)
                        .setFinishedAt(tasks.now())
                        .setFailure(settlement.getFailed().getFailure()));
        case RELEASED -> tasks.release(settlement.getTaskId());
        case OUTCOME_NOT_SET -> {}
      }
    }

    private void deliver() {
      synchronized (tasks) {
        List<Assignment> batch;
        do {
          batch = new ArrayList<>();
          if (!open) {
            return;
          }
          var free = (int) Math.min(ASSIGNMENTS_MAX, capacity - (sent - released));
          tasks.takeReady(Math.max(0, free - urgentReserve), free, workerId, adding(batch));
          if (!batch.isEmpty()) {
            sent += batch.size();
            sequence++;
            toWorker.onNext(
                ServerMessage.newBuilder()
                    .setAssignments(
                        Assignments.newBuilder().setSequence(sequence).addAllAssignments(batch))
                    .build());
          }
        } while (!batch.isEmpty());
      }
    }

    private java.util.function.Consumer<Task> adding(List<Assignment> batch) {
      return task -> {
        held.add(task.getId());
        batch.add(
            Assignment.newBuilder()
                .setTaskId(task.getId())
                .setFence(task.getFence())
                .setAttempt(task.getAttempt())
                .setExecutionTimeoutMs(300_000)
                .setSpec(task.getSpec())
                .build());
      };
    }

    @Override
    public void onError(Throwable broken) {
      end();
    }

    @Override
    public void onCompleted() {
      end();
    }

    private void end() {
      synchronized (tasks) {
        open = false;
        var lost = List.copyOf(held);
        held.clear();
        lost.forEach(tasks::release);
      }
    }
  }

  private static com.google.protobuf.Duration seconds(int seconds) {
    return com.google.protobuf.Duration.newBuilder().setSeconds(seconds).build();
  }
}
