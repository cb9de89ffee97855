package io.reeve.edge.http.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.reeve.edge.calls.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.apache.pekko.util.ByteString;

/**
 * The description of the API in OpenAPI 3.1, made of the table of operations and of the messages
 * that they take and give.
 */
final class OpenApi {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String JSON = "application/json";
  private static final String SCHEMAS = "#/components/schemas/";
  private static final String PROBLEM = "Problem";
  private static final String PACKAGE = "reeve.v1.";

  private final TreeMap<String, ObjectNode> schemas = new TreeMap<>();

  private OpenApi() {}

  /** The document, which is the same on every node of a release. */
  static ByteString document() {
    try {
      return ByteString.fromString(
          MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(new OpenApi().made()) + "\n");
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private ObjectNode made() {
    var document = object().put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "Reeve")
        .put(
            "description",
            "The services of Reeve as JSON. Fields, defaults and bounds are those of the messages in"
                + " proto/src/main/protobuf/reeve/v1, whose comments describe them. A field that is"
                + " empty, 0 or false is absent.")
        .put("version", "v1");
    document.putArray("servers").addObject().put("url", Api.ROOT);
    var paths = document.putObject("paths");
    for (var operation : Operations.ALL) {
      paths
          .withObjectProperty(operation.path())
          .set(operation.method().name().toLowerCase(Locale.ROOT), of(operation));
    }
    problem();
    var components = document.putObject("components");
    var all = components.putObject("schemas");
    schemas.forEach(all::set);
    components
        .putObject("responses")
        .putObject(PROBLEM)
        .put("description", "The call is refused; reason says why.")
        .putObject("content")
        .putObject("application/problem+json")
        .set("schema", ref(PROBLEM));
    return document;
  }

  // ---- Operations -------------------------------------------------------------------------------

  private ObjectNode of(Operation operation) {
    var requests = new Requests(operation);
    var one = object().put("operationId", operation.name()).put("summary", operation.summary());
    var parameters = one.putArray("parameters");
    for (var name : operation.pathFields()) {
      parameters.add(parameter(name, "path", object().put("type", "string")).put("required", true));
    }
    requests
        .queryFields()
        .forEach(
            (name, way) ->
                parameters.add(parameter(name, "query", schema(way.get(way.size() - 1)))));
    if (operation.hasBody()) {
      var content = one.putObject("requestBody").putObject("content").putObject(JSON);
      content.set("schema", body(requests.bodyFields()));
      content.set("example", read(operation.example()));
    }
    var responses = one.putObject("responses");
    var ok = responses.putObject("200").put("description", description(operation.form()));
    var content = ok.putObject("content");
    switch (operation.form()) {
      case JSON -> content.putObject(JSON).set("schema", message(answer(operation)));
      case RESULT -> content.putObject("application/octet-stream");
      case EVENTS -> {
        message(answer(operation));
        content.putObject("text/event-stream").set("schema", object().put("type", "string"));
      }
    }
    responses.putObject("default").put("$ref", "#/components/responses/" + PROBLEM);
    return one;
  }

  private static Descriptor answer(Operation operation) {
    return operation.answer().getDescriptorForType();
  }

  private static String description(Operation.Form form) {
    return switch (form) {
      case JSON -> "The answer.";
      case RESULT -> "The bytes of the result.";
      case EVENTS ->
          "Server-sent events. The data of an event named task is a WatchTaskResponse; that of an"
              + " event named refused is a Problem. The last event is named end or refused.";
    };
  }

  private static ObjectNode parameter(String name, String in, ObjectNode schema) {
    var parameter = object().put("name", name).put("in", in);
    parameter.set("schema", schema);
    return parameter;
  }

  private ObjectNode body(List<FieldDescriptor> fields) {
    var schema = object().put("type", "object").put("additionalProperties", false);
    var properties = schema.putObject("properties");
    fields.forEach(field -> properties.set(field.getJsonName(), schema(field)));
    return schema;
  }

  // ---- Messages ---------------------------------------------------------------------------------

  private ObjectNode schema(FieldDescriptor field) {
    if (field.isMapField()) {
      var map = object().put("type", "object");
      map.set("additionalProperties", object().put("type", "string"));
      return map;
    }
    if (!field.isRepeated()) {
      return single(field);
    }
    var array = object().put("type", "array");
    array.set("items", single(field));
    return array;
  }

  /** As protobuf maps its types to JSON; a whole number of 64 bits is a text. */
  private ObjectNode single(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case INT -> object().put("type", "integer").put("format", "int32");
      case LONG -> object().put("type", "string").put("format", "int64");
      case FLOAT, DOUBLE -> object().put("type", "number").put("format", "double");
      case BOOLEAN -> object().put("type", "boolean");
      case STRING -> object().put("type", "string");
      case BYTE_STRING -> object().put("type", "string").put("contentEncoding", "base64");
      case ENUM -> values(field.getEnumType());
      case MESSAGE ->
          switch (field.getMessageType().getFullName()) {
            case "google.protobuf.Timestamp" ->
                object().put("type", "string").put("format", "date-time");
            case "google.protobuf.Duration" ->
                object().put("type", "string").put("pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$");
            default -> message(field.getMessageType());
          };
    };
  }

  private ObjectNode values(EnumDescriptor type) {
    var name = name(type.getFullName());
    if (!schemas.containsKey(name)) {
      var schema = object().put("type", "string");
      var values = schema.putArray("enum");
      type.getValues().forEach(value -> values.add(value.getName()));
      schemas.put(name, schema);
    }
    return ref(name);
  }

  private ObjectNode message(Descriptor type) {
    var name = name(type.getFullName());
    if (!schemas.containsKey(name)) {
      var schema = object().put("type", "object");
      // Messages may contain themselves.
      schemas.put(name, schema);
      var properties = schema.putObject("properties");
      type.getFields().forEach(field -> properties.set(field.getJsonName(), schema(field)));
    }
    return ref(name);
  }

  private static String name(String fullName) {
    return fullName.startsWith(PACKAGE) ? fullName.substring(PACKAGE.length()) : fullName;
  }

  private void problem() {
    var schema = object().put("type", "object");
    var properties = schema.putObject("properties");
    properties.putObject("type").put("type", "string");
    properties.putObject("title").put("type", "string");
    properties.putObject("status").put("type", "integer");
    properties.putObject("detail").put("type", "string");
    var reasons = properties.putObject("reason").put("type", "string").putArray("enum");
    Arrays.stream(Reason.values()).map(Reason::name).forEach(reasons::add);
    properties.putObject("field").put("type", "string");
    properties.putObject("retryAfterMs").put("type", "integer");
    var required = schema.putArray("required");
    List.of("type", "title", "status", "detail", "reason").forEach(required::add);
    schemas.put(PROBLEM, schema);
  }

  private static ObjectNode read(String json) {
    try {
      return (ObjectNode) MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an example is no JSON: " + json, e);
    }
  }

  private static ObjectNode ref(String name) {
    return object().put("$ref", SCHEMAS + name);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
