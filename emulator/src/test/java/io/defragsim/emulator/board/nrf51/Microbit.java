package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.board.Board.Block;
import io.defragsim.emulator.board.Board.Device;
import io.defragsim.emulator.board.Register;
import io.defragsim.emulator.system.MemoryMap.Area;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The BBC micro:bit of the first kind, as far as tests need it. */
final class Microbit {
  static final McuConfig PART =
      new McuConfig("nrf51822", 16_000_000, 16_000_000, 1, 256 << 10, 0x2000_0000L, 16 << 10);

  static final List<Device> SENSORS =
      List.of(
          new Device("MMA8653", 0x1D, Map.of(0x0D, 0x5A)),
          new Device("MAG3110", 0x0E, Map.of(0x07, 0xC4)));

  private static final long FICR = 0x1000_0000L;

  private Microbit() {}

  static Board board(List<Device> devices) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block("FICR", FICR, 0x100, -1, null, OptionalInt.empty()));
    add(blocks, "CLOCK", 0, "nrf51.clock", 0);
    add(blocks, "RADIO", 1, "nrf51.radio", 1);
    add(blocks, "UART0", 2, "nrf51.uart", 2);
    add(blocks, "TWI0", 3, "nrf51.twi", 3);
    add(blocks, "TWI1", 4, "nrf51.twi", 4);
    add(blocks, "GPIOTE", 6, "nrf51.gpiote", 6);
    add(blocks, "ADC", 7, "nrf51.adc", 7);
    add(blocks, "TIMER0", 8, "nrf51.timer32", 8);
    add(blocks, "TIMER1", 9, "nrf51.timer16", 9);
    add(blocks, "TIMER2", 10, "nrf51.timer16", 10);
    add(blocks, "RTC0", 11, "nrf51.rtc", 11);
    add(blocks, "TEMP", 12, "nrf51.temp", 12);
    add(blocks, "RNG", 13, "nrf51.rng", 13);
    add(blocks, "ECB", 14, "nrf51.ecb", 14);
    add(blocks, "RTC1", 17, "nrf51.rtc", 17);
    add(blocks, "NVMC", 30, "nrf51.nvmc", -1);
    add(blocks, "PPI", 31, "nrf51.ppi", -1);
    for (int other : new int[] {15, 16, 18, 19, 20}) {
      blocks.add(
          new Block(
              "block " + other,
              0x4000_0000L + 0x1000L * other,
              0x1000,
              0,
              null,
              OptionalInt.empty()));
    }
    blocks.add(
        new Block(
            "GPIO",
            0x5000_0000L,
            0x1000,
            0,
            Nrf51Models.all().get("nrf51.gpio"),
            OptionalInt.empty()));
    blocks.add(new Block("ROM", 0xF000_0000L, 0x1000, 0, null, OptionalInt.empty()));
    return new Board(
        "micro:bit",
        blocks,
        List.of(
            new Register("CODEPAGESIZE", FICR + 0x10, 0x400),
            new Register("CODESIZE", FICR + 0x14, 0x100)),
        List.of(),
        devices,
        List.of(new Area("UICR", 0x1000_1000L, 0x400, false)));
  }

  private static void add(
      List<Block> blocks, String name, int number, String model, int interrupt) {
    blocks.add(
        new Block(
            name,
            0x4000_0000L + 0x1000L * number,
            0x1000,
            0,
            Nrf51Models.all().get(model),
            interrupt < 0 ? OptionalInt.empty() : OptionalInt.of(interrupt)));
  }
}
