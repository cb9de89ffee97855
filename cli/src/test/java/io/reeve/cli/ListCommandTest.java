package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code reeve list}: order, filters, and how it is shown. */
@Timeout(60)
class ListCommandTest extends CommandTest {

  @Test
  void isAnAlignedTable() {
    given("submit", "echo", "--name", "first");
    given("submit", "report", "-q", "monthly", "--urgent");
    server.lease("t-2", "worker-1");

    assertThat(reeve("list")).isZero();

    assertThat(cli.out())
        .isEqualTo(
            """
            ID   STATE   KIND    QUEUE    LANE    ATTEMPT  SUBMITTED             WORKER    NAME
            t-2  leased  report  monthly  urgent  1        2026-11-20 12:00:00Z  worker-1
            t-1  ready   echo    default  normal  0        2026-11-20 12:00:00Z            first
            """);
  }

  @Test
  void isCutToTheTerminalAndColoured() {
    given("submit", "echo", "--name", "first");
    cli.onTerminal(40);

    reeve("list");

    assertThat(cli.out())
        .isEqualTo(
            """
            ID   STATE  KIND  QUEUE    LANE    ATTE…
            t-1  \u001b[1mready\u001b[0m  echo  default  normal  0
            """);
  }

  @Test
  void hasNoColourWhereNoneIsWanted() {
    given("submit", "echo");
    cli.onTerminal(100).environment(Map.of("NO_COLOR", "1"));

    reeve("list");

    assertThat(cli.out()).doesNotContain("\u001b");
  }

  @Test
  void isJsonLineByLineAndFiltered() {
    given("submit", "echo");
    given("submit", "report");
    server.complete("t-2", "");

    reeve("list", "--state", "completed", "-o", "json");

    assertThat(cli.out().lines().toList())
        .singleElement()
        .asString()
        .startsWith("{\"taskId\":\"t-2\",\"state\":\"completed\",\"kind\":\"report\"");
  }

  @Test
  void showsTheNewestAndSaysHowManyMatch() {
    given("submit", "echo", "--count", "9");
    given("submit", "report");

    reeve("list", "--limit", "2", "--kind", "echo");

    assertThat(cli.out().lines().map(line -> line.substring(0, 3)))
        .containsExactly("ID ", "t-9", "t-8");
    assertThat(cli.err()).isEqualTo("the newest 2 of 9; --limit 0 shows all\n");
  }

  @Test
  void showsAllInTheOrderOfTheServerWhereAllAreWanted() {
    given("submit", "echo", "--count", "3");

    reeve("list", "--limit", "0", "-o", "json");

    assertThat(cli.out().lines().map(line -> line.substring(0, 15)))
        .containsExactly("{\"taskId\":\"t-1\"", "{\"taskId\":\"t-2\"", "{\"taskId\":\"t-3\"");
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void isFilteredByLabelsAndBySubmission() {
    given("submit", "echo", "--label", "team=finance", "--label", "region=eu");
    given("submit", "echo", "--label", "team=growth");
    server.tasks().submittedAt("t-1", CommandLineRun.NOON.instant().minusSeconds(7200));

    reeve("list", "--label", "team=finance", "--label", "region=eu", "-o", "json");
    reeve("list", "--since", "1h", "-o", "json");
    reeve("list", "--since", "2026-11-20T10:00:00Z", "--label", "region=eu", "-o", "json");
    reeve("list", "--since", "2026-11-21", "-o", "json");

    assertThat(cli.out().lines().map(line -> line.substring(0, 15)))
        .containsExactly("{\"taskId\":\"t-1\"", "{\"taskId\":\"t-2\"", "{\"taskId\":\"t-1\"");
  }

  @Test
  void anUnknownStateIsAMistakeOfTheCaller() {
    assertThat(reeve("list", "--state", "broken")).isEqualTo(2);

    assertThat(cli.err()).contains("expected waiting, ready, leased, completed, dead");
  }
}
