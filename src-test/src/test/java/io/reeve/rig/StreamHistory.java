package io.reeve.rig;

import io.reeve.check.Fact;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.TaskId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one worker process noted of its streams, run by run: it lives longer than a run does, so a
 * run begins with what the sessions hold by then. Not for two threads at once.
 */
final class StreamHistory {

  /** One lease. */
  private record Lease(TaskId task, long fence) {}

  /** A session as far as it was told. */
  private static final class Standing {
    final Fact.SessionBegan began;
    int delivered;
    Fact.@Nullable CreditStated stated;

    Standing(Fact.SessionBegan began) {
      this.began = began;
    }
  }

  private final Path file;
  private final Map<String, Standing> sessions = new LinkedHashMap<>();

  /** Leases that came and were not answered for. */
  private final Set<Lease> open = new HashSet<>();

  private long position;

  /**
   * A history.
   *
   * @param file need not be there yet
   */
  StreamHistory(Path file) {
    this.file = file;
  }

  /** The line of a fact that a {@link StreamRecorder} gives. */
  static String line(long atNanos, Fact fact) {
    if (fact instanceof Fact.SessionBegan it) {
      return line(atNanos, "session", it.session(), it.capacity(), it.urgentReserve(), it.held());
    } else if (fact instanceof Fact.CreditStated it) {
      return line(
          atNanos, "credit", it.session(), it.capacity(), it.urgentReserve(), it.releasedTotal());
    } else if (fact instanceof Fact.Delivered it) {
      return line(atNanos, "lease", it.session(), it.task(), it.fence(), it.lane());
    } else if (fact instanceof Fact.SettleAnswered it) {
      return line(
          atNanos, "answer", it.task(), it.fence(), it.outcome(), it.result(), it.accepted());
    }
    throw new IllegalArgumentException("expected a fact of a stream, got " + fact);
  }

  private static String line(Object... words) {
    var line = new StringBuilder();
    for (var word : words) {
      line.append(line.isEmpty() ? "" : "\t").append(word);
    }
    return line.append('\n').toString();
  }

  private static Fact parse(String[] word) {
    return switch (word[1]) {
      case "session" ->
          new Fact.SessionBegan(word[2], number(word[3]), number(word[4]), number(word[5]));
      case "credit" ->
          new Fact.CreditStated(word[2], number(word[3]), number(word[4]), Long.parseLong(word[5]));
      case "lease" ->
          new Fact.Delivered(
              word[2], task(word[3]), Long.parseLong(word[4]), Lane.valueOf(word[5]));
      case "answer" ->
          new Fact.SettleAnswered(
              task(word[2]),
              Long.parseLong(word[3]),
              Outcome.valueOf(word[4]),
              number(word[5]),
              Boolean.parseBoolean(word[6]));
      default -> throw new IllegalStateException("expected a line of a stream, got " + word[1]);
    };
  }

  private static int number(String word) {
    return Integer.parseInt(word);
  }

  private static TaskId task(String word) {
    return TaskId.parse(word).orElseThrow();
  }

  /**
   * The facts of the run that began then, all of them noted since the last call. What became of
   * leases of earlier runs is left out, since the checker of this one knows nothing of their tasks.
   */
  List<Fact> of(long beganNanos) {
    var facts = new ArrayList<Fact>();
    var earlier = new HashSet<Lease>();
    var began = false;
    for (var line : readOn()) {
      var words = line.split("\t", -1);
      if (!began && Long.parseLong(words[0]) - beganNanos >= 0) {
        began = true;
        earlier.addAll(open);
        facts.addAll(standing());
      }
      var fact = parse(words);
      if (began && !(fact instanceof Fact.SettleAnswered it && earlier.contains(lease(it)))) {
        facts.add(fact);
      }
      follow(fact);
    }
    return facts;
  }

  private static Lease lease(Fact.SettleAnswered answer) {
    return new Lease(answer.task(), answer.fence());
  }

  private List<Fact> standing() {
    var facts = new ArrayList<Fact>();
    for (var session : sessions.values()) {
      var began = session.began;
      facts.add(
          new Fact.SessionBegan(
              began.session(),
              began.capacity(),
              began.urgentReserve(),
              began.held() + session.delivered));
      if (session.stated != null) {
        facts.add(session.stated);
      }
    }
    return facts;
  }

  private void follow(Fact fact) {
    if (fact instanceof Fact.SessionBegan began) {
      sessions.put(began.session(), new Standing(began));
    } else if (fact instanceof Fact.CreditStated stated) {
      session(stated.session()).stated = stated;
    } else if (fact instanceof Fact.Delivered delivered) {
      session(delivered.session()).delivered++;
      open.add(new Lease(delivered.task(), delivered.fence()));
    } else if (fact instanceof Fact.SettleAnswered answer) {
      open.remove(lease(answer));
    }
  }

  private Standing session(String id) {
    var session = sessions.get(id);
    if (session == null) {
      throw new IllegalStateException("%s: expected a session, got %s".formatted(file, id));
    }
    return session;
  }

  /** Whole lines only: a worker that was killed may have left half of one. */
  private List<String> readOn() {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (var from = new RandomAccessFile(file.toFile(), "r")) {
      var bytes = new byte[Math.toIntExact(from.length() - position)];
      from.seek(position);
      from.readFully(bytes);
      var text = new String(bytes, StandardCharsets.US_ASCII);
      var whole = text.substring(0, text.lastIndexOf('\n') + 1);
      position += whole.length();
      return whole.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
