package io.reeve.worker.link;

/** What the process costs its machine, for heartbeats. */
public interface ProcessFigures {

  /**
   * One sample.
   *
   * @param cpuMillicores since the sample before; 0 when unknown
   * @param memoryBytes resident; 0 when unknown
   */
  record Sample(long cpuMillicores, long memoryBytes) {}

  /** The figures now. Called by one thread at a time, about once a second. */
  Sample sample();
}
