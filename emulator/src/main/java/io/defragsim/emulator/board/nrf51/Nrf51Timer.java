package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Wires;

/**
 * A timer: it counts the core's clock, divided by 2^PRESCALER, or, in counter mode, tasks; a
 * compare event happens as its counter becomes what a CC register holds, in the counter's bits.
 * Exact: the 16 MHz clock is the core's. CLEAR and START begin a tick.
 */
final class Nrf51Timer extends Nrf51Block {
  private static final int START = 0x0;
  private static final int STOP = 0x4;
  private static final int COUNT = 0x8;
  private static final int CLEAR = 0xC;
  private static final int SHUTDOWN = 0x10;
  private static final int CAPTURE = 0x40;
  private static final int COMPARE = 0x140;
  private static final int MODE = 0x504;
  private static final int BITMODE = 0x508;
  private static final int PRESCALER = 0x510;
  private static final int CC = 0x540;
  private static final int CHANNELS = 4;
  private static final int[] WIDTHS = {16, 8, 24, 32}; // by BITMODE

  private final int widest;
  private final Alarm compare;
  private boolean running;
  private long counter;

  /** From this PRESCALER on: from memory of the manual, unconfirmed. */
  private static final int OWN_CLOCK = 4;

  private long since; // the cycle at which it became that
  // of MODE, BITMODE and PRESCALER
  private boolean counts;
  private long mask;
  private int shift;

  /**
   * @param widest bits that the counter has at most
   */
  Nrf51Timer(Wires wires, int widest) {
    super(wires, shortcuts());
    this.widest = widest;
    compare = alarm(this::compare);
  }

  private static Shortcut[] shortcuts() {
    Shortcut[] all = new Shortcut[2 * CHANNELS];
    for (int channel = 0; channel < CHANNELS; channel++) {
      int event = COMPARE + 4 * channel;
      all[channel] = new Shortcut(channel, event, CLEAR);
      all[CHANNELS + channel] = new Shortcut(8 + channel, event, STOP);
    }
    return all;
  }

  @Override
  void restart() {
    running = false;
    counter = 0;
    set(PRESCALER, 4);
    configure();
  }

  @Override
  void task(int offset) {
    settle();
    switch (offset) {
      case START -> start();
      case STOP -> running = false;
      case COUNT -> count();
      case CLEAR -> clear();
      case SHUTDOWN -> {
        running = false;
        clear();
      }
      default -> {
        int channel = (offset - CAPTURE) >> 2;
        if (channel >= 0 && channel < CHANNELS) {
          set(CC + 4 * channel, (int) counter);
        }
      }
    }
    schedule();
  }

  private void start() {
    if (!running) {
      if (!counts && shift >= OWN_CLOCK) {
        rest("at 1 MHz and below it may count a clock of its own, up to 16 cycles apart");
      }
      running = true;
      since = wires.now();
    }
  }

  private void clear() {
    counter = 0;
    since = wires.now();
  }

  private void count() {
    if (running && counts) {
      counter = (counter + 1) & mask;
      match();
    }
  }

  @Override
  void stored(int offset, int value) {
    settle();
    configure();
    schedule();
  }

  private void configure() {
    counts = (register(MODE) & 1) != 0;
    mask = (1L << Math.min(widest, WIDTHS[register(BITMODE) & 3])) - 1;
    counter &= mask;
    shift = register(PRESCALER) & 0xF;
  }

  /** Brings the counter to this cycle. */
  private void settle() {
    if (running && !counts) {
      long ticks = (wires.now() - since) >> shift;
      counter = (counter + ticks) & mask;
      since += ticks << shift;
    }
  }

  private void schedule() {
    if (compare.at() == wires.now()) {
      return; // it is about to go off
    }
    if (!running || counts) {
      compare.stop();
      return;
    }
    long ticks = Long.MAX_VALUE;
    for (int channel = 0; channel < CHANNELS; channel++) {
      ticks = Math.min(ticks, ((register(CC + 4 * channel) - counter - 1) & mask) + 1);
    }
    compare.after(since + (ticks << shift) - wires.now());
  }

  private void compare() {
    settle();
    match();
    schedule();
  }

  private void match() {
    long reached = counter; // a shortcut may clear it
    for (int channel = 0; channel < CHANNELS; channel++) {
      if ((register(CC + 4 * channel) & mask) == reached) {
        happen(COMPARE + 4 * channel);
      }
    }
  }
}
