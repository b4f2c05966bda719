package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Wires;
import io.defragsim.emulator.system.AccessFault;

/**
 * A real-time counter: 24 bits that count the 32,768 Hz clock, divided by PRESCALER + 1. An edge of
 * that clock comes at each cycle that is its number times the core's clock over 32,768, rounded up:
 * nothing is lost by rounding, however long it runs. It counts from START on, or from when CLOCK
 * has started that clock; that the clock is stopped again is not seen. An event happens only while
 * EVTEN or INTEN has its bit. A compare event happens as the counter becomes what a CC register
 * holds.
 *
 * <p>START, STOP and CLEAR take effect at once; on a part, within two edges.
 */
final class Nrf51Rtc extends Nrf51Block {
  private static final int START = 0x0;
  private static final int STOP = 0x4;
  private static final int CLEAR = 0x8;
  private static final int TRIGOVRFLW = 0xC;
  private static final long LFCLKSTARTED = 0x4000_0104L;
  private static final long LFCLKSTAT = 0x4000_0418L;
  private static final int LFCLK_RUNS = 1 << 16;
  private static final int TICK = 0x100;
  private static final int OVRFLW = 0x104;
  private static final int COMPARE = 0x140;
  private static final int EVTEN = 0x340;
  private static final int EVTENSET = 0x344;
  private static final int EVTENCLR = 0x348;
  private static final int COUNTER = 0x504;
  private static final int PRESCALER = 0x508;
  private static final int CC = 0x540;
  private static final int CHANNELS = 4;
  private static final long HZ = 32_768;
  private static final int MASK = 0xFFFFFF;
  private static final int NEARLY = 0xFFFFF0;

  private final Alarm tick;
  private boolean started;
  private boolean running;
  private int counter;
  private long since; // the edge at which it became that
  private int divisor = 1;
  private int events; // that are enabled

  Nrf51Rtc(Wires wires) {
    super(wires);
    tick = latency("an edge of the 32,768 Hz clock", this::tick);
    wires.onSignal(this::signalled);
  }

  @Override
  void restart() {
    started = false;
    running = false;
    counter = 0;
    divisor = 1;
    events = 0;
  }

  @Override
  void task(int offset) {
    settle();
    switch (offset) {
      case START -> {
        started = true;
        runIfClocked();
      }
      case STOP -> {
        started = false;
        running = false;
      }
      case CLEAR -> begin(0);
      case TRIGOVRFLW -> begin(NEARLY);
      default -> {}
    }
    schedule();
  }

  /** Counts from now on, if it has been started and has a clock. */
  private void runIfClocked() {
    if (started && !running && hasClock()) {
      rest("counts the 32,768 Hz clock");
      running = true;
      divisor = (register(PRESCALER) & 0xFFF) + 1;
      since = edges();
    }
  }

  /** Whether LFCLK runs; on a board without a CLOCK it always does. */
  private boolean hasClock() {
    try {
      return (wires.memory().read(LFCLKSTAT, 4) & LFCLK_RUNS) != 0;
    } catch (AccessFault nobody) {
      return true;
    }
  }

  private void signalled(long event) {
    if (event == LFCLKSTARTED) {
      runIfClocked();
      schedule();
    }
  }

  private void begin(int value) {
    counter = value;
    since = edges();
  }

  @Override
  int load(int offset) {
    return switch (offset) {
      case COUNTER -> {
        settle();
        yield counter;
      }
      case EVTEN, EVTENSET, EVTENCLR -> register(EVTEN);
      default -> register(offset);
    };
  }

  @Override
  void stored(int offset, int value) {
    switch (offset) {
      case EVTENSET -> set(EVTEN, register(EVTEN) | value);
      case EVTENCLR -> set(EVTEN, register(EVTEN) & ~value);
      default -> {}
    }
    settle();
    schedule();
  }

  /** Edges of the clock so far. */
  private long edges() {
    long hz = wires.clockHz();
    return wires.now() / hz * HZ + wires.now() % hz * HZ / hz;
  }

  /** The first cycle at which there are so many. */
  private long cycle(long edges) {
    long hz = wires.clockHz();
    return edges / HZ * hz + (edges % HZ * hz + HZ - 1) / HZ;
  }

  /** Brings the counter to this cycle. */
  private void settle() {
    if (running) {
      long ticks = (edges() - since) / divisor;
      counter = (int) ((counter + ticks) & MASK);
      since += ticks * divisor;
    }
  }

  private void schedule() {
    if (tick.at() == wires.now()) {
      return; // it is about to go off
    }
    events = enabled() | register(EVTEN);
    long ticks = running ? next() : Long.MAX_VALUE;
    if (ticks == Long.MAX_VALUE) {
      tick.stop();
    } else {
      tick.after(cycle(since + ticks * divisor) - wires.now());
    }
  }

  /** Ticks to the next event that is enabled. */
  private long next() {
    if (enabled(TICK)) {
      return 1;
    }
    long ticks = enabled(OVRFLW) ? MASK + 1 - counter : Long.MAX_VALUE;
    for (int channel = 0; channel < CHANNELS; channel++) {
      if (enabled(COMPARE + 4 * channel)) {
        ticks = Math.min(ticks, ((register(CC + 4 * channel) - counter - 1) & MASK) + 1);
      }
    }
    return ticks;
  }

  private boolean enabled(int event) {
    return ((events >> ((event - TICK) >> 2)) & 1) != 0;
  }

  private void tick() {
    settle();
    int reached = counter;
    if (enabled(TICK)) {
      happen(TICK);
    }
    if (enabled(OVRFLW) && reached == 0) {
      happen(OVRFLW);
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
      if (enabled(COMPARE + 4 * channel) && (register(CC + 4 * channel) & MASK) == reached) {
        happen(COMPARE + 4 * channel);
      }
    }
    schedule();
  }
}
