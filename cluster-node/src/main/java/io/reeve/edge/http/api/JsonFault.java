package io.reeve.edge.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Expect;
import io.reeve.edge.calls.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is wrong with JSON that is no message: it reads each field alone until it meets the
 * one at fault. The library's own texts quote what was sent and name classes, so none is passed on.
 */
final class JsonFault {

  private JsonFault() {}

  /** The refusal that names the field at fault. */
  static EdgeRefusal find(JsonNode json, Message.Builder type) {
    return in(json, type, "")
        .orElseGet(
            () ->
                JsonText.malformed(
                    "expected JSON of "
                        + type.getDescriptorForType().getFullName()
                        + ", got fields that exclude each other"));
  }

  private static Optional<EdgeRefusal> in(JsonNode json, Message.Builder type, String path) {
    var names = json.fieldNames();
    while (names.hasNext()) {
      var name = names.next();
      var found = field(json, name, type, path);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<EdgeRefusal> field(
      JsonNode json, String name, Message.Builder type, String path) {
    var field = named(type.getDescriptorForType(), name);
    if (field == null) {
      return Optional.of(
          refusal(
              path + shown(name),
              "expected a field of " + type.getDescriptorForType().getFullName()));
    }
    var value = json.path(name);
    var alone = JsonNodeFactory.instance.objectNode().set(name, value);
    if (isRead(alone.toString(), type)) {
      return Optional.empty();
    }
    var here = path + field.getJsonName();
    if (isMessage(field) && !field.isMapField()) {
      if (field.isRepeated() && value.isArray()) {
        for (var i = 0; i < value.size(); i++) {
          if (value.get(i).isObject()) {
            var found = in(value.get(i), builder(type, field), here + "[" + i + "].");
            if (found.isPresent()) {
              return found;
            }
          }
        }
      } else if (value.isObject()) {
        var found = in(value, builder(type, field), here + ".");
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.of(refusal(here, "expected " + expected(field) + ", got something else"));
  }

  private static Message.Builder builder(Message.Builder type, FieldDescriptor field) {
    return type.clone().newBuilderForField(field);
  }

  private static boolean isRead(String json, Message.Builder type) {
    try {
      JsonFormat.parser().merge(json, type.clone().clear());
      return true;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  /** The field with this name in JSON, or in the description of the protocol. */
  static @Nullable FieldDescriptor named(Descriptor type, String name) {
    return type.getFields().stream()
        .filter(field -> field.getJsonName().equals(name) || field.getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** Messages that are an object in JSON; instants and durations are texts. */
  static boolean isMessage(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && !field.getMessageType().getFullName().startsWith("google.protobuf.");
  }

  private static String expected(FieldDescriptor field) {
    var one =
        switch (field.getJavaType()) {
          case INT, LONG -> "a whole number in its range";
          case FLOAT, DOUBLE -> "a number";
          case BOOLEAN -> "true or false";
          case STRING -> "a text";
          case BYTE_STRING -> "a text in Base64";
          case ENUM -> "the name of a value of " + field.getEnumType().getFullName();
          case MESSAGE ->
              switch (field.getMessageType().getFullName()) {
                case "google.protobuf.Timestamp" -> "an instant such as \"2026-11-20T12:00:00Z\"";
                case "google.protobuf.Duration" -> "seconds such as \"1.500s\"";
                default -> "an object";
              };
        };
    if (field.isMapField()) {
      return "an object of texts";
    }
    return field.isRepeated() ? "an array, each element " + one : one;
  }

  private static EdgeRefusal refusal(String path, String expectation) {
    return EdgeRefusal.of(Reason.MALFORMED_MESSAGE, path, expectation);
  }

  /** A name that nobody checked. */
  private static String shown(String name) {
    var quoted = Expect.quoted(name);
    return quoted.substring(1, quoted.length() - 1);
  }
}
