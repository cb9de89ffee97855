package io.reeve.rig;

import io.reeve.house.SourceTree;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;

/**
 * Makes builds with a safety switched off: there is no switch in what is shipped. A source file of
 * the project is changed and compiled by itself against this class path.
 */
final class FlawedBuild {

  private FlawedBuild() {}

  /**
   * Compiles the file that the flaw is in.
   *
   * @param into a directory that gets sources and classes
   * @return where the classes are, to be put in front of a class path
   * @throws AssertionError naming the flaw, when it does not fit the source any more
   */
  static Path of(BuildFlaw flaw, Path into) throws IOException {
    var source = into.resolve(flaw.file());
    Files.createDirectories(source.getParent());
    Files.writeString(source, flaw.in(SourceTree.ofTheProject().text(flaw.file())));
    var classes = Files.createDirectories(into.resolve("classes"));
    var said = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException("expected a JDK, got a JRE without a compiler");
    }
    // As the project's own compilation, without its checks.
    var options =
        List.of(
            "-d",
            classes.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "-parameters",
            "-proc:none",
            "-nowarn");
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var compiled =
          compiler
              .getTask(said, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      if (!compiled) {
        throw new AssertionError("flaw %s: expected it to compile, got %s".formatted(flaw, said));
      }
    }
    return classes;
  }
}
