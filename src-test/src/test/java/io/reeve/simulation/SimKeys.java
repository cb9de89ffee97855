package io.reeve.simulation;

import io.reeve.domain.task.OnCollision;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueScope;
import io.reeve.partition.Clients;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.Unique;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Unique keys of simulated tasks: so few that they meet. */
final class SimKeys {

  private static final int KEYS = 4;

  /** Longer than a run, whatever clocks jump: so nobody has to know when it is over. */
  private static final Duration PERIOD = Duration.ofDays(10);

  private static final List<UniqueScope> SCOPES = List.of(UniqueScope.values());
  private static final List<OnCollision> COLLISIONS = List.of(OnCollision.values());

  private SimKeys() {}

  static UniqueClaim claim(SplittableRandom chance) {
    // A key that is held for a period is taken once, so most are not.
    var scope = SCOPES.get(chance.nextInt(chance.nextInt(4) == 0 ? SCOPES.size() : 2));
    var name = scope == UniqueScope.FOR_PERIOD ? "period" : "life";
    var key = new UniqueKey("", name + chance.nextInt(KEYS));
    return new UniqueClaim(
        key,
        scope,
        scope == UniqueScope.FOR_PERIOD ? PERIOD.toMillis() : 0,
        COLLISIONS.get(chance.nextInt(COLLISIONS.size())));
  }

  /** The same task with the claim in its specification, where a redrive looks for it. */
  static Clients.NewTask with(UniqueClaim claim, Clients.NewTask task) {
    var claimed = TaskSpec.newBuilder().setUnique(written(claim)).build().toByteArray();
    var spec = Arrays.copyOf(task.spec(), task.spec().length + claimed.length);
    System.arraycopy(claimed, 0, spec, task.spec().length, claimed.length);
    return new Clients.NewTask(task.profile(), task.notBeforeMs(), task.delayMs(), spec);
  }

  private static Unique written(UniqueClaim claim) {
    var unique = Unique.newBuilder().setKey(claim.key().text());
    return switch (claim.scope()) {
      case WHILE_WAITING ->
          unique.setScope(io.reeve.v1.UniqueScope.UNIQUE_SCOPE_WHILE_WAITING).build();
      case UNTIL_ENDED -> unique.setScope(io.reeve.v1.UniqueScope.UNIQUE_SCOPE_UNTIL_ENDED).build();
      case FOR_PERIOD ->
          unique
              .setScope(io.reeve.v1.UniqueScope.UNIQUE_SCOPE_FOR_PERIOD)
              .setPeriod(com.google.protobuf.Duration.newBuilder().setSeconds(PERIOD.toSeconds()))
              .build();
    };
  }
}
