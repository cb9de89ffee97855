package io.reeve.edge.http.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Reason;
import java.io.IOException;
import java.util.Set;

/**
 * Reads a text as strict JSON before anything is made of it. The library that makes messages of
 * JSON takes comments, names without quotes, and whatever follows the value; and it reads a number
 * of a million digits in time that grows with the square of them.
 */
final class JsonText {

  /** Messages nest a few levels deep. */
  private static final int DEPTH_MAX = 32;

  /** Names and values of the largest bulk submission, several times over. */
  private static final int TOKENS_MAX = 1_000_000;

  /** Characters of a number, an instant, a duration or the name of an enum's value. */
  private static final int SHORT_MAX = 400;

  private final JsonFactory factory;

  /**
   * @param charsMax of a text in it
   */
  JsonText(int charsMax) {
    factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxTokenCount(TOKENS_MAX)
                    .maxNumberLength(SHORT_MAX)
                    .maxStringLength(charsMax)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
  }

  /**
   * Refuses what is no object in JSON, alone.
   *
   * @param shortFields names of fields whose values are short
   * @return the number of its names and values
   */
  long check(byte[] text, Set<String> shortFields) {
    try (var parser = factory.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("expected a JSON object, got something else");
      }
      var depth = 1;
      while (depth > 0) {
        var token = parser.nextToken();
        if (token == null) {
          throw malformed("expected a whole JSON object, got a part of one");
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (token == JsonToken.VALUE_STRING
            && parser.getTextLength() > SHORT_MAX
            && shortFields.contains(fieldOf(parser))) {
          throw EdgeRefusal.of(
              Reason.MALFORMED_MESSAGE,
              fieldOf(parser),
              "expected at most " + SHORT_MAX + " characters, got " + parser.getTextLength());
        }
      }
      if (parser.nextToken() != null) {
        throw malformed("expected one JSON object, got something behind it" + place(parser));
      }
      return parser.currentTokenCount();
    } catch (StreamConstraintsException e) {
      throw malformed(
          "expected JSON of at most "
              + DEPTH_MAX
              + " levels and "
              + TOKENS_MAX
              + " names and values, with numbers of at most "
              + SHORT_MAX
              + " characters");
    } catch (JsonParseException e) {
      var at = e.getLocation();
      throw malformed(
          "expected well-formed JSON, got something else"
              + (at == null ? "" : " at " + at.getLineNr() + ":" + at.getColumnNr()));
    } catch (IOException e) {
      // From an array only bytes that are no UTF-8 fail otherwise.
      throw malformed("expected JSON in UTF-8, got other bytes");
    }
  }

  /** The field that a value is of, or is an element of. */
  private static String fieldOf(JsonParser parser) {
    var context = parser.getParsingContext();
    while (context.inArray() && context.getParent() != null) {
      context = context.getParent();
    }
    var name = context.getCurrentName();
    return name == null ? "" : name;
  }

  private static String place(JsonParser parser) {
    var at = parser.currentTokenLocation();
    return " at " + at.getLineNr() + ":" + at.getColumnNr();
  }

  static EdgeRefusal malformed(String text) {
    return new EdgeRefusal(Reason.MALFORMED_MESSAGE, text);
  }
}
