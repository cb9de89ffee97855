package io.reeve.edge.grpc.task;

import io.reeve.edge.calls.Caller;
import io.reeve.edge.calls.DeadLetterCalls;
import io.reeve.edge.calls.WireTime;
import io.reeve.edge.v1.DeadLetterServiceView;
import io.reeve.edge.v1.ListTasksView;
import io.reeve.v1.DeadLetterGroup;
import io.reeve.v1.DiscardDeadLettersRequest;
import io.reeve.v1.DiscardDeadLettersResponse;
import io.reeve.v1.DiscardTaskRequest;
import io.reeve.v1.DiscardTaskResponse;
import io.reeve.v1.GroupDeadLettersRequest;
import io.reeve.v1.GroupDeadLettersResponse;
import io.reeve.v1.ListDeadLettersRequest;
import io.reeve.v1.RedriveDeadLettersRequest;
import io.reeve.v1.RedriveDeadLettersResponse;
import io.reeve.v1.RedriveTaskRequest;
import io.reeve.v1.RedriveTaskResponse;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/** Dead letters by gRPC: puts {@link DeadLetterCalls} into the words of the public protocol. */
public final class DeadLetterServiceEdge implements DeadLetterServiceView {

  private final DeadLetterCalls calls;

  public DeadLetterServiceEdge(DeadLetterCalls calls) {
    this.calls = calls;
  }

  @Override
  public CompletionStage<ListTasksView> listDeadLetters(ListDeadLettersRequest in) {
    var query =
        new DeadLetterCalls.Query(
            in.getFilter(), in.getPageSize(), in.getPageToken(), in.getOmitBytes());
    return calls
        .list(
            Caller.LOCAL,
            query,
            task -> TaskReplies.listed(task, in.getOmitBytes()),
            // With tag and length in front of it.
            view -> view.getSerializedSize() + 6L)
        .thenApply(
            page ->
                ListTasksView.newBuilder()
                    .addAllTasks(page.tasks())
                    .setNextPageToken(page.nextPageToken())
                    .build());
  }

  @Override
  public CompletionStage<GroupDeadLettersResponse> groupDeadLetters(GroupDeadLettersRequest in) {
    return calls
        .groups(Caller.LOCAL, in.getFilter())
        .thenApply(
            found -> {
              var response = GroupDeadLettersResponse.newBuilder().setOthers(found.others());
              found.groups().forEach(group -> response.addGroups(reply(group)));
              return response.build();
            });
  }

  private static DeadLetterGroup reply(DeadLetterCalls.Group group) {
    var error = group.error();
    return DeadLetterGroup.newBuilder()
        .setFingerprint(String.format(Locale.ROOT, "%016x", error.fingerprint()))
        .setKind(error.kind())
        .setTypeValue(error.type().number())
        .setCode(error.code())
        .setMessage(error.message())
        .setCount(group.count())
        .setFirstDiedAt(WireTime.instant(group.firstDiedAtMs()))
        .setLastDiedAt(WireTime.instant(group.lastDiedAtMs()))
        .setSampleTaskId(group.sample().toString())
        .build();
  }

  @Override
  public CompletionStage<RedriveTaskResponse> redriveTask(RedriveTaskRequest in) {
    return calls
        .redrive(Caller.LOCAL, in.getTaskId(), in.getRetry())
        .thenApply(
            done ->
                RedriveTaskResponse.newBuilder()
                    .setTaskId(done.task().toString())
                    .setAlreadyRedriven(done.already())
                    .build());
  }

  @Override
  public CompletionStage<RedriveDeadLettersResponse> redriveDeadLetters(
      RedriveDeadLettersRequest in) {
    return calls
        .redriveNext(
            Caller.LOCAL, in.getFilter(), in.getRetry(), in.getPageToken(), in.getPageSize())
        .thenApply(
            step ->
                RedriveDeadLettersResponse.newBuilder()
                    .setRedriven(step.count())
                    .setNextPageToken(step.nextPageToken())
                    .build());
  }

  @Override
  public CompletionStage<DiscardTaskResponse> discardTask(DiscardTaskRequest in) {
    return calls
        .discard(Caller.LOCAL, in.getTaskId())
        .thenApply(
            already -> DiscardTaskResponse.newBuilder().setAlreadyDiscarded(already).build());
  }

  @Override
  public CompletionStage<DiscardDeadLettersResponse> discardDeadLetters(
      DiscardDeadLettersRequest in) {
    return calls
        .discardNext(Caller.LOCAL, in.getFilter(), in.getPageToken(), in.getPageSize())
        .thenApply(
            step ->
                DiscardDeadLettersResponse.newBuilder()
                    .setDiscarded(step.count())
                    .setNextPageToken(step.nextPageToken())
                    .build());
  }
}
