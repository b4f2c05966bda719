package io.defragsim.emulator.fast;

import static org.objectweb.asm.Opcodes.*;

import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.FlashWaits;
import java.util.function.Supplier;
import org.objectweb.asm.Label;

/** Writes loads and stores. What is not plain of them leaves the region before it is done. */
final class AccessWriter {
  private static final int SP = 13;

  private final Emitter e;
  private final Place place;
  private final Supplier<Label> leave;

  /**
   * Where the memories are.
   *
   * @param memory that of flash
   * @param flash its wait states
   * @param guards whether a word of SRAM may be guarded
   */
  record Place(
      int sramBase, int sramWords, MemoryMap.Flash memory, FlashWaits flash, boolean guards) {
    int flashWords() {
      return memory.bytes() / 4;
    }
  }

  /**
   * @param leave where the instruction that is being written leaves the region
   */
  AccessWriter(Emitter emitter, Place place, Supplier<Label> leave) {
    e = emitter;
    this.place = place;
    this.leave = leave;
  }

  void load(Op op) {
    int size = op.kind().bytes();
    address(op, size);
    find(1, true);
    e.getArray(Emitter.WORDS);
    e.get(Emitter.INDEX);
    e.op(IALOAD);
    if (size < 4) {
      e.get(Emitter.ADDRESS);
      e.number(3);
      e.op(ISHL);
      e.op(IUSHR); // by the low five bits
      switch (op.kind()) {
        case LOAD_HALFWORD -> e.op(I2C);
        case LOAD_SIGNED_HALFWORD -> e.op(I2S);
        case LOAD_SIGNED_BYTE -> e.op(I2B);
        default -> e.and(0xFF);
      }
    }
    e.setRegister(op.rd());
  }

  void store(Op op) {
    int size = op.kind().bytes();
    address(op, size);
    indexInSram(leave.get(), 1);
    guard(1);
    e.getArray(Emitter.SRAM);
    e.get(Emitter.INDEX);
    if (size == 4) {
      e.getRegister(op.rd());
    } else {
      int mask = size == 2 ? 0xFFFF : 0xFF;
      e.get(Emitter.ADDRESS);
      e.number(3);
      e.op(ISHL);
      e.set(Emitter.VALUE); // the shift
      e.getArray(Emitter.SRAM);
      e.get(Emitter.INDEX);
      e.op(IALOAD);
      shifted(() -> e.number(mask));
      e.exclusiveOr(-1);
      e.op(IAND);
      shifted(
          () -> {
            e.getRegister(op.rd());
            e.and(mask);
          });
      e.op(IOR);
    }
    e.op(IASTORE);
  }

  private void shifted(Runnable value) {
    value.run();
    e.get(Emitter.VALUE);
    e.op(ISHL);
  }

  /** ADDRESS is where the operation loads or stores, a multiple of its size. */
  private void address(Op op, int size) {
    e.first(op);
    if (op.rm() >= 0 || op.immediate() != 0 || op.rn() < 0) {
      e.second(op);
      e.op(IADD);
    }
    e.set(Emitter.ADDRESS);
    if (op.rn() != SP) {
      multipleOf(size);
    }
  }

  private void multipleOf(int size) {
    if (size > 1) {
      e.get(Emitter.ADDRESS);
      e.and(size - 1);
      e.jump(IFNE, leave.get());
    }
  }

  /** WORDS and INDEX are where so many words from ADDRESS on are. */
  private void find(int count, boolean inFlashToo) {
    e.getArray(Emitter.SRAM);
    e.setArray(Emitter.WORDS);
    Label otherwise = leave.get();
    if (!inFlashToo) {
      indexInSram(otherwise, count);
      return;
    }
    Label flash = new Label();
    Label found = new Label();
    indexInSram(flash, count);
    e.at(found);
    e.rarely(
        flash,
        () -> {
          e.get(Emitter.ADDRESS);
          offsetInFlash();
          index(place.flashWords() - count, otherwise);
          e.getArray(Emitter.FLASH);
          e.setArray(Emitter.WORDS);
          e.jump(GOTO, found);
        });
  }

  /** Makes of the address on the stack its offset, if it is in flash. */
  void offsetInFlash() {
    e.plus(-place.memory.minuend());
    if (place.memory.mask() != -1) {
      e.and(place.memory.mask());
    }
  }

  /** INDEX is that of the word at ADDRESS in SRAM, where so many words are. */
  private void indexInSram(Label otherwise, int count) {
    e.get(Emitter.ADDRESS);
    e.number(place.sramBase);
    e.op(ISUB);
    index(place.sramWords - count, otherwise);
  }

  /** INDEX is that of the word at an offset, if it is so many at most. */
  private void index(int most, Label otherwise) {
    e.number(2);
    e.op(IUSHR);
    e.op(DUP);
    e.set(Emitter.INDEX);
    e.number(most);
    e.jump(IF_ICMPGT, otherwise);
  }

  /** Leaves if one of so many words from INDEX on is guarded. */
  private void guard(int count) {
    if (place.guards) {
      e.getField("guard", "I");
      e.get(Emitter.INDEX);
      e.op(ISUB);
      e.exclusiveOr(Integer.MIN_VALUE); // so that it compares without sign
      e.number(Integer.MIN_VALUE + count);
      e.jump(IF_ICMPLT, leave.get());
    }
  }

  /** WORDS and INDEX are where a load of so many words begins. */
  void multiple(Op op, int count, boolean inFlashToo) {
    multiple(op, 0, count, inFlashToo);
  }

  private void multiple(Op op, int offset, int count, boolean inFlashToo) {
    e.getRegister(op.rn());
    e.plus(offset);
    e.set(Emitter.ADDRESS);
    if (op.rn() != SP) {
      multipleOf(4);
    }
    find(count, inFlashToo);
  }

  /** From INDEX on; the base register becomes ADDRESS and what was loaded, and {@code more}. */
  void loadMultiple(Op op, int more) {
    int i = 0;
    for (int rest = op.list(); rest != 0; rest &= rest - 1) {
      loadAt(i++);
      e.setRegister(Integer.numberOfTrailingZeros(rest));
    }
    if (op.rd() >= 0) {
      e.get(Emitter.ADDRESS);
      e.plus(4 * i + more);
      e.setRegister(op.rd());
    }
  }

  /** The word so many behind that at INDEX. */
  void loadAt(int behind) {
    e.getArray(Emitter.WORDS);
    e.get(Emitter.INDEX);
    e.plus(behind);
    e.op(IALOAD);
  }

  void storeMultiple(Op op) {
    int count = Integer.bitCount(op.list());
    boolean down = op.immediate() < 0;
    multiple(op, down ? -4 * count : 0, count, false);
    guard(count);
    int i = 0;
    for (int rest = op.list(); rest != 0; rest &= rest - 1) {
      e.getArray(Emitter.WORDS);
      e.get(Emitter.INDEX);
      e.plus(i++);
      e.getRegister(Integer.numberOfTrailingZeros(rest));
      e.op(IASTORE);
    }
    e.get(Emitter.ADDRESS);
    e.plus(down ? 0 : 4 * count);
    e.setRegister(op.rd());
  }
}
