package io.reeve.worker;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks of one kind whose payload is JSON of a type. Its answer becomes JSON, {@code null} an
 * empty result. A payload that is not JSON of the type fails the task for good, as rejected,
 * without a call. Otherwise as {@link TaskHandler}.
 *
 * @param <A> what the payload is read as
 */
@FunctionalInterface
public interface TypedHandler<A> {

  @Nullable Object handle(A argument, TaskContext task) throws Exception;
}
