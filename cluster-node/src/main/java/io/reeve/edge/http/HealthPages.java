package io.reeve.edge.http;

import com.typesafe.config.ConfigValueFactory;
import io.reeve.edge.NodeHealth;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/**
 * What programs that start, stop and feed nodes ask them. A node that is not live is to be started
 * anew; one that is not ready is to be left alone, and given no work.
 */
final class HealthPages {

  private final NodeHealth health;
  private final String version;

  /**
   * @param version of the program, for people
   */
  HealthPages(NodeHealth health, String version) {
    this.health = health;
    this.version = version;
  }

  /** As long as there is an answer, the process lives, whatever it can do. */
  CompletionStage<HttpResponse> live() {
    return CompletableFuture.completedFuture(Routes.text(StatusCodes.OK, "ok\n"));
  }

  /** Whether the node does what it is there for, and what is amiss where it does not. */
  CompletionStage<HttpResponse> ready() {
    return health.look().thenApply(this::ready);
  }

  private HttpResponse ready(NodeHealth.Found found) {
    return HttpResponse.create()
        .withStatus(found.ready() ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE)
        .withEntity(ContentTypes.APPLICATION_JSON, json(found, version));
  }

  /** One line of JSON. */
  static String json(NodeHealth.Found found, String version) {
    return "{\"status\":\""
        + (found.ready() ? "ready" : "not-ready")
        + "\",\"serving\":"
        + found.serving()
        + ",\"tasks\":"
        + found.tasks()
        + ",\"workers\":"
        + found.workers()
        + (found.reason().isEmpty()
            ? ""
            : ",\"reason\":" + ConfigValueFactory.fromAnyRef(found.reason()).render())
        + ",\"version\":"
        + ConfigValueFactory.fromAnyRef(version).render()
        + "}\n";
  }
}
