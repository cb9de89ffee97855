package io.reeve.worker.builtin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reeve.worker.Rejected;
import io.reeve.worker.builtin.Output.Encoding;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a JSON result that the server can take: outputs are cut until the whole fits into the
 * limit of a result, and {@code "truncated"} says whether anything is missing.
 */
final class BoundedResult {

  /** Writes characters beyond the basic plane as they are, as {@link JsonSize} counts them. */
  static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
              .build());

  private static final String TRUNCATED = "truncated";

  private final ObjectNode fields = JSON.createObjectNode();
  private final Map<String, Output> outputs = new LinkedHashMap<>();
  private final long bytesMax;
  private boolean truncated;

  /**
   * @param bytesMax the limit of a result
   */
  BoundedResult(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** The fields that are never cut. */
  ObjectNode fields() {
    return fields;
  }

  /**
   * Adds texts under a name, as long as they take at most a quarter of the limit; the others are
   * left out.
   */
  void putTexts(String name, Map<String, String> texts) {
    var object = fields.putObject(name);
    long room = bytesMax / 4;
    for (var text : texts.entrySet()) {
      // Two pairs of quotes, a colon and a comma.
      room -= JsonSize.of(text.getKey()) + JsonSize.of(text.getValue()) + 6;
      if (room < 0) {
        truncated = true;
        break;
      }
      object.put(text.getKey(), text.getValue());
    }
  }

  /** Adds a field that is cut when it has to be. */
  void putOutput(String name, Output output) {
    fields.put(name, "");
    outputs.put(name, output);
  }

  /**
   * Writes the whole. Outputs share the room that is left equally; the share that one of them does
   * not need goes to the others.
   */
  byte[] write(Encoding encoding) throws JsonProcessingException {
    fields.put("encoding", encoding == Encoding.BASE64 ? "base64" : "text");
    fields.put(TRUNCATED, false);
    long room = bytesMax - JSON.writeValueAsBytes(fields).length;
    var smallestFirst =
        outputs.entrySet().stream()
            .sorted(Comparator.comparingLong(output -> output.getValue().jsonBytes(encoding)))
            .toList();
    int left = outputs.size();
    for (var output : smallestFirst) {
      var written = output.getValue().write(encoding, Math.max(0, room) / left);
      fields.put(output.getKey(), written.text());
      truncated |= written.truncated();
      room -= JsonSize.of(written.text());
      left--;
    }
    fields.put(TRUNCATED, truncated);
    return JSON.writeValueAsBytes(fields);
  }

  /** Reads the option of an order that chooses the encoding. */
  static Encoding encoding(@Nullable String option) throws Rejected {
    if (option == null || option.equals("text")) {
      return Encoding.TEXT;
    }
    if (option.equals("base64")) {
      return Encoding.BASE64;
    }
    throw new Rejected(
        "PAYLOAD_UNREADABLE",
        "expected \"encoding\" to be one of " + List.of("text", "base64") + ", got another");
  }
}
