package io.reeve.client.fake;

import io.grpc.stub.StreamObserver;
import io.reeve.v1.ListSchedulesRequest;
import io.reeve.v1.ListSchedulesResponse;
import io.reeve.v1.Schedule;
import io.reeve.v1.ScheduleServiceGrpc;
import io.reeve.v1.SetScheduleRequest;
import io.reeve.v1.SetScheduleResponse;
import io.reeve.v1.TriggerScheduleRequest;
import io.reeve.v1.TriggerScheduleResponse;

/** The calls about schedules as the fake server answers them: pages have one schedule each. */
final class FakeScheduleService extends ScheduleServiceGrpc.ScheduleServiceImplBase {

  private final FakeSchedules schedules;

  FakeScheduleService(FakeSchedules schedules) {
    this.schedules = schedules;
  }

  @Override
  public void setSchedule(SetScheduleRequest in, StreamObserver<SetScheduleResponse> answer) {
    var schedule =
        Schedule.newBuilder()
            .setName(in.getName())
            .setVersion(in.getExpectedVersion() + 1)
            .setDefinition(in.getDefinition());
    answer.onNext(
        SetScheduleResponse.newBuilder().setSchedule(schedules.put(schedule.build())).build());
    answer.onCompleted();
  }

  @Override
  public void listSchedules(ListSchedulesRequest in, StreamObserver<ListSchedulesResponse> answer) {
    var all = schedules.all();
    var at = in.getPageToken().isEmpty() ? 0 : Integer.parseInt(in.getPageToken());
    var page = ListSchedulesResponse.newBuilder();
    if (at < all.size()) {
      page.addSchedules(all.get(at));
    }
    answer.onNext(page.setNextPageToken(at + 1 < all.size() ? "" + (at + 1) : "").build());
    answer.onCompleted();
  }

  @Override
  public void triggerSchedule(
      TriggerScheduleRequest in, StreamObserver<TriggerScheduleResponse> answer) {
    schedules.triggered(in.getRequestId());
    answer.onNext(TriggerScheduleResponse.newBuilder().setTaskId("t-1").build());
    answer.onCompleted();
  }
}
