package io.defragsim.firmware;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that the documentation quotes, compiled with warnings as errors. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ExampleTest {

  @TempDir Path folder;

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
