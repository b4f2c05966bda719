package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.NonVolatile;
import io.defragsim.emulator.board.Wires;

/**
 * The controller of flash and UICR. While it works the core waits, as its code is in flash: so
 * READY always reads 1. A store to flash of another size than a word, or without CONFIG's consent,
 * faults.
 *
 * <p>A word takes 46.3 us, a page, and all of flash, 22.3 ms to erase: the longest times, from
 * memory of the nRF51822's product specification, unconfirmed.
 */
final class Nrf51Nvmc extends Nrf51Block {
  private static final int READY = 0x400;
  private static final int CONFIG = 0x504;
  private static final int ERASEPAGE = 0x508;
  private static final int ERASEALL = 0x50C;
  private static final int ERASEPCR0 = 0x510;
  private static final int ERASEUICR = 0x514;
  private static final int WRITES = 1;
  private static final int ERASES = 2;
  private static final int PAGE = 0x400;
  private static final long UICR = 0x10001000L;
  private static final int UICR_BYTES = 0x100;

  private final NonVolatile memory;
  private final Alarm programmed;
  private final Alarm erased;

  Nrf51Nvmc(Wires wires) {
    super(wires);
    memory = wires.nonVolatile();
    programmed = latency("the core waits 46.3 us for a word of flash", () -> {});
    erased = latency("the core waits 22.3 ms while flash is erased", () -> {});
    memory.onStore(this::program);
  }

  @Override
  void task(int offset) {}

  @Override
  int load(int offset) {
    return offset == READY ? 1 : register(offset);
  }

  @Override
  void stored(int offset, int value) {
    if ((register(CONFIG) & 3) != ERASES) {
      return;
    }
    switch (offset) {
      case ERASEPAGE, ERASEPCR0 -> erase(value & 0xFFFFFFFFL & -PAGE, PAGE);
      case ERASEALL -> {
        if ((value & 1) != 0) {
          for (long page = 0; memory.has(page); page += PAGE) {
            erase(page, PAGE);
          }
          erase(UICR, UICR_BYTES);
        }
      }
      case ERASEUICR -> {
        if ((value & 1) != 0) {
          erase(UICR, UICR_BYTES);
        }
      }
      default -> {
        return;
      }
    }
    wait(erased, 22_300);
  }

  private void erase(long address, int bytes) {
    if (memory.has(address)) {
      memory.erase(address, bytes);
    }
  }

  private boolean program(long address, int bytes, int value) {
    if ((register(CONFIG) & 3) != WRITES || bytes != 4) {
      return false;
    }
    memory.program(address, value);
    wait(programmed, 46.3);
    return true;
  }

  /** Has the core wait, and the ledger say why. */
  private void wait(Alarm done, double microseconds) {
    long cycles = wires.cycles(microseconds);
    done.after(cycles);
    wires.stall(cycles);
  }
}
