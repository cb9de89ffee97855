package io.reeve.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Stored bytes as a release wrote them, and what they read as. In its file the reading comes first,
 * then after an empty line each row in hexadecimal, with an empty line between two rows.
 *
 * @param manifest of the bytes: a row, several rows in order, or a snapshot
 */
public record Golden(String manifest, List<String> reading, List<byte[]> stored) {

  private static final int LINE_LENGTH = 96;

  public static Golden read(Path file) {
    try {
      var parts = Stream.of(Files.readString(file).split("\n\n", -1)).map(String::strip).toList();
      var head = parts.get(0).split("\n", 2);
      return new Golden(
          head[0],
          List.of(head[1].split("\n", -1)),
          parts.stream()
              .skip(1)
              .map(hex -> HexFormat.of().parseHex(hex.replace("\n", "")))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void write(Path file) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String text() {
    var parts = new ArrayList<String>();
    parts.add(manifest + "\n" + String.join("\n", reading));
    stored.forEach(bytes -> parts.add(hexOf(bytes)));
    return String.join("\n\n", parts) + "\n";
  }

  private static String hexOf(byte[] bytes) {
    var hex = HexFormat.of().formatHex(bytes);
    return Pattern.compile("(?<=\\G.{" + LINE_LENGTH + "})")
        .splitAsStream(hex)
        .collect(Collectors.joining("\n"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Golden golden && golden.text().equals(text());
  }

  @Override
  public int hashCode() {
    return text().hashCode();
  }

  public static Golden of(String manifest, List<String> reading, byte[]... stored) {
    return new Golden(manifest, reading, Arrays.asList(stored));
  }
}
