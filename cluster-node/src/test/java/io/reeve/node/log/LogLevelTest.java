package io.reeve.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The variable {@code REEVE_LOG_LEVEL}, in the configuration that nodes and workers log by. */
class LogLevelTest {

  @ParameterizedTest
  @ValueSource(strings = {"DEBUG", "INFO", "WARN", "ERROR"})
  void theVariableChoosesTheLevelOfReeveAlone(String level) throws JoranException {
    var context = new LoggerContext();
    // The configuration looks here before it looks in the environment.
    context.putProperty("REEVE_LOG_LEVEL", level);

    configure(context);

    assertThat(levelOf(context, "io.reeve.partition.Partition")).isEqualTo(Level.toLevel(level));
    assertThat(levelOf(context, "org.apache.pekko.actor")).isEqualTo(Level.INFO);
    context.stop();
  }

  @Test
  @DisabledIfEnvironmentVariable(
      named = "REEVE_LOG_LEVEL",
      matches = ".*",
      disabledReason = "the test is about a process without the variable")
  void withoutItTheLevelIsInfo() throws JoranException {
    var context = new LoggerContext();

    configure(context);

    assertThat(levelOf(context, "io.reeve.partition.Partition")).isEqualTo(Level.INFO);
    context.stop();
  }

  private static void configure(LoggerContext context) throws JoranException {
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(
        Objects.requireNonNull(LogLevelTest.class.getResource("/logback.xml"), "logback.xml"));
  }

  private static Level levelOf(LoggerContext context, String logger) {
    return context.getLogger(logger).getEffectiveLevel();
  }
}
