package io.reeve.edge.http.api;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.reeve.edge.grpc.EdgeServices;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;

/**
 * One row of the API: a method of HTTP and a path, and the method of a service that answers it.
 *
 * @param path below {@code /api/v1}; a segment in braces is a field of the request
 * @param name unique, for the programs that are made from the OpenAPI document
 * @param summary for people
 * @param request of the service, the empty one
 * @param answer of the service, the empty one
 * @param form of the answer
 * @param example body of a request as JSON; empty if a request has none
 */
record Operation(
    HttpMethod method,
    String path,
    String name,
    String summary,
    Message request,
    Message answer,
    Form form,
    Call call,
    String example) {

  /** In which form the answer travels. */
  enum Form {
    /** The message as JSON. */
    JSON,
    /** The bytes that a task resulted in. */
    RESULT,
    /** Server-sent events, each with a message as JSON. */
    EVENTS
  }

  /** Asks the service. */
  interface Call {
    CompletionStage<? extends Message> ask(EdgeServices services, Message request)
        throws InvalidProtocolBufferException;
  }

  /** A part of the path: a word, or the field of the request that stands in its place. */
  record Segment(String text, boolean isField) {}

  List<Segment> segments() {
    return Arrays.stream(path.substring(1).split("/"))
        .map(
            text ->
                text.startsWith("{")
                    ? new Segment(text.substring(1, text.length() - 1), true)
                    : new Segment(text, false))
        .toList();
  }

  /** Fields of the request that the path has, by their names in JSON. */
  List<String> pathFields() {
    return segments().stream().filter(Segment::isField).map(Segment::text).toList();
  }

  /** Whether the answer is a page of a list, which ends at a number of bytes. */
  boolean isPaged() {
    return answer.getDescriptorForType().findFieldByName("next_page_token") != null && !hasBody();
  }

  /** Whether the request is in a body; otherwise it is in the query. */
  boolean hasBody() {
    return method.equals(HttpMethods.POST) || method.equals(HttpMethods.PUT);
  }
}
