package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Wires;

/**
 * The random number generator, whose numbers are the same in each run: xorshift of 32 bits from a
 * fixed seed, of which a byte takes the upper 8.
 *
 * <p>A byte takes 167 us, and 677 us with bias correction, on average: from memory of the
 * nRF51822's product specification, unconfirmed. A part's own times vary from byte to byte.
 */
final class Nrf51Rng extends Nrf51Block {
  private static final int START = 0x0;
  private static final int STOP = 0x4;
  private static final int VALRDY = 0x100;
  private static final int CONFIG = 0x504;
  private static final int VALUE = 0x508;
  private static final int SEED = 0x2545F491;

  private final Alarm ready;
  private int state;

  Nrf51Rng(Wires wires) {
    super(wires, new Shortcut(0, VALRDY, STOP));
    ready = latency("a random byte takes 167 us, or 677 us with bias correction", this::ready);
  }

  @Override
  void restart() {
    state = SEED;
  }

  @Override
  void task(int offset) {
    switch (offset) {
      case START -> next();
      case STOP -> ready.stop();
      default -> {}
    }
  }

  private void next() {
    ready.after(wires.cycles((register(CONFIG) & 1) == 0 ? 167 : 677));
  }

  private void ready() {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    set(VALUE, state >>> 24);
    next();
    happen(VALRDY);
  }
}
