package io.defragsim.emulator.model;

import java.util.List;

/**
 * The core registers at one instant.
 *
 * @param general R0 to R12
 */
public record Registers(List<Integer> general, int sp, int lr, int pc, int xpsr) {
  public Registers {
    if (general.size() != 13) {
      throw new IllegalArgumentException("R0 to R12 are 13 registers: " + general.size());
    }
    general = List.copyOf(general);
  }
}
