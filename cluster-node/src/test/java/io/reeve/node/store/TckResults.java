package io.reeve.node.store;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.scalatest.Reporter;
import org.scalatest.events.Event;
import org.scalatest.events.SuiteAborted;
import org.scalatest.events.TestCanceled;
import org.scalatest.events.TestFailed;
import org.scalatest.events.TestIgnored;
import org.scalatest.events.TestPending;
import org.scalatest.events.TestSucceeded;

/**
 * Collects what Pekko's test suites report. Created by their runner, by name; hence the static
 * lists.
 */
public final class TckResults implements Reporter {

  static final List<String> PASSED = new CopyOnWriteArrayList<>();
  static final List<String> NOT_PASSED = new CopyOnWriteArrayList<>();

  @Override
  public void apply(Event event) {
    if (event instanceof TestSucceeded succeeded) {
      PASSED.add(succeeded.testName());
    } else if (event instanceof TestFailed failed) {
      NOT_PASSED.add("failed: " + failed.testName() + ": " + failed.message());
    } else if (event instanceof TestIgnored ignored) {
      NOT_PASSED.add("ignored: " + ignored.testName());
    } else if (event instanceof TestPending pending) {
      NOT_PASSED.add("pending: " + pending.testName());
    } else if (event instanceof TestCanceled canceled) {
      NOT_PASSED.add("cancelled: " + canceled.testName() + ": " + canceled.message());
    } else if (event instanceof SuiteAborted aborted) {
      NOT_PASSED.add("aborted: " + aborted.suiteName() + ": " + aborted.message());
    }
  }
}
