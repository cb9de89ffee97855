/**
 * The public services as JSON over HTTP, under {@code /api/v1}: a table of operations, each of
 * which is a method of a service that gRPC serves too.
 *
 * <p>Knows the public messages and how to read and write their JSON, and nothing of tasks: every
 * check and every refusal is that of the service. Start reading at {@link
 * io.reeve.edge.http.api.Operations}, then at {@link io.reeve.edge.http.api.Api}.
 */
@NullMarked
package io.reeve.edge.http.api;

import org.jspecify.annotations.NullMarked;
