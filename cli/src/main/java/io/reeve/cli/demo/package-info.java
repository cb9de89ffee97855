/**
 * {@code reeve demo}: a real workload on a node and two worker processes, one of which is killed.
 *
 * <p>Start at {@link io.reeve.cli.demo.Demo}. The rules for lost and wrong are in {@link
 * io.reeve.cli.demo.Verdict} alone, from the server's answers and digests computed here.
 */
@NullMarked
package io.reeve.cli.demo;

import org.jspecify.annotations.NullMarked;
