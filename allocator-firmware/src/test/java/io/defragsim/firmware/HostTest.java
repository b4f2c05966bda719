package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library's own tests, in C, under AddressSanitizer and UBSan. Their output is shown. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class HostTest {

  @TempDir Path folder;

  @Test
  void the_library_passes_its_tests_under_sanitizers() throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    String output = Toolchain.make(Toolchain.FIRMWARE, folder, "host-test");
    System.out.println(output);
    assertThat(output).contains("seed 1", "ok: random operations agree with a model");
  }
}
