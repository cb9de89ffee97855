package io.reeve.edge.http.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Expect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.japi.Pair;

/**
 * Makes the request of one operation: of the path, and of the query or the body. What a field may
 * hold is up to the service; whether it is that field at all is checked here.
 */
final class Requests {

  /** Only says what is wrong. Its bounds are those of the text that it reads. */
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Operation operation;
  private final List<FieldDescriptor> pathFields;
  private final Map<String, List<FieldDescriptor>> queryFields;
  private final Set<String> shortFields = new HashSet<>();

  Requests(Operation operation) {
    this.operation = operation;
    var type = operation.request().getDescriptorForType();
    this.pathFields = operation.pathFields().stream().map(name -> field(type, name)).toList();
    this.queryFields = operation.hasBody() ? Map.of() : queryFields(type);
    addShortFields(type, new HashSet<>());
  }

  private static FieldDescriptor field(Descriptor type, String name) {
    var field = JsonFault.named(type, name);
    if (field == null) {
      throw new IllegalStateException("no field " + name + " in " + type.getFullName());
    }
    return field;
  }

  /**
   * The parameters of the query, each with the way to its field. Fields of a filter stand beside
   * the others.
   */
  private Map<String, List<FieldDescriptor>> queryFields(Descriptor type) {
    var fields = new LinkedHashMap<String, List<FieldDescriptor>>();
    for (var field : type.getFields()) {
      if (pathFields.contains(field)) {
        continue;
      }
      if (!JsonFault.isMessage(field)) {
        fields.put(field.getJsonName(), List.of(field));
      } else if (field.getName().equals("filter")) {
        for (var inner : field.getMessageType().getFields()) {
          fields.put(inner.getJsonName(), List.of(field, inner));
        }
      }
    }
    return fields;
  }

  /** All that may stand in the query, by name. */
  Map<String, List<FieldDescriptor>> queryFields() {
    return queryFields;
  }

  /** Fields of the request that a body may have. */
  List<FieldDescriptor> bodyFields() {
    return operation.request().getDescriptorForType().getFields().stream()
        .filter(field -> !pathFields.contains(field))
        .toList();
  }

  private void addShortFields(Descriptor type, Set<Descriptor> seen) {
    if (!seen.add(type)) {
      return;
    }
    for (var field : type.getFields()) {
      if (JsonFault.isMessage(field)) {
        addShortFields(field.getMessageType(), seen);
      } else if (field.getJavaType() != FieldDescriptor.JavaType.STRING
          && field.getJavaType() != FieldDescriptor.JavaType.BYTE_STRING) {
        shortFields.add(field.getJsonName());
        shortFields.add(field.getName());
      }
    }
  }

  /**
   * Checks a body.
   *
   * @return the number of its names and values
   */
  long check(byte[] body, JsonText text) {
    return body.length == 0 ? 0 : text.check(body, shortFields);
  }

  /**
   * The request.
   *
   * @param path values of the fields that the path has, in its order
   * @param query as it came
   * @param body that was checked; empty: no field is given
   */
  Message read(List<String> path, List<Pair<String, String>> query, byte[] body) {
    var request = operation.request().newBuilderForType();
    if (operation.hasBody()) {
      merge(new String(body, StandardCharsets.UTF_8), request);
    }
    merge(query(query).toString(), request);
    for (var i = 0; i < pathFields.size(); i++) {
      var field = pathFields.get(i);
      if (!request.getField(field).equals(field.getDefaultValue())) {
        throw EdgeRefusal.invalid(
            field.getJsonName(), "expected it in the path alone, got it in the body");
      }
      request.setField(field, path.get(i));
    }
    return request.build();
  }

  private static void merge(String json, Message.Builder request) {
    if (json.isEmpty()) {
      return;
    }
    try {
      JsonFormat.parser().merge(json, request);
    } catch (InvalidProtocolBufferException e) {
      throw JsonFault.find(tree(json), request.clone().clear());
    }
  }

  private static JsonNode tree(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw JsonText.malformed("expected well-formed JSON, got something else");
    }
  }

  /** The query as JSON, whose reader takes a text for a number or an instant. */
  private ObjectNode query(List<Pair<String, String>> query) {
    var json = JsonNodeFactory.instance.objectNode();
    var given = new HashSet<String>();
    for (var parameter : query) {
      var name = parameter.first();
      var way = queryFields.get(name);
      if (way == null) {
        throw EdgeRefusal.invalid(
            "query",
            "expected "
                + (queryFields.isEmpty() ? "none" : String.join(", ", queryFields.keySet()))
                + ", got "
                + Expect.quoted(name));
      }
      var last = way.get(way.size() - 1);
      if (!given.add(name) && !last.isRepeated()) {
        throw EdgeRefusal.invalid(name, "expected it once, got it again");
      }
      var place = json;
      for (var field : way.subList(0, way.size() - 1)) {
        place = place.withObjectProperty(field.getJsonName());
      }
      if (last.isRepeated()) {
        place.withArrayProperty(name).add(parameter.second());
      } else {
        place.put(name, parameter.second());
      }
    }
    return json;
  }

  /** The values of the path in its order. */
  static List<String> with(List<String> values, String next) {
    var all = new ArrayList<>(values);
    all.add(next);
    return List.copyOf(all);
  }
}
