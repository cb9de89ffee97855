package io.reeve.worker.builtin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reeve.worker.builtin.Output.Encoding;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BoundedResultTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void aTextTakesAsMuchRoomAsReckoned() throws Exception {
    var random = new SplittableRandom(7);
    for (int round = 0; round < 300; round++) {
      var text = random(random, random.nextInt(60));

      assertThat(JsonSize.of(text))
          .isEqualTo(BoundedResult.JSON.writeValueAsBytes(text).length - 2);

      var max = random.nextInt(80);
      var cut = JsonSize.cut(text, max);
      assertThat(text).startsWith(cut);
      assertThat(JsonSize.of(cut)).isLessThanOrEqualTo(max);
      if (cut.length() < text.length()) {
        var next = text.substring(0, text.offsetByCodePoints(cut.length(), 1));
        assertThat(JsonSize.of(next)).isGreaterThan(max);
      }
    }
  }

  @Test
  void theWholeFitsWhateverItIs() throws Exception {
    var random = new SplittableRandom(11);
    for (int round = 0; round < 300; round++) {
      var max = 200 + random.nextInt(400);
      var result = new BoundedResult(max);
      var headers = new LinkedHashMap<String, String>();
      for (int header = random.nextInt(5); header > 0; header--) {
        headers.put("h" + header, random(random, random.nextInt(40)));
      }
      var a = new Output(random(random, random.nextInt(300)).getBytes(UTF_8), false);
      var b = new Output(random(random, random.nextInt(300)).getBytes(UTF_8), false);
      result.putTexts("headers", headers);
      result.putOutput("a", a);
      result.putOutput("b", b);

      var bytes = result.write(random.nextBoolean() ? Encoding.TEXT : Encoding.BASE64);

      assertThat(bytes.length).isLessThanOrEqualTo(max);
      var read = JSON.readTree(bytes);
      if (!read.get("truncated").asBoolean() && read.get("encoding").asText().equals("text")) {
        assertThat(read.get("a").asText()).isEqualTo(a.text());
        assertThat(read.get("b").asText()).isEqualTo(b.text());
        assertThat(read.get("headers")).hasSize(headers.size());
      }
    }
  }

  @Test
  void aShareThatIsNotNeededGoesToTheOther() throws Exception {
    var result = new BoundedResult(1000);
    result.putOutput("long", new Output("x".repeat(2000).getBytes(UTF_8), false));
    result.putOutput("short", new Output("y".getBytes(UTF_8), false));

    var bytes = result.write(Encoding.TEXT);

    assertThat(bytes).hasSize(999); // "true" is a byte shorter than "false"
    assertThat(JSON.readTree(bytes).get("short").asText()).isEqualTo("y");
  }

  @Test
  void aCharacterThatWasCutIsLeftOut() {
    var smile = "a\uD83D\uDE00".getBytes(UTF_8);
    for (int kept = 1; kept < smile.length; kept++) {
      assertThat(new Output(Arrays.copyOf(smile, kept), true).text()).isEqualTo("a");
    }
    assertThat(new Output(smile, true).text()).isEqualTo("a\uD83D\uDE00");
    assertThat(new Output(new byte[] {'a', (byte) 0xC3}, false).text()).isEqualTo("a\uFFFD");
    assertThat(new Output(new byte[0], true).text()).isEmpty();
  }

  private static String random(SplittableRandom random, int length) {
    var kinds = new int[] {0x20, 0x80, 0x800, 0xD800, 0x110000};
    return random
        .ints(length, 0, kinds.length)
        .map(kind -> random.nextInt(kinds[kind]))
        .map(c -> c >= 0xD800 && c <= 0xDFFF ? '"' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
