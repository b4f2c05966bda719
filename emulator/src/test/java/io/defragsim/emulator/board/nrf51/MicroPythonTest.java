package io.defragsim.emulator.board.nrf51;

import static io.defragsim.emulator.board.nrf51.MicroPython.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.board.nrf51.MicroPython.Run;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.fast.FastCode;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** MicroPython boots and answers. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class MicroPythonTest {

  @Test
  void the_prompt_appears_and_a_line_is_answered() throws Exception {
    Run run = run(Microbit.SENSORS, FastCode.WORTH_TRANSLATING, "print(6*7)");

    assertThat(run.output())
        .startsWith("MicroPython v1.9.2-34-gd64154c73 on 2017-09-01; micro:bit v1.0.1")
        .endsWith(">>> print(6*7)\r\n42\r\n>>> ");
    assertThat(run.prompt()).isEqualTo(390_735);
    assertThat(run.rests())
        .containsExactly(
            "CLOCK: the 16 MHz crystal starts within 400 us",
            "CLOCK: the 32,768 Hz RC oscillator starts within 390 us",
            "UART0: a character at the baud rate that is set",
            "TWI0: bits at the frequency that is set",
            "RNG: a random byte takes 167 us, or 677 us with bias correction",
            "NVMC: the core waits 46.3 us for a word of flash",
            "TIMER1: at 1 MHz and below it may count a clock of its own, up to 16 cycles apart",
            "TIMER0: at 1 MHz and below it may count a clock of its own, up to 16 cycles apart",
            "returns from exceptions",
            "ROM+0xfe0 (0xf0000fe0) only remembers, and was read before a store");
  }

  @Test
  void step_by_step_it_runs_the_same() throws Exception {
    Run fast = run(Microbit.SENSORS, FastCode.WORTH_TRANSLATING, "temperature()");
    Run stepped = run(Microbit.SENSORS, Execution.STEP_BY_STEP, "temperature()");

    assertThat(stepped.result()).isEqualTo(fast.result());
    assertThat(stepped.output()).isEqualTo(fast.output()).endsWith("25\r\n>>> ");
  }

  @Test
  void without_the_sensors_it_waits_for_its_own_timeouts() throws Exception {
    assertThat(run(List.of(), FastCode.WORTH_TRANSLATING).prompt()).isEqualTo(7_045_669);
  }

  @Test
  void it_sleeps_writes_a_file_reads_pins_and_shows_pictures() throws Exception {
    Run run =
        run(
            Microbit.SENSORS,
            FastCode.WORTH_TRANSLATING,
            "sleep(1000)",
            "f=open('a','w');f.write('kept');f.close();print(open('a').read())",
            "display.scroll('Hi')",
            "display.show(Image.HEART);print(button_a.is_pressed(),pin0.read_analog())",
            "import radio;radio.on();radio.send('x');print(radio.receive(),i2c.scan())");

    assertThat(run.output().lines()).contains("4", "kept", "False 0", "None [14, 29]");
    assertThat(run.result().asleep()).isGreaterThan(16_000_000);
  }
}
