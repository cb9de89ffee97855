package io.reeve.rig;

import io.reeve.check.Invariant;

/**
 * A safety that can be taken out of a build of the node, to show that its lack is noticed: one
 * piece of one source file, what stands there instead, and what the checker has to say of it.
 */
enum BuildFlaw {
  /** Clients are told that a submission is stored before it is. */
  ANSWERS_BEFORE_IT_IS_STORED(
      "actors/src/main/java/io/reeve/partition/PartitionWriter.java",
      """
      return Effect()
              .persist(row)
              .thenRun(
                  stored -> {
                    finish(stored, now);
      """,
      """
      finish(state, now);
      return Effect()
              .persist(row)
              .thenRun(
                  stored -> {
      """,
      Invariant.NO_LOST_ACK),
  /** A row that the journal refuses, since another writer has its number, counts as stored. */
  SWALLOWS_THE_FENCE_OF_A_WRITER(
      "cluster-node/src/main/java/io/reeve/node/store/GaplessJournal.java",
      "return super.asyncWriteMessages(messages);",
      """
      Seq<Try<BoxedUnit>> allStored = scala.collection.immutable.List$.MODULE$.empty();
      return super.asyncWriteMessages(messages)
          .fallbackTo(scala.concurrent.Future$.MODULE$.successful(allStored));
      """,
      Invariant.NO_LOST_ACK),
  /** A partition that starts knows the tasks it stored, and no request ids. */
  FORGETS_REQUEST_IDS_AT_A_START(
      "actors/src/main/java/io/reeve/domain/partition/PartitionState.java",
      "    event.accept(books);",
      """
          (event instanceof Submission s
                  ? new Submission("", s.bodyHash(), s.firstSequence(), s.atMs(), s.tasks())
                  : event)
              .accept(books);
      """,
      Invariant.ONE_SUBMISSION_PER_REQUEST),
  /** A partition that starts gives out all its tasks, those that are leased, too. */
  LEASES_AGAIN_AT_A_START(
      "actors/src/main/java/io/reeve/domain/partition/TaskBook.java",
      """
      if (task instanceof Task.Queued queued) {
                  index(queued);
      """,
      """
      if (task instanceof Task.Leased lease) {
        var again = new Task.Queued(lease.spec(), lease.attempt(), lease.fence(), 0, lease.past());
        tasks.put(lease.spec().sequence(), again);
        index(again);
      }
      if (task instanceof Task.Queued queued) {
        index(queued);
      """,
      Invariant.ONE_LEASE),
  /** Leases that nobody renews after a start last for ever, or an hour. */
  KEEPS_THE_LEASES_OF_THE_DEAD(
      "actors/src/main/java/io/reeve/domain/partition/LeaseBook.java",
      "byId.values().forEach(holder -> holder.expiresAtNanos = nanos);",
      "byId.values().forEach(holder -> holder.expiresAtNanos = nanos + 3_600_000_000_000L);",
      Invariant.EVERYTHING_ENDS),
  /** Dispatcher and sessions both count a worker as having room for one lease more. */
  GIVES_ONE_MORE_THAN_THE_CREDIT(
      "actors/src/main/java/io/reeve/domain/dispatch/CreditRule.java",
      "return (int) Math.max(0, Math.min(limit, limit - inFlight));",
      "return (int) Math.max(0, Math.min(limit, limit - inFlight) + 1);",
      Invariant.CREDIT_KEPT),
  /** Whoever holds the lease may complete the task by the word of an earlier one. */
  COMPLETES_UNDER_ANY_FENCE(
      "actors/src/main/java/io/reeve/domain/task/Task.java",
      "? new TaskEvent.Completed(spec.sequence(), fence, result, nowMs)",
      "|| fence > 0 ? new TaskEvent.Completed(spec.sequence(), fence, result, nowMs)",
      Invariant.FENCES_GROW),
  /** Delays and expiry go by the clock of the machine, whatever it is set to. */
  FOLLOWS_THE_CLOCK_OF_THE_MACHINE(
      "cluster-node/src/main/java/io/reeve/node/ProductionParts.java",
      "() -> new Now(clock.millis(), senses.nanoTime().getAsLong()),",
      "() -> new Now(senses.clock().millis(), senses.nanoTime().getAsLong()),",
      Invariant.NOT_TOO_EARLY),
  /** Of two results of one attempt both are accepted, and the first is kept. */
  ACCEPTS_ANY_SECOND_RESULT(
      "actors/src/main/java/io/reeve/domain/task/Task.java",
      "return Arrays.equals(result, this.result)",
      "return true",
      Invariant.SETTLEMENTS_AGREE);

  private final String file;
  private final String text;
  private final String instead;
  private final Invariant noticedAs;

  /**
   * @param file from the root of the project
   * @param text occurs there once
   */
  BuildFlaw(String file, String text, String instead, Invariant noticedAs) {
    this.file = file;
    this.text = text;
    this.instead = instead;
    this.noticedAs = noticedAs;
  }

  String file() {
    return file;
  }

  Invariant noticedAs() {
    return noticedAs;
  }

  /**
   * The source without the safety.
   *
   * @throws AssertionError when the safety is not there, or more than once: nobody would notice
   *     that nothing was taken out
   */
  String in(String source) {
    var first = source.indexOf(text);
    if (first < 0 || source.indexOf(text, first + 1) >= 0) {
      throw new AssertionError(
          "flaw %s: expected this once in %s, got it %s; say anew what to take out: %s"
              .formatted(this, file, first < 0 ? "nowhere" : "more than once", text));
    }
    return source.substring(0, first) + instead + source.substring(first + text.length());
  }
}
