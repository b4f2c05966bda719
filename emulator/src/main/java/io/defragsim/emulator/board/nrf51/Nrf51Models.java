package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Peripheral;
import io.defragsim.emulator.board.Wires;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** The models of nRF51 peripherals, by the names that a board file has for them. */
public final class Nrf51Models {
  private Nrf51Models() {}

  /** By name, a new peripheral for each time that it is asked for. */
  public static Map<String, Supplier<Peripheral>> all() {
    Map<String, Supplier<Peripheral>> models = new TreeMap<>();
    // conversions take their time, of 0 V
    add(models, "nrf51.adc", Nrf51Adc::new);
    // POWER's block, too: oscillators start, and the RC oscillator is calibrated
    add(models, "nrf51.clock", Nrf51Clock::new);
    // AES-128 of a block in memory
    add(models, "nrf51.ecb", Nrf51Ecb::new);
    // pins: idle ones are high
    add(models, "nrf51.gpio", Nrf51Gpio::new);
    // tasks and events of pins
    add(models, "nrf51.gpiote", Nrf51Gpiote::new);
    // flash and UICR are programmed and erased while the core waits
    add(models, "nrf51.nvmc", Nrf51Nvmc::new);
    // events trigger tasks
    add(models, "nrf51.ppi", Nrf51Ppi::new);
    // what is sent is gone, and nothing is received
    add(models, "nrf51.radio", Nrf51Radio::new);
    // random numbers, the same in each run
    add(models, "nrf51.rng", Nrf51Rng::new);
    // a counter of 24 bits of the 32,768 Hz clock
    add(models, "nrf51.rtc", Nrf51Rtc::new);
    // 25 degrees
    add(models, "nrf51.temp", Nrf51Temp::new);
    // TIMER1 and TIMER2, of 16 bits
    add(models, "nrf51.timer16", wires -> new Nrf51Timer(wires, 16));
    // TIMER0, of 32 bits
    add(models, "nrf51.timer32", wires -> new Nrf51Timer(wires, 32));
    // the master on the board's I2C bus; SPI's at the same address
    add(models, "nrf51.twi", Nrf51Twi::new);
    // at the console's serial line
    add(models, "nrf51.uart", Nrf51Uart::new);
    return Collections.unmodifiableMap(models);
  }

  private static void add(
      Map<String, Supplier<Peripheral>> models, String name, Function<Wires, Nrf51Block> model) {
    models.put(name, () -> new Nrf51Peripheral(model));
  }
}
