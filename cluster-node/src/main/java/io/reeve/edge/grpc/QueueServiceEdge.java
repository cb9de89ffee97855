package io.reeve.edge.grpc;

import io.reeve.edge.calls.QueueCalls;
import io.reeve.v1.GetQueueRequest;
import io.reeve.v1.GetQueueResponse;
import io.reeve.v1.ListQueuesRequest;
import io.reeve.v1.ListQueuesResponse;
import io.reeve.v1.PauseQueueRequest;
import io.reeve.v1.PauseQueueResponse;
import io.reeve.v1.QueueService;
import io.reeve.v1.ResumeQueueRequest;
import io.reeve.v1.ResumeQueueResponse;
import io.reeve.v1.SetQueueRequest;
import io.reeve.v1.SetQueueResponse;
import java.util.concurrent.CompletionStage;

/** The rules of queues by gRPC. */
final class QueueServiceEdge implements QueueService {

  private final QueueCalls calls;

  QueueServiceEdge(QueueCalls calls) {
    this.calls = calls;
  }

  @Override
  public CompletionStage<SetQueueResponse> setQueue(SetQueueRequest in) {
    return calls.set(in);
  }

  @Override
  public CompletionStage<GetQueueResponse> getQueue(GetQueueRequest in) {
    return calls.get(in);
  }

  @Override
  public CompletionStage<ListQueuesResponse> listQueues(ListQueuesRequest in) {
    return calls.list(in);
  }

  @Override
  public CompletionStage<PauseQueueResponse> pauseQueue(PauseQueueRequest in) {
    return calls.pause(in);
  }

  @Override
  public CompletionStage<ResumeQueueResponse> resumeQueue(ResumeQueueRequest in) {
    return calls.resume(in);
  }
}
