package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MISRA C:2012 by cppcheck, against the deviations that {@code MISRA.md} gives reasons for. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class MisraTest {
  private static final Pattern FINDING =
      Pattern.compile("(?m)^(src|include)/\\S+:\\d+: misra-c2012-([0-9.]+)$");
  private static final Pattern DEVIATION =
      Pattern.compile("(?m)^\\| ([0-9.]+) \\| (\\S+) \\| \\S.{7,} \\|$");

  @TempDir Path folder;

  @Test
  void cppcheck_finds_nothing_in_the_library_but_what_is_deviated_from_with_a_reason()
      throws IOException, InterruptedException {
    assertThat(listed()).containsAll(found("misra-library"));
  }

  /** With the debug mode and the small profile, too. */
  @Test
  @Tag("campaign")
  void and_every_deviation_is_still_found() throws IOException, InterruptedException {
    assertThat(found("misra")).isEqualTo(listed());
  }

  private SortedSet<String> found(String target) throws IOException, InterruptedException {
    Toolchain.needs("make", "cppcheck", "python3");
    String output = Toolchain.make(Toolchain.FIRMWARE, folder, "-s", target);
    // All that cppcheck says is a finding of the addon.
    assertThat(output.lines().filter(line -> !line.isBlank()))
        .isNotEmpty()
        .allMatch(line -> FINDING.matcher(line).matches());
    return FINDING
        .matcher(output)
        .results()
        .map(finding -> finding.group(2) + " in " + finding.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static SortedSet<String> listed() throws IOException {
    return DEVIATION
        .matcher(Files.readString(Toolchain.FIRMWARE.resolve("MISRA.md")))
        .results()
        .map(row -> row.group(1) + " in " + row.group(2))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
