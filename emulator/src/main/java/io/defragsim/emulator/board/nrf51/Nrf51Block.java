package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Wires;
import io.defragsim.emulator.system.AccessFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the peripherals of an nRF51 have in common: 4 KiB of registers. Those below 0x100 are tasks:
 * a store of an odd value does something. Those from 0x100 on are events: 1 since something
 * happened, until 0 is stored. The event at 0x100 + 4n holds the line of interrupt high while bit n
 * of INTEN is set. SHORTS has an event do a task of the same peripheral. All other registers hold
 * what was stored last, where a model says nothing else.
 *
 * <p>A part of a word can be loaded. A part that is stored leaves the rest of a register as it is,
 * and is as if the rest were 0 for tasks, events and registers that set or clear bits. The manual
 * allows whole words only.
 */
abstract class Nrf51Block {
  private static final int BYTES = 0x1000;
  private static final int FIRST_EVENT = 0x100;
  private static final int EVENTS_END = 0x180;
  private static final int SHORTS = 0x200;
  private static final int INTEN = 0x300;
  private static final int INTENSET = 0x304;
  private static final int INTENCLR = 0x308;
  private static final int POWER = 0xFFC;

  final Wires wires;
  private final List<Shortcut> shortcuts;
  private final int[] words = new int[BYTES / 4];
  private final List<Alarm> alarms = new ArrayList<>();
  private int happened;
  private int enabled;
  private boolean interrupting;

  /** A bit of SHORTS: the event with this offset does the task with that. */
  record Shortcut(int bit, int event, int task) {}

  Nrf51Block(Wires wires, Shortcut... shortcuts) {
    this.wires = wires;
    this.shortcuts = List.of(shortcuts);
  }

  /** Does a task, by its register's offset. */
  abstract void task(int offset);

  /** Goes to the state out of reset; the registers hold 0, and the alarms are stopped. */
  void restart() {}

  /** What a register answers that is neither task nor event. */
  int load(int offset) {
    return register(offset);
  }

  /** Whether a bit of a register is cleared by storing 1. */
  boolean clears(int offset) {
    return false;
  }

  /** Something was stored to a register that is neither task nor event. */
  void stored(int offset, int value) {}

  final Alarm alarm(Runnable action) {
    return kept(wires.alarm(action));
  }

  /**
   * @param basis as {@link Wires#latency} has it, without the peripheral's name
   */
  final Alarm latency(String basis, Runnable action) {
    return kept(wires.latency(wires.name() + ": " + basis, action));
  }

  /** The same without an alarm. */
  final void rest(String basis) {
    wires.rest(wires.name() + ": " + basis);
  }

  private Alarm kept(Alarm alarm) {
    alarms.add(alarm);
    return alarm;
  }

  /** What a register holds. */
  final int register(int offset) {
    return words[offset >> 2];
  }

  final void set(int offset, int value) {
    words[offset >> 2] = value;
  }

  /** Has an event happen, by its register's offset. */
  final void happen(int event) {
    happened |= bit(event);
    agree();
    wires.signal(event);
    for (Shortcut shortcut : shortcuts) {
      if (shortcut.event == event && ((register(SHORTS) >> shortcut.bit) & 1) != 0) {
        task(shortcut.task);
      }
    }
  }

  /** The bits of INTEN that are set. */
  final int enabled() {
    return enabled;
  }

  final void reset() {
    alarms.forEach(Alarm::stop);
    Arrays.fill(words, 0);
    happened = 0;
    enabled = 0;
    agree();
    set(POWER, 1);
    restart();
  }

  final int read(int offset, int bytes) {
    int word = word(offset & ~3) >>> (8 * (offset & 3));
    return bytes == 4 ? word : word & ((1 << (8 * bytes)) - 1);
  }

  private int word(int offset) {
    if (offset < FIRST_EVENT) {
      return 0;
    }
    if (offset < EVENTS_END) {
      return (happened & bit(offset)) == 0 ? 0 : 1;
    }
    return switch (offset) {
      case INTEN, INTENSET, INTENCLR -> enabled;
      default -> load(offset);
    };
  }

  final void write(int offset, int bytes, int value) {
    int shift = 8 * (offset & 3);
    int mask = (bytes == 4 ? -1 : (1 << (8 * bytes)) - 1) << shift;
    int register = offset & ~3;
    int rest = clears(register) ? 0 : register(register) & ~mask;
    store(register, rest | ((value << shift) & mask));
  }

  private void store(int offset, int value) {
    if (offset < FIRST_EVENT) {
      if ((value & 1) != 0) {
        task(offset);
      }
    } else if (offset < EVENTS_END) {
      if (value == 0) {
        happened &= ~bit(offset);
        agree();
      }
    } else if (offset == POWER && (value & 1) == 0) {
      reset();
      set(POWER, value);
    } else {
      switch (offset) {
        case INTEN -> enabled = value;
        case INTENSET -> enabled |= value;
        case INTENCLR -> enabled &= ~value;
        default -> set(offset, clears(offset) ? register(offset) & ~value : value);
      }
      agree();
      stored(offset, value);
    }
  }

  /** What the core would load; 0 where nothing is. */
  final int peek(long address, int bytes) {
    try {
      return wires.memory().read(address, bytes);
    } catch (AccessFault nothing) {
      return 0;
    }
  }

  /** Stores as the core would; nothing happens where nothing is. */
  final void poke(long address, int bytes, int value) {
    try {
      wires.memory().write(address, bytes, value);
    } catch (AccessFault nothing) {
      // as on a part
    }
  }

  private void agree() {
    boolean high = (happened & enabled) != 0;
    if (high != interrupting) {
      interrupting = high;
      wires.interrupt(high);
    }
  }

  private static int bit(int event) {
    return 1 << ((event - FIRST_EVENT) >> 2);
  }
}
