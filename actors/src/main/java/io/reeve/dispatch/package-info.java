/**
 * The dispatcher: the cluster singleton that pairs ready tasks with workers' credit.
 *
 * <p>Knows the domain, the partitions' protocol and Pekko. It never sees a payload and nothing
 * waits for it to become durable. Start reading at {@link io.reeve.dispatch.Dispatcher}.
 */
@NullMarked
package io.reeve.dispatch;

import org.jspecify.annotations.NullMarked;
