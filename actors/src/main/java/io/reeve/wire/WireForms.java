package io.reeve.wire;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The forms of all messages, by their type and by their manifest. */
final class WireForms {

  private final Map<Class<?>, Form<?, ?>> byType = new HashMap<>();
  private final Map<String, Form<?, ?>> byManifest = new HashMap<>();

  WireForms(Refs refs) {
    Stream.of(
            ClientsCodec.forms(refs),
            DeadLettersCodec.forms(refs),
            ExplainCodec.forms(refs),
            GrantsCodec.forms(refs),
            LeasesCodec.forms(refs),
            QueuesCodec.forms(refs),
            SchedulesCodec.forms(refs),
            SessionsCodec.forms(refs))
        .flatMap(List::stream)
        .forEach(this::add);
  }

  private void add(Form<?, ?> form) {
    if (byType.put(form.type(), form) != null || byManifest.put(form.manifest(), form) != null) {
      throw new IllegalStateException("expected one form for each message, got two: " + form);
    }
  }

  Collection<Form<?, ?>> all() {
    return byManifest.values();
  }

  /**
   * The form of the message.
   *
   * @throws IllegalArgumentException if it never leaves its node
   */
  Form<?, ?> of(Object message) {
    var form = byType.get(message.getClass());
    if (form == null) {
      throw new IllegalArgumentException(
          "expected a message between nodes, got " + message.getClass().getName());
    }
    return form;
  }

  Form<?, ?> of(String manifest) throws UnreadableMessageException {
    var form = byManifest.get(manifest);
    if (form == null) {
      throw new UnreadableMessageException(
          "expected a known manifest, got " + manifest + ": a newer release sent it");
    }
    return form;
  }
}
