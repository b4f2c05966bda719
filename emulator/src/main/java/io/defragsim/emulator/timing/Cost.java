package io.defragsim.emulator.timing;

/**
 * What one instruction takes, in cycles.
 *
 * @param fixed whatever its operands are; of a conditional branch, not taken
 * @param perRegister in addition for each register of its list, PC and LR included
 * @param takenExtra in addition if it is a conditional branch and taken
 */
public record Cost(int fixed, int perRegister, int takenExtra) {

  static Cost of(int cycles) {
    return new Cost(cycles, 0, 0);
  }

  static Cost perRegister(int fixed) {
    return new Cost(fixed, 1, 0);
  }

  static Cost conditional(int notTaken, int taken) {
    return new Cost(notTaken, 0, taken - notTaken);
  }
}
