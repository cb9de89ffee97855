package io.reeve.edge.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reeve.edge.calls.EdgeRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The document of the API against the table that answers, and against a server. */
class OpenApiTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private final JsonNode document = read(OpenApi.document().utf8String());

  @Test
  void eachRowOfTheTableIsAnOperationAndTheOtherWayRound() {
    var rows = new TreeSet<String>();
    for (var operation : Operations.ALL) {
      var key = key(operation.method().name(), operation.path());
      assertThat(rows.add(key)).as(key).isTrue();
    }

    assertThat(operations()).isEqualTo(rows);
  }

  @Test
  void namesOfOperationsAreUnique() {
    assertThat(Operations.ALL).extracting(Operation::name).doesNotHaveDuplicates();
  }

  @Test
  void aServerAnswersEachPathByItsMethodsAndByNoOther() {
    try (var api = new ApiFixture(io.reeve.edge.grpc.EdgeFixture.withoutEdge(), "")) {
      document
          .path("paths")
          .properties()
          .forEach(
              path -> {
                for (var method : METHODS) {
                  var answer =
                      api.send(
                          method.toUpperCase(Locale.ROOT),
                          path.getKey().replaceAll("\\{\\w+}", "1-5"),
                          "",
                          "");
                  // A node that only starts refuses an operation later than a path or a method.
                  assertThat(answer.reason())
                      .as(method + " " + path.getKey())
                      .isEqualTo(
                          path.getValue().has(method)
                              ? "NOT_READY"
                              : reason(path.getKey(), method));
                }
              });
    }
  }

  /** Another row may take what this one does not: a word of one path is a name in another. */
  private String reason(String path, String method) {
    var taken =
        Operations.ALL.stream()
            .filter(operation -> operation.method().name().equalsIgnoreCase(method))
            .anyMatch(operation -> path.matches(operation.path().replaceAll("\\{\\w+}", "[^/]+")));
    return taken ? "NOT_READY" : "METHOD_REFUSED";
  }

  @Test
  void eachExampleIsARequestWhoseFieldsTheSchemaHas() {
    for (var operation : Operations.ALL) {
      if (operation.hasBody()) {
        var requests = new Requests(operation);
        var body = operation.example().getBytes(StandardCharsets.UTF_8);
        var path = operation.pathFields().stream().map(name -> "1-5").toList();

        assertThat(requests.check(body, new JsonText(10_000))).isPositive();
        assertThat(refusal(requests, path, body)).as(operation.name()).isEmpty();
        var content =
            described(operation).path("requestBody").path("content").path("application/json");
        assertThat(unknown(content.path("example"), content.path("schema"), "")).isEmpty();
      }
    }
  }

  private static String refusal(Requests requests, List<String> path, byte[] body) {
    try {
      requests.read(path, List.of(), body);
      return "";
    } catch (EdgeRefusal refusal) {
      return refusal.text();
    }
  }

  @Test
  void eachReferenceLeadsSomewhereAndEachSchemaIsUsed() {
    var used = new TreeSet<String>();
    document.findValuesAsText("$ref").forEach(used::add);
    var present = new TreeSet<String>();
    document
        .path("components")
        .properties()
        .forEach(
            part ->
                part.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        name -> present.add("#/components/" + part.getKey() + "/" + name)));
    // The data of an event, which no schema of a stream can name.
    used.add("#/components/schemas/WatchTaskResponse");

    assertThat(used).isEqualTo(present);
  }

  @Test
  void eachParameterOfAPathIsDescribed() {
    for (var operation : Operations.ALL) {
      var named = new ArrayList<String>();
      described(operation)
          .path("parameters")
          .forEach(
              parameter -> {
                if (parameter.path("in").asText().equals("path")) {
                  assertThat(parameter.path("required").asBoolean()).isTrue();
                  named.add(parameter.path("name").asText());
                }
              });

      assertThat(named).isEqualTo(operation.pathFields());
    }
  }

  // ---- Reading the document ---------------------------------------------------------------------

  private JsonNode described(Operation operation) {
    return document
        .path("paths")
        .path(operation.path())
        .path(operation.method().name().toLowerCase(Locale.ROOT));
  }

  private Set<String> operations() {
    var found = new TreeSet<String>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(method -> found.add(key(method, path.getKey()))));
    return found;
  }

  /** Fields of an example that its schema does not have. */
  private List<String> unknown(JsonNode example, JsonNode schema, String way) {
    var found = new ArrayList<String>();
    var resolved = resolved(schema);
    if (example.isObject()) {
      example
          .properties()
          .forEach(
              field -> {
                var inner = resolved.path("properties").path(field.getKey());
                var values = resolved.path("additionalProperties");
                if (inner.isMissingNode() && !values.isObject()) {
                  found.add(way + field.getKey());
                } else {
                  found.addAll(
                      unknown(
                          field.getValue(),
                          inner.isMissingNode() ? values : inner,
                          way + field.getKey() + "."));
                }
              });
    } else if (example.isArray()) {
      example.forEach(element -> found.addAll(unknown(element, resolved.path("items"), way)));
    } else {
      var type = resolved.path("type").asText();
      var isOfType =
          switch (type) {
            case "string" -> example.isTextual();
            case "integer" -> example.isInt();
            case "number" -> example.isNumber();
            case "boolean" -> example.isBoolean();
            default -> false;
          };
      if (!isOfType) {
        found.add(way + " is no " + type);
      }
    }
    return found;
  }

  private JsonNode resolved(JsonNode schema) {
    var reference = schema.path("$ref").asText();
    return reference.isEmpty() ? schema : document.at(reference.substring(1));
  }

  private static String key(String method, String path) {
    return method.toUpperCase(Locale.ROOT) + " " + path;
  }

  private static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
