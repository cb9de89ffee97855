package io.reeve.protocol;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import java.util.Comparator;

/** A protocol as text, one line per thing, so that a change of it can be read in a commit. */
final class ReadableProtocol {

  private final StringBuilder text = new StringBuilder();

  private ReadableProtocol() {}

  static String of(FileDescriptorSet files) {
    var readable = new ReadableProtocol();
    var protocol = Protocol.of(files.getFileList());
    protocol.messages().forEach(readable::message);
    protocol
        .enums()
        .forEach(
            (name, type) -> {
              readable.line("enum " + name);
              type.getValueList()
                  .forEach(
                      value -> readable.line("  " + value.getNumber() + " " + value.getName()));
            });
    protocol
        .services()
        .forEach(
            (name, service) -> {
              readable.line("service " + name);
              service.getMethodList().forEach(readable::rpc);
            });
    return readable.text.toString();
  }

  private void message(String name, DescriptorProto message) {
    line("message " + name);
    message.getFieldList().stream()
        .sorted(Comparator.comparingInt(FieldDescriptorProto::getNumber))
        .forEach(field -> field(message, field));
    message
        .getReservedRangeList()
        .forEach(range -> line("  reserved " + range.getStart() + " to " + (range.getEnd() - 1)));
    message.getReservedNameList().forEach(reserved -> line("  reserved " + reserved));
  }

  private void field(DescriptorProto message, FieldDescriptorProto field) {
    var repeated = field.getLabel() == FieldDescriptorProto.Label.LABEL_REPEATED;
    var oneof =
        field.hasOneofIndex() && !field.getProto3Optional()
            ? " of " + message.getOneofDecl(field.getOneofIndex()).getName()
            : "";
    line(
        "  %d %s: %s%s%s%s"
            .formatted(
                field.getNumber(),
                field.getName(),
                field.getProto3Optional() ? "optional " : "",
                repeated ? "repeated " : "",
                BreakingChanges.type(field),
                oneof));
  }

  private void rpc(MethodDescriptorProto rpc) {
    line(
        "  %s: %s%s -> %s%s"
            .formatted(
                rpc.getName(),
                rpc.getClientStreaming() ? "stream " : "",
                rpc.getInputType().substring(1),
                rpc.getServerStreaming() ? "stream " : "",
                rpc.getOutputType().substring(1)));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
