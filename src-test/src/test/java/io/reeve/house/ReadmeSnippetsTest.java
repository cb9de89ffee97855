package io.reeve.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README and the pages tell users to write compiles against what they get. */
class ReadmeSnippetsTest {

  private static final List<String> PAGES = List.of("README.md", "docs/schedules.md");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("public class (\\w+)");

  @Test
  void everyJavaSnippetCompiles(@TempDir Path out) throws IOException {
    var snippets = snippets();
    assertThat(snippets).hasSizeGreaterThanOrEqualTo(3);
    var compiler = ToolProvider.getSystemJavaCompiler();
    var problems = new DiagnosticCollector<JavaFileObject>();

    var options =
        List.of("-d", out.toString(), "-classpath", System.getProperty("java.class.path"));
    compiler.getTask(null, null, problems, options, null, snippets).call();

    var errors =
        problems.getDiagnostics().stream()
            .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
            .toList();
    assertThat(errors).isEmpty();
  }

  private static List<JavaFileObject> snippets() throws IOException {
    var snippets = new ArrayList<JavaFileObject>();
    for (var page : PAGES) {
      var blocks = JAVA.matcher(Files.readString(Path.of("..", page)));
      while (blocks.find()) {
        var code = blocks.group(1);
        var name = NAME.matcher(code);
        assertThat(name.find()).as("a public class in %s", code).isTrue();
        snippets.add(new Snippet(name.group(1), code));
      }
    }
    return snippets;
  }

  private static final class Snippet extends SimpleJavaFileObject {
    private final String code;

    Snippet(String name, String code) {
      super(URI.create("string:///" + name + Kind.SOURCE.extension), Kind.SOURCE);
      this.code = code;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }
}
