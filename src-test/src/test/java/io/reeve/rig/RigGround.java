package io.reeve.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The cluster that runs share, started when the first one needs it and after each that failed. */
final class RigGround implements AutoCloseable {

  private final String profile;
  private final boolean fakeClocks;
  private @Nullable RigCluster cluster;
  private @Nullable RigJournal journal;
  private int clusters;

  RigGround(String profile) {
    this(profile, false);
  }

  private RigGround(String profile, boolean fakeClocks) {
    this.profile = profile;
    this.fakeClocks = fakeClocks;
  }

  /** One whose nodes have clocks that can be set. */
  static RigGround withFakeClocks(String profile) {
    return new RigGround(profile, true);
  }

  /** Does it; returns what was wrong. */
  List<String> run(String scenario, long seed, Consumer<RigRun> story) {
    var run = new RigRun(standing(), following(), scenario, seed);
    List<String> wrong;
    try {
      story.accept(run);
      wrong = run.finish();
    } catch (RuntimeException | AssertionError e) {
      run.abandon(e);
      close();
      throw e;
    }
    if (!wrong.isEmpty()) {
      close();
    }
    return wrong;
  }

  private RigCluster standing() {
    if (cluster != null) {
      return cluster;
    }
    clusters++;
    var name = "cluster-%d-%d".formatted(ProcessHandle.current().pid(), clusters);
    try {
      cluster =
          RigCluster.start(Files.createDirectories(RigRun.directory(name)), profile, fakeClocks);
      return cluster;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RigJournal following() {
    var following = journal == null ? new RigJournal(standing().store()) : journal;
    journal = following;
    return following;
  }

  @Override
  public void close() {
    if (journal != null) {
      journal.close();
      journal = null;
    }
    if (cluster != null) {
      cluster.close();
      cluster = null;
    }
  }
}
