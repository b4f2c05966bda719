package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that the documentation quotes, compiled with warnings as errors, and run. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ExampleTest {

  @TempDir Path folder;

  @Test
  void the_example_steps_until_it_is_told_and_tells_what_a_step_told_it()
      throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    assertThat(Toolchain.make(Toolchain.FIRMWARE, folder, "example-test"))
        .contains("and one refusal", "ok: what is in the way is told", "ok: a buffer that grows");
  }

  @Test
  void the_example_compiles_for_this_computer() throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    Toolchain.make(Toolchain.FIRMWARE, folder, folder.resolve("sensor-host.o").toString());
  }

  @Test
  void the_example_compiles_for_a_cortex_m0() throws IOException, InterruptedException {
    Toolchain.needs("make", "arm-none-eabi-gcc");
    Toolchain.make(Toolchain.FIRMWARE, folder, folder.resolve("sensor-arm.o").toString());
  }
}
