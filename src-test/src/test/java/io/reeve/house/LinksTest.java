package io.reeve.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinksTest {

  private final Path root;

  LinksTest(@TempDir Path root) {
    this.root = root;
  }

  @Test
  void aLinkToAFileOrAHeadingLeadsSomewhere() throws IOException {
    page("docs/b.md", "# One, two: three\n\n## Again\n\n## Again\n");
    page(
        "a.md",
        "[f](docs/b.md) [h](docs/b.md#one-two-three) [r](docs/b.md#again-1) [own](#here)\n\n# Here\n");

    assertThat(links("a.md")).isEmpty();
  }

  @Test
  void aLinkIsReadFromThePageThatHasIt() throws IOException {
    page("a.md", "# Top\n");
    page("docs/b.md", "[up](../a.md#top) [wrong](a.md)\n");

    assertThat(links("docs/b.md"))
        .containsExactly("docs/b.md: expected something at a.md, got nothing");
  }

  @Test
  void aHeadingThatIsNotThereIsFound() throws IOException {
    page("a.md", "[x](#nowhere)\n\n# Here\n");

    assertThat(links("a.md")).containsExactly("a.md: expected something at #nowhere, got nothing");
  }

  @Test
  void codeAndAddressesAreNotFollowed() throws IOException {
    page("a.md", "`[x](y)` [z](https://example.org/q)\n```\n[x](y)\n```\n");

    assertThat(links("a.md")).isEmpty();
  }

  private Iterable<String> links(String page) throws IOException {
    return new Links(SourceTree.of(root), page).broken();
  }

  private void page(String name, String text) throws IOException {
    var file = root.resolve(name);
    Files.createDirectories(root.resolve("docs"));
    Files.writeString(file, text);
  }
}
