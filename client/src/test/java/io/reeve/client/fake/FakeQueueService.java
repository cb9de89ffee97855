package io.reeve.client.fake;

import io.grpc.stub.StreamObserver;
import io.reeve.v1.GetQueueRequest;
import io.reeve.v1.GetQueueResponse;
import io.reeve.v1.ListQueuesRequest;
import io.reeve.v1.ListQueuesResponse;
import io.reeve.v1.PauseQueueRequest;
import io.reeve.v1.PauseQueueResponse;
import io.reeve.v1.Queue;
import io.reeve.v1.QueuePause;
import io.reeve.v1.QueueServiceGrpc;
import io.reeve.v1.QueueSettings;
import io.reeve.v1.ResumeQueueRequest;
import io.reeve.v1.ResumeQueueResponse;
import io.reeve.v1.SetQueueRequest;
import io.reeve.v1.SetQueueResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Keeps the rules of queues in memory; each page has one queue. */
final class FakeQueueService extends QueueServiceGrpc.QueueServiceImplBase {

  private final Map<String, Queue> queues = new ConcurrentSkipListMap<>();
  private volatile List<Integer> owing = List.of();

  /** From now on these partitions do not answer. */
  void owing(List<Integer> partitions) {
    owing = partitions;
  }

  void put(Queue queue) {
    queues.put(queue.getName(), queue);
  }

  private Queue get(String name) {
    return queues.getOrDefault(
        name,
        Queue.newBuilder()
            .setName(name)
            .setSettings(QueueSettings.newBuilder().setWeight(1))
            .build());
  }

  private Queue put(Queue.Builder queue) {
    var changed = queue.setVersion(queue.getVersion() + 1).build();
    queues.put(changed.getName(), changed);
    return changed;
  }

  @Override
  public void setQueue(SetQueueRequest request, StreamObserver<SetQueueResponse> answer) {
    var queue = put(get(request.getName()).toBuilder().setSettings(request.getSettings()));
    answer.onNext(SetQueueResponse.newBuilder().setQueue(queue).build());
    answer.onCompleted();
  }

  @Override
  public void getQueue(GetQueueRequest request, StreamObserver<GetQueueResponse> answer) {
    answer.onNext(GetQueueResponse.newBuilder().setQueue(get(request.getName())).build());
    answer.onCompleted();
  }

  @Override
  public void listQueues(ListQueuesRequest request, StreamObserver<ListQueuesResponse> answer) {
    var all = List.copyOf(queues.values());
    var at = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
    var page = ListQueuesResponse.newBuilder();
    if (at < all.size()) {
      page.addQueues(all.get(at));
    }
    if (at + 1 < all.size()) {
      page.setNextPageToken(Integer.toString(at + 1));
    }
    answer.onNext(page.build());
    answer.onCompleted();
  }

  @Override
  public void pauseQueue(PauseQueueRequest request, StreamObserver<PauseQueueResponse> answer) {
    var pause = QueuePause.newBuilder().setBy(request.getBy()).setReason(request.getReason());
    if (request.hasUntil()) {
      pause.setUntil(request.getUntil());
    }
    var queue = put(get(request.getName()).toBuilder().setPause(pause));
    answer.onNext(
        PauseQueueResponse.newBuilder().setQueue(queue).addAllOwingPartitions(owing).build());
    answer.onCompleted();
  }

  @Override
  public void resumeQueue(ResumeQueueRequest request, StreamObserver<ResumeQueueResponse> answer) {
    var queue = put(get(request.getName()).toBuilder().clearPause());
    answer.onNext(
        ResumeQueueResponse.newBuilder().setQueue(queue).addAllOwingPartitions(owing).build());
    answer.onCompleted();
  }
}
