package io.reeve.edge.http;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** What one path answers with. Called by any thread, as often as anybody likes. */
@FunctionalInterface
interface Page {

  /** Answers within a bound. */
  CompletionStage<HttpResponse> get();
}
