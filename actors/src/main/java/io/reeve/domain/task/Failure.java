package io.reeve.domain.task;

/**
 * How an attempt failed.
 *
 * @param message for people; cut by the edge to its limit
 * @param code a short name of the error, for instance an exit code; may be empty
 */
public record Failure(FailureType type, String message, String code) {}
