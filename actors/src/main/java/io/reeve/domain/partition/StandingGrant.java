package io.reeve.domain.partition;

import io.reeve.domain.partition.LeaseRules.Grantee;
import io.reeve.domain.task.Labels;
import java.util.Set;

/**
 * A grant that waits for tasks to become ready.
 *
 * @param seq numbers the grants of a dispatcher to a partition
 * @param queues which queues the grantee serves; "*" alone: any; kinds alike
 * @param labels of the grantee's worker
 * @param count tasks that may be leased under it
 * @param deliverTo where the leases go; the rules only hand it on
 */
public record StandingGrant<D>(
    long seq,
    Set<String> queues,
    Set<String> kinds,
    Labels labels,
    int count,
    Grantee grantee,
    D deliverTo) {}
