package io.reeve.protocol;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One named thing of the protocol with the comment that stands above or behind it.
 *
 * @param owner full name of what it stands in: a package, a message, an enum or a service
 * @param type of a field its type, of an enum's value its number, else empty
 * @param comment as written; empty when there is none
 */
record Explained(
    String protoPackage, Kind kind, String owner, String name, String type, String comment) {

  /** What can be named, and how protobuf's style guide has it written. */
  enum Kind {
    MESSAGE("([A-Z][a-z0-9]*)+"),
    FIELD("[a-z][a-z0-9]*(_[a-z0-9]+)*"),
    ENUM("([A-Z][a-z0-9]*)+"),
    ENUM_VALUE("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"),
    SERVICE("([A-Z][a-z0-9]*)+"),
    RPC("([A-Z][a-z0-9]*)+");

    /** A regular expression. */
    final String name;

    Kind(String name) {
      this.name = name;
    }
  }

  boolean hasComment() {
    return !comment.isBlank();
  }

  String fullName() {
    return owner + "." + name;
  }

  String ownersName() {
    return owner.substring(owner.lastIndexOf('.') + 1);
  }

  @Override
  public String toString() {
    return kind + " " + fullName();
  }

  /** Everything in our own of these files, nested things too, but for the entries of maps. */
  static List<Explained> in(List<FileDescriptorProto> files) {
    return files.stream()
        .filter(file -> file.getPackage().startsWith("reeve."))
        .flatMap(file -> new Walk(file).everything())
        .toList();
  }

  /** Through one file, along the paths under which protoc files its comments. */
  private static final class Walk {

    private final FileDescriptorProto file;
    private final Map<List<Integer>, String> comments = new HashMap<>();
    private final Stream.Builder<Explained> found = Stream.builder();

    Walk(FileDescriptorProto file) {
      this.file = file;
      for (Location location : file.getSourceCodeInfo().getLocationList()) {
        comments.put(
            location.getPathList(), location.getLeadingComments() + location.getTrailingComments());
      }
    }

    Stream<Explained> everything() {
      var here = file.getPackage();
      for (var i : upTo(file.getMessageTypeCount())) {
        var path = List.of(FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, i);
        message(here, path, file.getMessageType(i));
      }
      for (var i : upTo(file.getEnumTypeCount())) {
        var path = List.of(FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, i);
        enumeration(here, path, file.getEnumType(i));
      }
      for (var i : upTo(file.getServiceCount())) {
        var path = List.of(FileDescriptorProto.SERVICE_FIELD_NUMBER, i);
        service(here, path, file.getService(i));
      }
      return found.build();
    }

    private void message(String owner, List<Integer> path, DescriptorProto message) {
      if (message.getOptions().getMapEntry()) {
        return;
      }
      var here = add(Kind.MESSAGE, owner, message.getName(), "", path);
      for (var i : upTo(message.getFieldCount())) {
        var field = message.getField(i);
        var at = then(path, DescriptorProto.FIELD_FIELD_NUMBER, i);
        add(Kind.FIELD, here, field.getName(), BreakingChanges.type(field), at);
      }
      for (var i : upTo(message.getNestedTypeCount())) {
        var at = then(path, DescriptorProto.NESTED_TYPE_FIELD_NUMBER, i);
        message(here, at, message.getNestedType(i));
      }
      for (var i : upTo(message.getEnumTypeCount())) {
        var at = then(path, DescriptorProto.ENUM_TYPE_FIELD_NUMBER, i);
        enumeration(here, at, message.getEnumType(i));
      }
    }

    private void enumeration(String owner, List<Integer> path, EnumDescriptorProto type) {
      var here = add(Kind.ENUM, owner, type.getName(), "", path);
      for (var i : upTo(type.getValueCount())) {
        var value = type.getValue(i);
        var at = then(path, EnumDescriptorProto.VALUE_FIELD_NUMBER, i);
        add(Kind.ENUM_VALUE, here, value.getName(), Integer.toString(value.getNumber()), at);
      }
    }

    private void service(String owner, List<Integer> path, ServiceDescriptorProto service) {
      var here = add(Kind.SERVICE, owner, service.getName(), "", path);
      for (var i : upTo(service.getMethodCount())) {
        var at = then(path, ServiceDescriptorProto.METHOD_FIELD_NUMBER, i);
        add(Kind.RPC, here, service.getMethod(i).getName(), "", at);
      }
    }

    private String add(Kind kind, String owner, String name, String type, List<Integer> path) {
      var comment = comments.getOrDefault(path, "");
      var explained = new Explained(file.getPackage(), kind, owner, name, type, comment);
      found.add(explained);
      return explained.fullName();
    }

    private static List<Integer> then(List<Integer> path, int field, int index) {
      var longer = new ArrayList<>(path);
      longer.add(field);
      longer.add(index);
      return longer;
    }

    private static List<Integer> upTo(int end) {
      return IntStream.range(0, end).boxed().toList();
    }
  }
}
