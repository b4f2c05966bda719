package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Wires;

/**
 * CLOCK and POWER, which share a block: the two oscillators that a program starts, the calibration
 * of the RC oscillator and its timer, and registers that remember. The core's clock does not stop,
 * and SYSTEMOFF does nothing.
 *
 * <p>Times: a 16 MHz crystal takes 400 us to start, one of 32,768 Hz 300 ms, and a calibration 16
 * ms. They are typical figures from memory of the nRF51822's product specification, and are
 * unconfirmed; the crystals' are the board's anyway. So are 390 us for the RC oscillator, and 100
 * us for the clock that is made of the 16 MHz one. The calibration timer counts quarters of a
 * second.
 */
final class Nrf51Clock extends Nrf51Block {
  private static final int HFCLKSTART = 0x0;
  private static final int HFCLKSTOP = 0x4;
  private static final int LFCLKSTART = 0x8;
  private static final int LFCLKSTOP = 0xC;
  private static final int CAL = 0x10;
  private static final int CTSTART = 0x14;
  private static final int CTSTOP = 0x18;
  private static final int HFCLKSTARTED = 0x100;
  private static final int LFCLKSTARTED = 0x104;
  private static final int DONE = 0x10C;
  private static final int CTTO = 0x110;
  private static final int RESETREAS = 0x400;
  private static final int SREQ = 4;
  private static final int RAMSTATUS = 0x428;
  private static final int GPREGRET = 0x51C;
  private static final int HFCLKRUN = 0x408;
  private static final int HFCLKSTAT = 0x40C;
  private static final int LFCLKRUN = 0x414;
  private static final int LFCLKSTAT = 0x418;
  private static final int LFCLKSRCCOPY = 0x41C;
  private static final int LFCLKSRC = 0x518;
  private static final int RAMON = 0x524;
  private static final int CTIV = 0x538;
  private static final int XTALFREQ = 0x550;
  private static final int RAMONB = 0x554;
  private static final int DISABLEINDEBUG = 0x608;
  private static final int RUNS = 1 << 16;
  private static final int RC = 0;
  private static final int CRYSTAL = 1;

  private final Alarm highStarts;
  private final Alarm crystalStarts;
  private final Alarm rcStarts;
  private final Alarm synthesizerStarts;
  private final Alarm calibrated;
  private final Alarm timeout;
  private boolean wasReset;
  private int reasons;
  private int retained;
  private boolean highRuns;
  private boolean lowRuns;

  Nrf51Clock(Wires wires) {
    super(wires);
    highStarts = latency("the 16 MHz crystal starts within 400 us", this::highStarted);
    crystalStarts = latency("the 32,768 Hz crystal starts within 300 ms", this::lowStarted);
    rcStarts = latency("the 32,768 Hz RC oscillator starts within 390 us", this::lowStarted);
    synthesizerStarts = latency("the 32,768 Hz synthesizer starts within 100 us", this::lowStarted);
    calibrated = latency("a calibration takes 16 ms", () -> happen(DONE));
    timeout = latency("the calibration timer, of the 32,768 Hz clock", () -> happen(CTTO));
  }

  @Override
  void restart() {
    highRuns = false;
    lowRuns = false;
    // The first reset is that of power-on; a program's own is told, and leaves what is retained.
    reasons |= wasReset ? SREQ : 0;
    wasReset = true;
    set(RESETREAS, reasons);
    set(GPREGRET, retained);
    set(RAMSTATUS, 3);
    set(RAMON, 3);
    set(RAMONB, 3);
    set(XTALFREQ, -1);
    set(DISABLEINDEBUG, 1);
  }

  @Override
  void task(int offset) {
    switch (offset) {
      case HFCLKSTART -> {
        set(HFCLKRUN, 1);
        highStarts.after(wires.cycles(400));
      }
      case HFCLKSTOP -> {
        set(HFCLKRUN, 0);
        highRuns = false;
        highStarts.stop();
      }
      case LFCLKSTART -> {
        stopLow();
        set(LFCLKRUN, 1);
        set(LFCLKSRCCOPY, register(LFCLKSRC) & 3);
        switch (register(LFCLKSRCCOPY)) {
          case RC -> rcStarts.after(wires.cycles(390));
          case CRYSTAL -> crystalStarts.after(wires.cycles(300_000));
          default -> synthesizerStarts.after(wires.cycles(100));
        }
      }
      case LFCLKSTOP -> {
        set(LFCLKRUN, 0);
        stopLow();
      }
      case CAL -> calibrated.after(wires.cycles(16_000));
      case CTSTART -> timeout.after(wires.cycles(250_000.0 * Math.max(1, register(CTIV) & 0x7F)));
      case CTSTOP -> timeout.stop();
      default -> {}
    }
  }

  private void stopLow() {
    lowRuns = false;
    crystalStarts.stop();
    rcStarts.stop();
    synthesizerStarts.stop();
  }

  private void highStarted() {
    highRuns = true;
    happen(HFCLKSTARTED);
  }

  private void lowStarted() {
    lowRuns = true;
    happen(LFCLKSTARTED);
  }

  @Override
  int load(int offset) {
    return switch (offset) {
      case HFCLKSTAT -> RUNS | (highRuns ? 1 : 0); // else the RC oscillator runs
      case LFCLKSTAT -> lowRuns ? RUNS | register(LFCLKSRCCOPY) : 0;
      default -> register(offset);
    };
  }

  @Override
  void stored(int offset, int value) {
    reasons = register(RESETREAS);
    retained = register(GPREGRET);
  }

  @Override
  boolean clears(int offset) {
    return offset == RESETREAS;
  }
}
