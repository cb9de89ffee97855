package io.reeve.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.reeve.house.ShippedCode.in;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which package may know of which, and what only some may do. A rule that gets in the way is
 * changed here, by review.
 */
class LayeringTest {

  /** A package, without its subpackages unless it says {@code ..}, and what of ours it may use. */
  record Layer(String name, List<String> packages, List<String> uses) {

    static Layer layer(String name, String... packages) {
      return new Layer(name, List.of(packages), List.of());
    }

    Layer mayUse(String... others) {
      return new Layer(name, packages, List.of(others));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * The table. Each layer may use itself besides; libraries are the business of the rules below.
   */
  static Stream<Layer> table() {
    return Stream.of(
        Layer.layer("domain", "io.reeve.domain..").mayUse(),
        Layer.layer("settings", "io.reeve.settings..").mayUse(),
        Layer.layer("journal", "io.reeve.journal")
            .mayUse("io.reeve.domain..", "io.reeve.journal.v1.."),
        Layer.layer("partition", "io.reeve.partition..")
            .mayUse(
                "io.reeve.domain..",
                "io.reeve.settings..",
                "io.reeve.journal",
                "io.reeve.journal.v1.."),
        Layer.layer("dispatch", "io.reeve.dispatch..")
            .mayUse(
                "io.reeve.domain..",
                "io.reeve.settings..",
                "io.reeve.journal",
                "io.reeve.partition.."),
        Layer.layer("session", "io.reeve.session..")
            .mayUse(
                "io.reeve.domain..",
                "io.reeve.settings..",
                "io.reeve.partition..",
                "io.reeve.dispatch.."),
        Layer.layer("wire", "io.reeve.wire..")
            .mayUse(
                "io.reeve.domain..",
                "io.reeve.partition..",
                "io.reeve.dispatch..",
                "io.reeve.wire.v1.."),
        // Has no class yet; where a history of ended tasks will stand.
        Layer.layer("history", "io.reeve.history..")
            .mayUse("io.reeve.domain..", "io.reeve.journal.."),
        Layer.layer("bounds of edges", "io.reeve.edge.bounds..").mayUse(),
        Layer.layer("calls", "io.reeve.edge.calls..")
            .mayUse(
                "io.reeve.domain..",
                "io.reeve.partition..",
                "io.reeve.dispatch..",
                "io.reeve.edge",
                "io.reeve.v1.."),
        Layer.layer("statuses of gRPC", "io.reeve.edge.grpc.status..")
            .mayUse("io.reeve.edge.calls.."),
        Layer.layer("guards of gRPC", "io.reeve.edge.grpc.guard..")
            .mayUse(
                "io.reeve.edge.bounds..", "io.reeve.edge.calls..", "io.reeve.edge.grpc.status.."),
        Layer.layer("gRPC for clients", "io.reeve.edge.grpc.task..")
            .mayUse(
                "io.reeve.domain..",
                "io.reeve.partition..",
                "io.reeve.edge",
                "io.reeve.edge.bounds..",
                "io.reeve.edge.calls..",
                "io.reeve.edge.grpc.guard..",
                "io.reeve.edge.grpc.status..",
                "io.reeve.v1..",
                "io.reeve.edge.v1.."),
        Layer.layer("gRPC for schedules", "io.reeve.edge.grpc.schedule..")
            .mayUse(
                "io.reeve.domain..",
                "io.reeve.partition..",
                "io.reeve.edge.calls..",
                "io.reeve.v1.."),
        Layer.layer("gRPC for workers", "io.reeve.edge.grpc.worker..")
            .mayUse(
                "io.reeve.domain..",
                "io.reeve.partition..",
                "io.reeve.session..",
                "io.reeve.edge",
                "io.reeve.edge.bounds..",
                "io.reeve.edge.calls..",
                "io.reeve.edge.grpc.guard..",
                "io.reeve.edge.grpc.status..",
                "io.reeve.v1..",
                "io.reeve.edge.v1.."),
        Layer.layer("edge", "io.reeve.edge", "io.reeve.edge.grpc", "io.reeve.edge.http..")
            .mayUse(
                "io.reeve.edge.grpc..",
                "io.reeve.settings..",
                "io.reeve.edge.bounds..",
                "io.reeve.edge.calls..",
                "io.reeve.domain..",
                "io.reeve.partition..",
                "io.reeve.dispatch..",
                "io.reeve.session..",
                "io.reeve.history..",
                "io.reeve.v1..",
                "io.reeve.edge.v1..",
                "io.reeve.grpc.."),
        Layer.layer("clock", "io.reeve.node.time..").mayUse("io.reeve.settings.."),
        Layer.layer("store", "io.reeve.node.store..")
            .mayUse(
                "io.reeve.domain..",
                "io.reeve.settings..",
                "io.reeve.journal",
                "io.reeve.partition.."),
        Layer.layer("cluster", "io.reeve.node.cluster..")
            .mayUse(
                "io.reeve.domain.session",
                "io.reeve.settings..",
                "io.reeve.partition..",
                "io.reeve.node.store..",
                "io.reeve.wire",
                "io.reeve.v1.."),
        Layer.layer("node", "io.reeve.node", "io.reeve.node.log..", "io.reeve.node.metrics..")
            .mayUse(
                "io.reeve.node..",
                "io.reeve.domain..",
                "io.reeve.settings..",
                "io.reeve.journal..",
                "io.reeve.partition..",
                "io.reeve.dispatch..",
                "io.reeve.session..",
                "io.reeve.history..",
                "io.reeve.edge..",
                "io.reeve.v1..",
                "io.reeve.grpc.."),
        Layer.layer("worker", "io.reeve.worker..").mayUse("io.reeve.v1.."),
        Layer.layer("client", "io.reeve.client..").mayUse("io.reeve.v1.."),
        Layer.layer("postgres", "io.reeve.postgres..").mayUse(),
        // The demonstration of a cluster reads what the journal says.
        Layer.layer("cluster-demo", "io.reeve.cli.cluster..")
            .mayUse(
                "io.reeve.domain..",
                "io.reeve.journal",
                "io.reeve.client..",
                "io.reeve.bench..",
                "io.reeve.node.store..",
                "io.reeve.v1.."),
        Layer.layer("cli", "io.reeve.cli", "io.reeve.cli.demo..")
            .mayUse(
                "io.reeve.cli.cluster..",
                "io.reeve.domain",
                "io.reeve.domain.schedule..",
                "io.reeve.client..",
                "io.reeve.worker..",
                "io.reeve.bench..",
                "io.reeve.postgres..",
                "io.reeve.node..",
                "io.reeve.v1..",
                "io.reeve.grpc.."),
        Layer.layer("bench", "io.reeve.bench..")
            .mayUse("io.reeve.client..", "io.reeve.worker..", "io.reeve.v1.."));
  }

  /** Classes that make clocks, random numbers or ids for others beside those named Main. */
  private static final Map<String, String> WIRING =
      Map.of(
          "io.reeve.client.ReeveClientBuilder",
          "what a program gets that asks for nothing else; a test gives its own",
          "io.reeve.node.log.RepeatedLines",
          "made by the log configuration; a test gives its own clock",
          "io.reeve.cli.Terminal",
          "the process's own terminal, made by its main; a test gives its own");

  /** Classes of servers and workers that may wait for a future. */
  private static final Map<String, String> WAITING =
      Map.of(
          "io.reeve.node.Node", "the main thread, from the start of the process to its end",
          "io.reeve.worker.builtin.HttpHandler", "a handler has a thread of its own to wait on",
          "io.reeve.worker.builtin.Commands", "a handler has a thread of its own to wait on");

  @ParameterizedTest
  @MethodSource("table")
  void aLayerKnowsOnlyWhatTheTableSays(Layer layer) {
    var own = in(layer.packages().toArray(String[]::new));
    var allowed = in(layer.uses().toArray(String[]::new));
    var others = in("io.reeve..").as("our own classes");

    check(
        noClasses()
            .that(own)
            .should()
            .dependOnClassesThat(others.and(not(own)).and(not(allowed)).as("layers above it")),
        layer + " may use only " + layer.uses());
  }

  @Test
  void everyPackageIsInTheTable() {
    check(
        classes()
            .should()
            .resideInAnyPackage(
                table().flatMap(layer -> layer.packages().stream()).toArray(String[]::new)),
        "no rule binds a package that has no place in the table");
  }

  @Test
  void theDomainKnowsOnlyTheJdkAndNothingThatActs() {
    check(
        classes()
            .that(in("io.reeve.domain.."))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "io.reeve.domain..",
                "java.lang",
                "java.lang.annotation",
                "java.lang.invoke",
                "java.lang.runtime",
                "java.math",
                "java.nio",
                "java.nio.charset",
                "java.time..",
                "java.util",
                "java.util.function",
                "java.util.random",
                "java.util.regex",
                "java.util.stream",
                "org.jspecify.."),
        "a rule is a function of its arguments: no I/O, no threads, no library");
  }

