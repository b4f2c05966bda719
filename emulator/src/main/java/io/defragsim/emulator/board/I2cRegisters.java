package io.defragsim.emulator.board;

import java.util.Map;

/**
 * A device of 256 registers that remember: the first byte of a write says which, each further byte
 * read or written is of the next.
 */
final class I2cRegisters implements I2cDevice {
  private final Map<Integer, Integer> values;
  private final int[] registers = new int[256];
  private int next;
  private boolean addressed;

  /**
   * @param values what registers hold at power-on, 0 to 255, by their numbers; others hold 0
   */
  I2cRegisters(Map<Integer, Integer> values) {
    this.values = values;
    reset();
  }

  @Override
  public void reset() {
    java.util.Arrays.fill(registers, 0);
    values.forEach((number, value) -> registers[number] = value);
    next = 0;
  }

  @Override
  public void start(boolean read) {
    addressed = read;
  }

  @Override
  public boolean write(int value) {
    if (addressed) {
      registers[next] = value;
      next = next + 1 & 0xFF;
    } else {
      next = value;
      addressed = true;
    }
    return true;
  }

  @Override
  public int read() {
    int value = registers[next];
    next = next + 1 & 0xFF;
    return value;
  }
}
