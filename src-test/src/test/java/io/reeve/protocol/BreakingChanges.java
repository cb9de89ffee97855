package io.reeve.protocol;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What in a newer protocol breaks those who speak an older one, in binary or in JSON. Additions
 * break nobody, with the one exception that {@link Promise#STORED_FOR_EVER} makes.
 */
final class BreakingChanges {

  /** To whom a package is a promise. */
  enum Promise {
    /** Programs of the older release still call, in binary or JSON. */
    WIRE_AND_JSON,
    /**
     * Rows of the older release are still read. In addition, a new field takes a number above all
     * earlier ones, since a gap may be the number of a field that was withdrawn before a release;
     * and a checksum, being over all bytes before it, keeps the highest number of its message.
     */
    STORED_FOR_EVER
  }

  private static final String CHECKSUM = "crc32c";

  private final Promise promise;
  private final List<String> found = new ArrayList<>();

  private BreakingChanges(Promise promise) {
    this.promise = promise;
  }

  /** One sentence per break, in the order of names; empty when {@code after} breaks nothing. */
  static List<String> between(FileDescriptorSet before, FileDescriptorSet after, Promise promise) {
    var changes = new BreakingChanges(promise);
    var old = Protocol.of(before.getFileList());
    var now = Protocol.of(after.getFileList());
    changes.pairUp("message", old.messages(), now.messages(), changes::message);
    changes.pairUp("enum", old.enums(), now.enums(), changes::enumeration);
    changes.pairUp("service", old.services(), now.services(), changes::service);
    return List.copyOf(changes.found);
  }

  /** Compares the old with the new thing of the same name. */
  @FunctionalInterface
  private interface Comparison<T> {
    void compare(String name, T old, T now);
  }

  private <K, T> void pairUp(
      String what, Map<K, T> old, Map<K, T> now, Comparison<? super T> comparison) {
    old.forEach(
        (name, before) -> {
          var after = now.get(name);
          if (after == null) {
            found.add("%s %s: expected it to stay, got none".formatted(what, name));
          } else {
            comparison.compare(name.toString(), before, after);
          }
        });
  }

  private void message(String name, DescriptorProto old, DescriptorProto now) {
    var oldFields = by(FieldDescriptorProto::getNumber, old.getFieldList());
    var nowFields = by(FieldDescriptorProto::getNumber, now.getFieldList());
    pairUp(
        "field of " + name + " with number",
        oldFields,
        nowFields,
        (number, before, after) -> field(name, old, before, now, after));
    same(
        "reserved numbers of " + name,
        old.getReservedRangeList(),
        kept(old.getReservedRangeList(), now.getReservedRangeList()));
    same(
        "reserved names of " + name,
        old.getReservedNameList(),
        kept(old.getReservedNameList(), now.getReservedNameList()));
    if (promise == Promise.STORED_FOR_EVER) {
      now.getFieldList().stream()
          .filter(field -> !oldFields.containsKey(field.getNumber()))
          .forEach(added -> addition(name, old, added));
    }
  }

  private void addition(String message, DescriptorProto old, FieldDescriptorProto added) {
    var above = 0;
    var below = Integer.MAX_VALUE;
    for (var field : old.getFieldList()) {
      if (field.getName().equals(CHECKSUM)) {
        below = field.getNumber();
      } else {
        above = Math.max(above, field.getNumber());
      }
    }
    if (added.getNumber() < above) {
      found.add(
          "new field %s.%s: expected a number above %d, got %d"
              .formatted(message, added.getName(), above, added.getNumber()));
    }
    if (added.getNumber() > below) {
      found.add(
          "new field %s.%s: expected a number below that of %s, %d, got %d"
              .formatted(message, added.getName(), CHECKSUM, below, added.getNumber()));
    }
  }

  private void field(
      String message,
      DescriptorProto oldOwner,
      FieldDescriptorProto old,
      DescriptorProto nowOwner,
      FieldDescriptorProto now) {
    var where = "field %s.%s (%d), ".formatted(message, old.getName(), old.getNumber());
    same(where + "name", old.getName(), now.getName());
    same(where + "JSON name", old.getJsonName(), now.getJsonName());
    same(where + "type", type(old), type(now));
    same(where + "label", old.getLabel(), now.getLabel());
    same(where + "explicit presence", old.getProto3Optional(), now.getProto3Optional());
    same(where + "oneof", oneof(oldOwner, old), oneof(nowOwner, now));
    same(where + "packing", packing(old), packing(now));
  }

  private void enumeration(String name, EnumDescriptorProto old, EnumDescriptorProto now) {
    pairUp(
        "value of " + name,
        by(EnumValueDescriptorProto::getName, old.getValueList()),
        by(EnumValueDescriptorProto::getName, now.getValueList()),
        (value, before, after) ->
            same("number of " + name + "." + value, before.getNumber(), after.getNumber()));
    same(
        "reserved numbers of " + name,
        old.getReservedRangeList(),
        kept(old.getReservedRangeList(), now.getReservedRangeList()));
    same(
        "reserved names of " + name,
        old.getReservedNameList(),
        kept(old.getReservedNameList(), now.getReservedNameList()));
  }

  private void service(String name, ServiceDescriptorProto old, ServiceDescriptorProto now) {
    pairUp(
        "rpc of " + name,
        by(MethodDescriptorProto::getName, old.getMethodList()),
        by(MethodDescriptorProto::getName, now.getMethodList()),
        (rpc, before, after) -> rpc(name + "." + rpc + ", ", before, after));
  }

  private void rpc(String where, MethodDescriptorProto old, MethodDescriptorProto now) {
    same("rpc " + where + "request", old.getInputType(), now.getInputType());
    same("rpc " + where + "response", old.getOutputType(), now.getOutputType());
    same("rpc " + where + "client streaming", old.getClientStreaming(), now.getClientStreaming());
    same("rpc " + where + "server streaming", old.getServerStreaming(), now.getServerStreaming());
  }

  private void same(String what, Object expected, Object got) {
    if (!expected.equals(got)) {
      found.add("%s: expected %s, got %s".formatted(what, expected, got));
    }
  }

  /** The type as one word; names of messages and enums instead of "message" and "enum". */
  static String type(FieldDescriptorProto field) {
    return field.hasTypeName()
        ? field.getTypeName().substring(1)
        : field.getType().name().replace("TYPE_", "").toLowerCase(Locale.ROOT);
  }

  /** The oneof the field stands in, or "none"; the one that optional makes does not count. */
  private static String oneof(DescriptorProto owner, FieldDescriptorProto field) {
    return field.hasOneofIndex() && !field.getProto3Optional()
        ? owner.getOneofDecl(field.getOneofIndex()).getName()
        : "none";
  }

  private static String packing(FieldDescriptorProto field) {
    return field.getOptions().hasPacked()
        ? Boolean.toString(field.getOptions().getPacked())
        : "default";
  }

  private static <T> List<T> kept(List<T> old, List<T> now) {
    return old.stream().filter(now::contains).toList();
  }

  private static <K, T> Map<K, T> by(Function<T, K> key, List<T> things) {
    return things.stream().collect(Collectors.toMap(key, Function.identity(), (a, b) -> a));
  }
}
