package io.reeve.edge.http.api;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.reeve.edge.bounds.Call;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.grpc.guard.AnswerStage;
import io.reeve.v1.GetTaskResponse;
import io.reeve.v1.TaskState;
import java.time.Duration;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.AttributeKey;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.HttpEntity;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/** Writes the answers of services, within the room. */
final class Answers {

  /** On a response that ends its call itself, when the caller has read it. */
  static final AttributeKey<Boolean> ENDS_CALL = AttributeKey.create("ends-call", Boolean.class);

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  /** Bytes in memory for each byte of a message while its JSON is written: texts and names. */
  private static final long JSON_FACTOR = 5;

  private final Duration readWithin;

  /**
   * @param readWithin how soon an answer has to be read
   */
  Answers(Duration readWithin) {
    this.readWithin = readWithin;
  }

  /** The answer of a service. */
  HttpResponse of(Operation operation, Message reply, Call call) {
    if (!call.takeInstead(reply.getSerializedSize() * JSON_FACTOR)) {
      throw EdgeRefusal.noRoom();
    }
    var answer = shown(operation.answer(), reply);
    return operation.form() == Operation.Form.RESULT
        ? result((GetTaskResponse) answer, call)
        : response(ContentTypes.APPLICATION_JSON, json(answer), call);
  }

  private HttpResponse result(GetTaskResponse found, Call call) {
    var task = found.getTask();
    if (task.getState() != TaskState.TASK_STATE_COMPLETED) {
      throw new EdgeRefusal(
          Reason.WRONG_STATE,
          "expected a task in " + TaskState.TASK_STATE_COMPLETED + ", got " + task.getState());
    }
    return response(
        ContentTypes.APPLICATION_OCTET_STREAM,
        ByteString.fromArrayUnsafe(task.getResult().toByteArray()),
        call);
  }

  /** A reply as the public message: the server has a view of some, byte for byte the same. */
  private static Message shown(Message answer, Message reply) {
    return reply.getDescriptorForType().equals(answer.getDescriptorForType())
        ? reply
        : parsed(answer, reply.toByteString());
  }

  /** The public message of these bytes. */
  static Message parsed(Message answer, com.google.protobuf.ByteString bytes) {
    try {
      return answer.getParserForType().parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an answer of ours is not readable", e);
    }
  }

  /** One line of JSON, with the line feed. */
  static ByteString json(Message answer) {
    try {
      return ByteString.fromString(PRINTER.print(answer) + "\n");
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an answer of ours has no JSON", e);
    }
  }

  /** Ends the call when the answer has been read; a small one counts as read at once. */
  HttpResponse response(ContentType type, ByteString bytes, Call call) {
    if (bytes.size() <= AnswerStage.PIECE_BYTES) {
      return HttpResponse.create().withEntity(HttpEntities.create(type, bytes));
    }
    if (!call.takeInstead(bytes.size())) {
      throw EdgeRefusal.noRoom();
    }
    return streamed(type, Source.single(bytes), call);
  }

  /** An answer in pieces, each of which has to be read in time. Its end ends the call. */
  HttpResponse streamed(ContentType type, Source<ByteString, NotUsed> bytes, Call call) {
    return HttpResponse.create()
        .withEntity(
            new HttpEntity.Chunked(
                (org.apache.pekko.http.scaladsl.model.ContentType) type,
                bytes
                    .map(part -> (HttpEntity.ChunkStreamPart) new HttpEntity.Chunk(part, ""))
                    .via(new AnswerStage(call, readWithin))
                    .<Object>mapMaterializedValue(nothing -> nothing)
                    .asScala()))
        .addAttribute(ENDS_CALL, true);
  }
}
