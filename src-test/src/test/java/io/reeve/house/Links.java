package io.reeve.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The links of one Markdown page to files and headings of the project. Others are not followed. */
final class Links {

  private static final Pattern LINK =
      Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)");
  private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*?)\\s*#*$");

  private final SourceTree tree;
  private final String page;

  Links(SourceTree tree, String page) {
    this.tree = tree;
    this.page = page;
  }

  /** One sentence per link that leads nowhere. */
  List<String> broken() throws IOException {
    var broken = new ArrayList<String>();
    for (var line : prose(page)) {
      var link = LINK.matcher(line.replaceAll("`[^`]*`", ""));
      while (link.find()) {
        var target = link.group(1);
        if (!target.matches("[a-z]+:.*") && !leadsSomewhere(target)) {
          broken.add("%s: expected something at %s, got nothing".formatted(page, target));
        }
      }
    }
    return broken;
  }

  private boolean leadsSomewhere(String target) throws IOException {
    var hash = target.indexOf('#');
    var path = hash < 0 ? target : target.substring(0, hash);
    var file = path.isEmpty() ? page : resolve(path);
    if (!Files.exists(tree.path(file))) {
      return false;
    }
    return hash < 0 || !file.endsWith(".md") || anchors(file).contains(target.substring(hash + 1));
  }

  private String resolve(String path) {
    return Path.of(page).resolveSibling(path).normalize().toString();
  }

  /**
   * The anchors that a forge gives to headings: lower case, dashes for blanks, repeats numbered.
   */
  private Set<String> anchors(String file) throws IOException {
    var anchors = new HashSet<String>();
    var repeats = new HashMap<String, Integer>();
    for (var line : prose(file)) {
      var heading = HEADING.matcher(line);
      if (heading.matches()) {
        var anchor =
            heading
                .group(1)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}\\s_-]", "")
                .replaceAll("\\s", "-");
        var before = repeats.merge(anchor, 1, Integer::sum) - 1;
        anchors.add(before == 0 ? anchor : anchor + "-" + before);
      }
    }
    return anchors;
  }

  /** The lines outside of code fences. */
  private List<String> prose(String file) throws IOException {
    var prose = new ArrayList<String>();
    var fenced = false;
    for (var line : tree.lines(file)) {
      if (line.stripLeading().startsWith("```")) {
        fenced = !fenced;
      } else if (!fenced) {
        prose.add(line);
      }
    }
    return prose;
  }
}