  @Test
  void timeChanceAndIdentityAreArguments() {
    check(
        noClasses().that(not(wiring())).should().accessTargetWhere(MAKES_TIME_OR_CHANCE),
        "a test must be able to set them; only a Main and the wiring listed in this test make them");
  }

  @Test
  void exceptionsNameOnlyWhatThereIs() {
    var existing = new TreeSet<String>();
    ShippedCode.CLASSES.forEach(type -> existing.add(type.getName()));

    assertThat(existing).containsAll(WIRING.keySet()).containsAll(WAITING.keySet());
  }

  @Test
  void grpcEndsAtTheEdge() {
    check(
        noClasses()
            .that(
                not(
                    in(
                        "io.reeve.edge..",
                        "io.reeve.client..",
                        "io.reeve.worker..",
                        "io.reeve.cli..",
                        "io.reeve.bench..")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "org.apache.pekko.grpc.."),
        "what decides and what stores speaks no protocol");
  }

  @Test
  void theClientLibraryBringsNoActorSystem() {
    check(
        noClasses()
            .that(in("io.reeve.client.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.pekko..", "scala.."),
        "who only submits tasks gets gRPC and protobuf, nothing else");
  }

  @Test
  void callsOfClientsKnowNotHowTheyTravel() {
    check(
        noClasses()
            .that(in("io.reeve.edge.calls.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "org.apache.pekko.grpc..", "org.apache.pekko.http.."),
        "every edge stands on the same calls");
  }

  @Test
  void aWorkerKnowsNothingOfTheClusterOrTheJournal() {
    check(
        noClasses()
            .that(in("io.reeve.worker.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.apache.pekko.cluster..", "org.apache.pekko.persistence..", "java.sql.."),
        "a worker is a client of the stream, written as a stranger could write it");
  }

  @Test
  void onlyProgramsCreateAnActorSystem() {
    check(
        noClasses()
            .that(not(in("io.reeve.node..", "io.reeve.worker..", "io.reeve.cli..")))
            .should()
            .accessTargetWhere(
                Target.thatDoes(
                    "create an ActorSystem",
                    it -> it.is("org.apache.pekko.actor.(typed.)?ActorSystem", "create|apply"))),
        "one process, one actor system");
  }

  @Test
  void nothingWaitsForAFuture() {
    check(
        noClasses()
            .that(not(in("io.reeve.cli..", "io.reeve.bench..", "io.reeve.client..")))
            .and(not(listed("allowed to wait", WAITING)))
            .should()
            .accessTargetWhere(
                Target.thatDoes(
                    "wait for a future",
                    it ->
                        it.is("java.util.concurrent.(Completable)?Future", "join|get")
                            || it.is("scala.concurrent.Await", "result|ready"))),
        "a thread that waits is lost to every actor that it serves");
  }

  @Test
  void testLibrariesStayInTests() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.junit..",
                "org.assertj..",
                "com.tngtech.archunit..",
                "org.apache.pekko.testkit..",
                "org.apache.pekko.actor.testkit..",
                "org.apache.pekko.persistence.testkit.."),
        "what is shipped brings nothing that only a test needs");
  }

  @Test
  void aPackageLivesInOneModule() {
    var modules = new TreeMap<String, Set<String>>();
    for (var type : ShippedCode.CLASSES) {
      type.getSource()
          .map(source -> MODULE.matcher(source.getUri().toString()))
          .filter(Matcher::find)
          .ifPresent(
              module ->
                  modules
                      .computeIfAbsent(type.getPackageName(), it -> new TreeSet<>())
                      .add(module.group(1)));
    }

    assertThat(modules)
        .isNotEmpty()
        .allSatisfy((name, homes) -> assertThat(homes).as(name).hasSize(1));
  }

  @Test
  void namesSayWhatAThingIs() {
    check(
        noClasses()
            .should()
            .haveNameMatching(
                ".*[.$](\\w*[a-z0-9])?"
                    + "(Utils?|Helpers?|Managers?|Impl|Commons?)([A-Z0-9]\\w*)?([$].*)?")
            .orShould()
            .resideInAnyPackage("..util..", "..utils..", "..helper..", "..common..", "..impl.."),
        "a helper belongs to the thing that it helps");
  }

  // ---- how the rules are said -----------------------------------------------------------------

  private static final Pattern MODULE = Pattern.compile("/([^/]+)/target/");

  private static final DescribedPredicate<JavaAccess<?>> MAKES_TIME_OR_CHANCE =
      Target.thatDoes(
          "make a time, a random number or an id",
          it ->
              it.isWithoutArguments("java.time.*", "now")
                  || it.is("java.time.Clock", "system.*|tick(Millis|Seconds|Minutes)")
                  || it.is("java.time.InstantSource", "system")
                  || it.is("java.lang.System", "currentTimeMillis|nanoTime")
                  || it.is("java.util.UUID", "randomUUID")
                  || it.is("java.lang.Math", "random")
                  || (it.is("java.util.Collections", "shuffle") && it.arguments() == 1)
                  || it.is("java.util.concurrent.ThreadLocalRandom", "current")
                  || it.is("java.util.random.RandomGenerator", "getDefault|of")
                  || it.isWithoutArguments("java.util.(Splittable)?Random", "<init>")
                  || it.is("java.security.SecureRandom", "<init>|getInstance.*"));

  private static void check(ArchRule rule, String because) {
    rule.allowEmptyShould(true).because(because).check(ShippedCode.CLASSES);
  }

  private static DescribedPredicate<JavaClass> wiring() {
    return listed("wiring", WIRING)
        .or(
            DescribedPredicate.describe(
                "a Main", type -> ShippedCode.topLevel(type).getSimpleName().endsWith("Main")));
  }

  private static DescribedPredicate<JavaClass> listed(String what, Map<String, String> reasons) {
    return DescribedPredicate.describe(
        what, type -> reasons.containsKey(ShippedCode.topLevel(type).getName()));
  }
}
