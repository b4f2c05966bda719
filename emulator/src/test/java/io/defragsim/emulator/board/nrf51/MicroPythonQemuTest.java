package io.defragsim.emulator.board.nrf51;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.defragsim.emulator.fast.FastCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * MicroPython prints the same here as on QEMU's micro:bit, each line on a fresh boot. Without
 * {@code temperature()}, in which QEMU hangs, and {@code display.scroll()}, in which it hangs most
 * times.
 */
@Tag("campaign")
@DisplayNameGeneration(ReplaceUnderscores.class)
final class MicroPythonQemuTest {
  private static final String QEMU = "qemu-system-arm";
  private static final int SECONDS = 30;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "print(6*7)",
        "f=open('a','w');f.write('hello');f.close();print(open('a').read())",
        "import gc; gc.collect(); print(gc.mem_free())",
        "bytearray(20000)",
        "print(2**200)",
        "print(1/3, 2.5**0.5)",
        "help()",
        "import micropython; micropython.mem_info()",
        "print([i for i in range(5)], {1:2}, (3,4), set([1,2]))",
        "f=lambda n: f(n+1)\nf(0)",
        "import this",
        "sleep(500); print('ok')",
        "display.show(Image.HEART); print(button_a.is_pressed())",
        "print([i*i for i in range(20) if i%3])",
        "print(sorted([3,1,2]))",
        "help('modules')",
        "1/0",
        "import sys; print(sys.version, sys.platform)",
        "import os; print(os.listdir(), os.uname())",
        "print(pin0.read_digital(), pin0.read_analog())"
      })
  void the_same_text_comes(String lines) throws Exception {
    MicroPython.requireFirmware();
    String[] typed = lines.split("\n");

    assertThat(MicroPython.run(Microbit.SENSORS, FastCode.WORTH_TRANSLATING, typed).output())
        .isEqualTo(qemu(List.of(typed)));
  }

  /** What comes on QEMU's serial line; a person types a character every 4 ms. */
  private static String qemu(List<String> lines) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            QEMU,
            "-M",
            "microbit",
            "-display",
            "none",
            "-monitor",
            "none",
            "-serial",
            "stdio",
            "-device",
            "loader,file=" + MicroPython.FIRMWARE);
    Process process;
    try {
      process = builder.redirectErrorStream(true).start();
    } catch (IOException e) {
      if (Boolean.getBoolean("defragsim.requireTools")) {
        throw new AssertionError(QEMU + " is required here but cannot be run", e);
      }
      return abort(QEMU + " is not installed");
    }
    try {
      StringBuilder output = new StringBuilder();
      awaitPrompt(process.getInputStream(), output);
      OutputStream keys = process.getOutputStream();
      for (String line : lines) {
        for (byte key : (line + "\r").getBytes(ISO_8859_1)) {
          keys.write(key);
          keys.flush();
          TimeUnit.MILLISECONDS.sleep(4);
        }
        awaitPrompt(process.getInputStream(), output);
      }
      return output.substring(1); // QEMU sends the byte that goes to no pin
    } finally {
      process.destroyForcibly();
    }
  }

  private static void awaitPrompt(InputStream from, StringBuilder output)
      throws IOException, InterruptedException {
    int begin = output.length();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (output.length() - begin < MicroPython.PROMPT.length()
        || !output.toString().endsWith(MicroPython.PROMPT)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("no prompt came from " + QEMU + ": " + output);
      }
      if (from.available() > 0) {
        output.append((char) from.read());
      } else {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
  }
}
