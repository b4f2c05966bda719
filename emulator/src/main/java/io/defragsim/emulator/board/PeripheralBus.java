package io.defragsim.emulator.board;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.Memory;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where the addresses of a board lead; what is none of its own is left to another memory. */
final class PeripheralBus implements Memory {
  private final LiveBoard live;
  private final Memory beyond;
  private final TreeMap<Long, LiveBlock> blocks = new TreeMap<>();
  private @Nullable LiveBlock last;
  private boolean byModel;

  /**
   * A block of this run.
   *
   * @param model null for registers that remember
   */
  record LiveBlock(Board.Block block, @Nullable Peripheral model) {}

  PeripheralBus(LiveBoard live, Memory beyond) {
    this.live = live;
    this.beyond = beyond;
  }

  void put(LiveBlock block) {
    blocks.put(block.block().base(), block);
  }

  private @Nullable LiveBlock at(long address) {
    if (last != null && last.block().has(address)) {
      return last;
    }
    Map.Entry<Long, LiveBlock> entry = blocks.floorEntry(address);
    if (entry == null || !entry.getValue().block().has(address)) {
      return null;
    }
    last = entry.getValue(); // the next access is of the same one, most times
    return last;
  }

  /** The same for models, which are not the program: nobody counts what they do. */
  Memory byModels(Memory all) {
    return new Memory() {
      @Override
      public int read(long address, int bytes) throws AccessFault {
        boolean before = byModel;
        byModel = true;
        try {
          return all.read(address, bytes);
        } finally {
          byModel = before;
        }
      }

      @Override
      public void write(long address, int bytes, int value) throws AccessFault {
        boolean before = byModel;
        byModel = true;
        try {
          all.write(address, bytes, value);
        } finally {
          byModel = before;
        }
      }

      @Override
      public int fetch(long address) throws AccessFault {
        return all.fetch(address);
      }

      @Override
      public boolean waits(long address) {
        return all.waits(address);
      }
    };
  }

  @Override
  public int read(long address, int bytes) throws AccessFault {
    LiveBlock at = at(address);
    if (at == null) {
      return beyond.read(address, bytes);
    }
    Peripheral model = at.model();
    int value;
    if (model != null) {
      used(at);
      value = load(at.block(), model, (int) (address - at.block().base()), bytes) & mask(bytes);
    } else {
      value = remembered(at, address, bytes);
    }
    if (!byModel) {
      if (model != null || live.rules().knows(address & ~3L)) {
        live.ledger().meetTime();
      }
      live.polled(at, address, value);
    }
    if (model == null) {
      live.rules().loaded(address & ~3L);
    }
    return value;
  }

  private int remembered(LiveBlock at, long address, int bytes) throws AccessFault {
    long word = address & ~3L;
    if (!live.knows(word)) {
      refuseIfStrict(at, address, "load from");
      if (!live.registers().isKnown(word) && !byModel) {
        live.ledger().readUnwritten(live.name(at.block(), word));
      }
    }
    return live.registers().get(word) >>> shift(address) & mask(bytes);
  }

  @Override
  public void write(long address, int bytes, int value) throws AccessFault {
    LiveBlock at = at(address);
    if (at == null) {
      if (!live.nonVolatile().store(address, bytes, value)) {
        beyond.write(address, bytes, value);
      }
      return;
    }
    if (!byModel) {
      live.stored();
    }
    Peripheral model = at.model();
    if (model != null) {
      used(at);
      store(at.block(), model, (int) (address - at.block().base()), bytes, value);
      return;
    }
    long word = address & ~3L;
    if (!live.knows(word)) {
      refuseIfStrict(at, address, "store to");
      if (!live.registers().hasRoom(word)) {
        throw new AccessFault(
            Fault.Kind.UNMAPPED_ACCESS,
            address,
            String.format(
                Locale.ROOT,
                "store to %s: %,d registers are remembered already, and no board has more",
                live.name(at.block(), word),
                RegisterFile.MOST_WORDS));
      }
      live.ledger().remembered(live.name(at.block(), word));
    }
    int mask = mask(bytes) << shift(address);
    int all = (live.registers().get(word) & ~mask) | (value << shift(address) & mask);
    live.rules().store(word, all);
  }

  private static int load(Board.Block block, Peripheral model, int offset, int bytes) {
    try {
      return model.read(offset, bytes);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw ModelFailedException.of(block.name(), model.getClass(), e);
    }
  }

  private static void store(Board.Block block, Peripheral model, int offset, int bytes, int value) {
    try {
      model.write(offset, bytes, value);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw ModelFailedException.of(block.name(), model.getClass(), e);
    }
  }

  private void used(LiveBlock at) {
    if (!byModel) {
      live.ledger().usedModel(at.block().name());
    }
  }

  private void refuseIfStrict(LiveBlock at, long address, String what) throws AccessFault {
    if (live.checks().strict()) {
      throw new AccessFault(
          Fault.Kind.UNMAPPED_ACCESS,
          address,
          String.format(
              Locale.ROOT,
              "%s %s: no model, no rule and no name of the board is for this register"
                  + " (--strict-peripherals)",
              what,
              live.name(at.block(), address & ~3L)));
    }
  }

  @Override
  public int fetch(long address) throws AccessFault {
    LiveBlock at = at(address);
    if (at == null) {
      return beyond.fetch(address);
    }
    throw new AccessFault(
        Fault.Kind.UNMAPPED_FETCH,
        address,
        String.format(
            Locale.ROOT,
            "the program went to 0x%08x, to the registers of %s",
            address,
            at.block().name()));
  }

  @Override
  public boolean waits(long address) {
    return beyond.waits(address);
  }

  private static int shift(long address) {
    return 8 * (int) (address & 3);
  }

  private static int mask(int bytes) {
    return bytes == 4 ? -1 : (1 << (8 * bytes)) - 1;
  }
}
