package io.reeve.node.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.reeve.wire.UnreadableMessageException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;

/**
 * What nodes say of themselves, as CBOR under short manifests. It is little and seldom, so the
 * fields of the records are its schema: a field is never renamed or given another type. A reader
 * skips fields that it does not know, and a field that is not there is null, or 0.
 *
 * <p>A message that cannot be read is logged and dropped by remoting; the next look asks again.
 */
final class NodeTalkSerializer extends SerializerWithStringManifest {

  private static final int IDENTIFIER = 746_004;

  /** Every message by the manifest that names its form for ever; nothing else is read. */
  static final Map<String, Class<? extends NodeTalk>> MANIFESTS =
      Map.of(
          "describe", NodeRegistry.Describe.class,
          "describe-workers", NodeRegistry.DescribeWorkers.class,
          "told", NodeRegistry.Told.class,
          "node-facts", NodeFacts.class,
          "workers-here", WorkersHere.class);

  private static final Map<Class<?>, String> BY_TYPE =
      MANIFESTS.entrySet().stream()
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

  private final ObjectMapper mapper;

  NodeTalkSerializer(ExtendedActorSystem system) {
    mapper =
        JacksonObjectMapperProvider.get(system)
            .getOrCreate("jackson-cbor", Optional.of(new CBORFactory()));
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    var manifest = BY_TYPE.get(message.getClass());
    if (manifest == null) {
      throw new IllegalArgumentException(
          "expected what nodes say of themselves, got " + message.getClass().getName());
    }
    return manifest;
  }

  @Override
  public byte[] toBinary(Object message) {
    try {
      return mapper.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "expected what nodes say of themselves, got " + message.getClass().getName(), e);
    }
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws UnreadableMessageException {
    var type = MANIFESTS.get(manifest);
    if (type == null) {
      throw new UnreadableMessageException(
          "expected a known manifest, got " + manifest + ": a newer release sent it");
    }
    try {
      return mapper.readValue(bytes, type);
    } catch (IOException e) {
      throw new UnreadableMessageException(
          "expected a message with manifest " + manifest + ", got other bytes", e);
    }
  }
}
