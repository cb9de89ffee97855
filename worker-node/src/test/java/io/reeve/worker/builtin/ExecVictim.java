package io.reeve.worker.builtin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A process that runs a shell script as a command of exec, for a test that kills it. */
final class ExecVictim {

  private ExecVictim() {}

  public static void main(String[] arguments) throws Exception {
    var handler =
        Objects.requireNonNull(BuiltinKinds.handlers("exec.allowed = [\"/bin/sh\"]").get("exec"));
    // Once, so that the guard runs and Java has loaded all that the start of a command takes.
    handler.handle(BuiltinKinds.task("t1", order("exit 0")));
    handler.handle(BuiltinKinds.task("t2", order(arguments[0])));
  }

  private static String order(String script) throws JsonProcessingException {
    var order = Map.of("command", List.of("/bin/sh", "-c", script));
    return new ObjectMapper().writeValueAsString(order);
  }
}
