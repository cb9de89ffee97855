package io.reeve.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The server's own view of the public messages, {@code reeve.edge.v1}, against {@code reeve.v1}:
 * the same numbers, names, labels and types, but bytes where the public message has a TaskSpec.
 * What one writes, the other reads.
 */
class EdgeViewTest {

  private static final String TASK_SPEC = "reeve.v1.TaskSpec";

  /** Each view and the public messages that it stands for. */
  private static final Map<String, List<String>> STANDS_FOR =
      Map.of(
          "SubmitTaskView", List.of("SubmitTaskRequest"),
          "SubmitTasksView", List.of("SubmitTasksRequest"),
          "TaskReplyView", List.of("GetTaskResponse", "WatchTaskResponse", "CancelTaskResponse"),
          "ListTasksView", List.of("ListTasksResponse", "ListDeadLettersResponse"),
          "TaskView", List.of("Task"),
          "ServerMessageView", List.of("ServerMessage"),
          "AssignmentsView", List.of("Assignments"),
          "AssignmentView", List.of("Assignment"));

  private static final Map<String, String> SERVICES =
      Map.of(
          "TaskServiceView",
          "TaskService",
          "DeadLetterServiceView",
          "DeadLetterService",
          "WorkerServiceView",
          "WorkerService");

  /** Rpcs of the public services that the edge answers without a generated handler. */
  private static final Set<String> ANSWERED_BY_HAND = Set.of("WatchTask");

  private static final Protocol ALL = Protocol.of(Protocol.compiled().getFileList());

  static Stream<Arguments> views() {
    return STANDS_FOR.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(view -> view.getValue().stream().map(it -> Arguments.of(view.getKey(), it)));
  }

  @ParameterizedTest
  @MethodSource("views")
  void hasTheFieldsOfThePublicMessage(String view, String message) {
    assertThat(shape(message(Protocol.EDGE, view)))
        .isEqualTo(shape(message(Protocol.PUBLIC, message)));
  }

  @Test
  void everyViewIsCompared() {
    assertThat(namesIn(ALL.messages().keySet())).isEqualTo(new TreeSet<>(STANDS_FOR.keySet()));
    assertThat(namesIn(ALL.services().keySet())).isEqualTo(new TreeSet<>(SERVICES.keySet()));
  }

  @Test
  void servicesOfferTheRpcsOfThePublicOnes() {
    SERVICES.forEach(
        (view, service) -> {
          var offered = rpcs(service(Protocol.PUBLIC, service));
          offered.keySet().removeAll(ANSWERED_BY_HAND);
          assertThat(rpcs(service(Protocol.EDGE, view))).as(view).isEqualTo(offered);
        });
  }

  /**
   * By number, all that decides about the bytes, in words that are alike for a view and its twin.
   */
  private static Map<Integer, String> shape(DescriptorProto message) {
    var shape = new TreeMap<Integer, String>();
    for (var field : message.getFieldList()) {
      shape.put(
          field.getNumber(),
          "%s %s %s %s %s"
              .formatted(
                  field.getName(),
                  field.getLabel(),
                  type(field),
                  field.getProto3Optional() ? "optional" : "",
                  field.hasOneofIndex() && !field.getProto3Optional()
                      ? message.getOneofDecl(field.getOneofIndex()).getName()
                      : ""));
    }
    return shape;
  }

  private static String type(FieldDescriptorProto field) {
    var type = BreakingChanges.type(field);
    return type.equals(TASK_SPEC) ? "bytes" : standsFor(type);
  }

  private static Map<String, String> rpcs(ServiceDescriptorProto service) {
    var rpcs = new TreeMap<String, String>();
    service.getMethodList().forEach(rpc -> rpcs.put(rpc.getName(), signature(rpc)));
    return rpcs;
  }

  private static String signature(MethodDescriptorProto rpc) {
    return "%s %s -> %s %s"
        .formatted(
            rpc.getClientStreaming(),
            standsFor(rpc.getInputType().substring(1)),
            rpc.getServerStreaming(),
            standsFor(rpc.getOutputType().substring(1)));
  }

  /** The same word for a view and for each message that it stands for. */
  private static String standsFor(String type) {
    return STANDS_FOR.entrySet().stream()
        .filter(
            view ->
                type.equals(Protocol.EDGE + "." + view.getKey())
                    || view.getValue().stream()
                        .anyMatch(it -> type.equals(Protocol.PUBLIC + "." + it)))
        .map(Map.Entry::getKey)
        .findAny()
        .orElse(type);
  }

  private static Set<String> namesIn(Set<String> fullNames) {
    var names = new TreeSet<String>();
    for (var name : fullNames) {
      if (name.startsWith(Protocol.EDGE + ".")) {
        names.add(name.substring(Protocol.EDGE.length() + 1));
      }
    }
    return names;
  }

  private static DescriptorProto message(String protoPackage, String name) {
    return Objects.requireNonNull(ALL.messages().get(protoPackage + "." + name), name);
  }

  private static ServiceDescriptorProto service(String protoPackage, String name) {
    return Objects.requireNonNull(ALL.services().get(protoPackage + "." + name), name);
  }
}
