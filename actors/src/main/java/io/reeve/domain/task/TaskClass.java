package io.reeve.domain.task;

/**
 * What decides who may run a task: tasks of one class are interchangeable for the dispatcher, so a
 * grant of a class never meets a task that its worker cannot run.
 */
public record TaskClass(String queue, String kind, Lane lane) {}
