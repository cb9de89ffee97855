package io.reeve.protocol;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Messages, enums and services of some .proto files by their full names, nested ones included and
 * the entry types of maps too.
 */
record Protocol(
    Map<String, DescriptorProto> messages,
    Map<String, EnumDescriptorProto> enums,
    Map<String, ServiceDescriptorProto> services) {

  static final String PUBLIC = "reeve.v1";
  static final String EDGE = "reeve.edge.v1";
  static final String STORED = "reeve.journal.v1";
  static final String BETWEEN_NODES = "reeve.wire.v1";

  /** What the module proto was compiled from, with comments. */
  static FileDescriptorSet compiled() {
    try (var in = Protocol.class.getResourceAsStream("/reeve.binpb")) {
      if (in == null) {
        throw new IllegalStateException(
            "expected reeve.binpb on the class path, got nothing; it is made by the module proto");
      }
      return FileDescriptorSet.parseFrom(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files of these proto packages only, without comments: what a snapshot keeps. */
  static FileDescriptorSet bare(FileDescriptorSet files, String... packages) {
    var kept = Set.of(packages);
    var bare = FileDescriptorSet.newBuilder();
    for (var file : files.getFileList()) {
      if (kept.contains(file.getPackage())) {
        bare.addFile(file.toBuilder().clearSourceCodeInfo());
      }
    }
    return bare.build();
  }

  static Protocol of(Collection<FileDescriptorProto> files) {
    var protocol = new Protocol(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    for (var file : files) {
      var scope = file.getPackage() + ".";
      file.getMessageTypeList().forEach(message -> protocol.add(scope, message));
      file.getEnumTypeList().forEach(type -> protocol.enums.put(scope + type.getName(), type));
      file.getServiceList()
          .forEach(service -> protocol.services.put(scope + service.getName(), service));
    }
    return protocol;
  }

  private void add(String scope, DescriptorProto message) {
    var name = scope + message.getName();
    messages.put(name, message);
    message.getNestedTypeList().forEach(nested -> add(name + ".", nested));
    message.getEnumTypeList().forEach(type -> enums.put(name + "." + type.getName(), type));
  }
}
