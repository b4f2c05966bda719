package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Wires;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The programmable interconnect: an event at one address triggers a task at another, one cycle
 * later. 16 channels as a program sets them, 12 that are fixed, and four groups of channels.
 *
 * <p>That a task takes one cycle of the 16 MHz clock is from memory of the nRF51's reference
 * manual, unconfirmed.
 */
final class Nrf51Ppi extends Nrf51Block {
  private static final int CHEN = 0x500;
  private static final int CHENSET = 0x504;
  private static final int CHENCLR = 0x508;
  private static final int EEP = 0x510;
  private static final int TEP = 0x514;
  private static final int CHG = 0x800;
  private static final int GROUPS = 4;
  private static final int CHANNELS = 16;
  private static final int FIRST_FIXED = 20;

  private static final long RADIO = 0x40001000L;
  private static final long TIMER0 = 0x40008000L;
  private static final long RTC0 = 0x4000B000L;
  private static final long AAR = 0x4000F000L;
  private static final long CCM = 0x4000F000L;
  private static final int COMPARE0 = 0x140;
  private static final int COMPARE1 = 0x144;

  private record Wire(long event, long task) {}

  /** Channels 20 to 31. */
  private static final List<Wire> FIXED =
      List.of(
          new Wire(TIMER0 + COMPARE0, RADIO), // TXEN
          new Wire(TIMER0 + COMPARE0, RADIO + 0x4), // RXEN
          new Wire(TIMER0 + COMPARE1, RADIO + 0x10), // DISABLE
          new Wire(RADIO + 0x128, AAR), // BCMATCH, START
          new Wire(RADIO + 0x100, CCM), // READY, KSGEN
          new Wire(RADIO + 0x104, CCM + 0x4), // ADDRESS, CRYPT
          new Wire(RADIO + 0x104, TIMER0 + 0x44), // ADDRESS, CAPTURE[1]
          new Wire(RADIO + 0x10C, TIMER0 + 0x48), // END, CAPTURE[2]
          new Wire(RTC0 + COMPARE0, RADIO), // TXEN
          new Wire(RTC0 + COMPARE0, RADIO + 0x4), // RXEN
          new Wire(RTC0 + COMPARE0, TIMER0 + 0xC), // CLEAR
          new Wire(RTC0 + COMPARE0, TIMER0)); // START

  private final Alarm delay;
  private final Set<Long> tasks = new LinkedHashSet<>(); // of this cycle's events

  Nrf51Ppi(Wires wires) {
    super(wires);
    delay = latency("an event reaches its task in a cycle", this::trigger);
    wires.onSignal(this::hear);
  }

  @Override
  void restart() {
    tasks.clear();
  }

  @Override
  void task(int offset) {
    int group = offset >> 3;
    if (group < GROUPS) {
      int channels = register(CHG + 4 * group);
      boolean enables = (offset & 4) == 0;
      set(CHEN, enables ? register(CHEN) | channels : register(CHEN) & ~channels);
    }
  }

  @Override
  int load(int offset) {
    return switch (offset) {
      case CHENSET, CHENCLR -> register(CHEN);
      default -> register(offset);
    };
  }

  @Override
  void stored(int offset, int value) {
    switch (offset) {
      case CHENSET -> change(offset, register(CHEN) | value);
      case CHENCLR -> change(offset, register(CHEN) & ~value);
      default -> {}
    }
  }

  private void change(int by, int value) {
    set(CHEN, value);
    set(by, 0);
  }

  private void hear(long address) {
    int enabled = register(CHEN);
    if (enabled == 0) {
      return;
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
      if (((enabled >> channel) & 1) != 0 && address(EEP, channel) == address) {
        tasks.add(address(TEP, channel));
      }
    }
    for (int i = 0; i < FIXED.size(); i++) {
      if (((enabled >> (FIRST_FIXED + i)) & 1) != 0 && FIXED.get(i).event == address) {
        tasks.add(FIXED.get(i).task);
      }
    }
    if (!tasks.isEmpty() && !delay.isRunning()) {
      delay.after(1);
    }
  }

  private long address(int register, int channel) {
    return register(register + 8 * channel) & 0xFFFFFFFFL;
  }

  private void trigger() {
    List<Long> now = List.copyOf(tasks);
    tasks.clear();
    for (long task : now) {
      if ((task & 3) == 0) {
        poke(task, 4, 1);
      }
    }
  }
}
