package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Wires;

/**
 * The 32 pins. A pin whose input buffer is connected reads what it drives itself, else what the
 * board drives, else 0 with a pull-down, else 1: nothing is pressed, and a bus is idle.
 */
final class Nrf51Gpio extends Nrf51Block {
  /** The first address on every nRF51. */
  static final long BASE = 0x50000000L;

  static final int OUT = 0x504;
  static final int OUTSET = 0x508;
  static final int OUTCLR = 0x50C;
  static final int IN = 0x510;
  static final int DIRSET = 0x518;

  /** No register: the wire by which a pin with the level that it senses tells the GPIOTE. */
  static final int DETECT = 0x5FC;

  private static final int DIR = 0x514;
  private static final int DIRCLR = 0x51C;
  private static final int PIN_CNF = 0x700;
  private static final int PINS = 32;
  private static final int DISCONNECTED = 2;
  private static final int PULL = 0xC;
  private static final int PULL_DOWN = 0x4;
  private static final int SENSE = 0x30000;
  private static final int SENSE_HIGH = 0x20000;
  private static final int SENSE_LOW = 0x30000;

  private int connected;
  private int pulledDown;
  private int sensesHigh;
  private int sensesLow;
  private boolean detected;

  Nrf51Gpio(Wires wires) {
    super(wires);
    wires.pins().onChange(this::look);
  }

  @Override
  void restart() {
    connected = 0;
    pulledDown = 0;
    sensesHigh = 0;
    sensesLow = 0;
    for (int pin = 0; pin < PINS; pin++) {
      set(PIN_CNF + 4 * pin, DISCONNECTED);
    }
    look();
  }

  @Override
  void task(int offset) {}

  @Override
  int load(int offset) {
    if (isPinCnf(offset)) {
      int direction = (register(DIR) >>> ((offset - PIN_CNF) >> 2)) & 1;
      return (register(offset) & ~1) | direction;
    }
    return switch (offset) {
      case OUTSET, OUTCLR -> register(OUT);
      case DIRSET, DIRCLR -> register(DIR);
      default -> register(offset);
    };
  }

  @Override
  void stored(int offset, int value) {
    switch (offset) {
      case OUTSET -> change(OUT, offset, register(OUT) | value);
      case OUTCLR -> change(OUT, offset, register(OUT) & ~value);
      case DIRSET -> change(DIR, offset, register(DIR) | value);
      case DIRCLR -> change(DIR, offset, register(DIR) & ~value);
      default -> {
        if (isPinCnf(offset)) {
          configure(1 << ((offset - PIN_CNF) >> 2), value);
        }
      }
    }
    look();
  }

  private void change(int register, int by, int value) {
    set(register, value);
    set(by, 0);
  }

  private static boolean isPinCnf(int offset) {
    return offset >= PIN_CNF && offset < PIN_CNF + 4 * PINS;
  }

  private void configure(int pin, int value) {
    set(DIR, with(register(DIR), pin, (value & 1) != 0));
    connected = with(connected, pin, (value & DISCONNECTED) == 0);
    pulledDown = with(pulledDown, pin, (value & PULL) == PULL_DOWN);
    sensesHigh = with(sensesHigh, pin, (value & SENSE) == SENSE_HIGH);
    sensesLow = with(sensesLow, pin, (value & SENSE) == SENSE_LOW);
  }

  private static int with(int bits, int bit, boolean set) {
    return set ? bits | bit : bits & ~bit;
  }

  /** Looks at the pins, and tells what changed. */
  private void look() {
    int before = register(IN);
    int outputs = register(DIR);
    int driven = wires.pins().driven();
    int inputs = (driven & wires.pins().high()) | (~driven & ~pulledDown);
    int in = connected & ((register(OUT) & outputs) | (inputs & ~outputs));
    set(IN, in);
    if (in != before) {
      wires.signal(IN);
    }
    boolean detects = ((in & sensesHigh) | (~in & sensesLow & connected)) != 0;
    if (detects && !detected) {
      wires.signal(DETECT);
    }
    detected = detects;
  }
}
