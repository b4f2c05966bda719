package io.defragsim.emulator.engine;

import io.defragsim.emulator.Registers;
import io.defragsim.emulator.system.MemoryMap;
import java.util.ArrayList;
import java.util.List;
import unicorn.ArmConst;
import unicorn.Unicorn;

/** Registers and memory of the engine's core, with the quirks of the library's access hidden. */
final class Core {
  private static final int CPSR_THUMB = 0x20;
  private static final int XPSR_THUMB = 1 << 24;
  private static final int FLAGS = 0xF000_0000;

  final Unicorn unicorn;
  final MemoryMap map;
  private final byte[] flash;
  private final boolean[] executedPages;
  private final byte[] word = new byte[4];

  Core(Unicorn unicorn, MemoryMap map, byte[] flash) {
    this.unicorn = unicorn;
    this.map = map;
    this.flash = flash;
    executedPages = new boolean[map.sramBytes() / MemoryMap.PAGE];
  }

  @SuppressWarnings("deprecation") // the other form boxes, and leaves garbage in the upper half
  int register(int id) {
    byte[] b = unicorn.reg_read(id, 4);
    return (b[0] & 0xFF) | (b[1] & 0xFF) << 8 | (b[2] & 0xFF) << 16 | b[3] << 24;
  }

  @SuppressWarnings("deprecation") // the other form boxes
  void register(int id, int value) {
    word[0] = (byte) value;
    word[1] = (byte) (value >>> 8);
    word[2] = (byte) (value >>> 16);
    word[3] = (byte) (value >>> 24);
    unicorn.reg_write(id, word);
  }

  int general(int number) {
    return register(ArmConst.UC_ARM_REG_R0 + number);
  }

  long pc() {
    return register(ArmConst.UC_ARM_REG_PC) & 0xFFFF_FFFFL;
  }

  boolean thumb() {
    return (register(ArmConst.UC_ARM_REG_CPSR) & CPSR_THUMB) != 0;
  }

  /** N, Z, C and V in bits 31 to 28. */
  int flags() {
    return register(ArmConst.UC_ARM_REG_CPSR) & FLAGS;
  }

  /** All registers; PC is not exact in a hook, so the caller gives it. */
  Registers registers(long pc) {
    List<Integer> general = new ArrayList<>(13);
    for (int number = 0; number <= 12; number++) {
      general.add(general(number));
    }
    int xpsr = flags() | (thumb() ? XPSR_THUMB : 0);
    return new Registers(
        general,
        register(ArmConst.UC_ARM_REG_SP),
        register(ArmConst.UC_ARM_REG_LR),
        (int) pc,
        xpsr);
  }

  /** The halfword of code at {@code address}, 0 where nothing is mapped. */
  int codeHalfword(long address) {
    int offset = map.flashOffset(address);
    if (offset >= 0) {
      return (flash[offset] & 0xFF) | (flash[offset + 1] & 0xFF) << 8;
    }
    if (map.sramOffset(address) >= 0) {
      byte[] b = unicorn.mem_read(address, 2);
      return (b[0] & 0xFF) | (b[1] & 0xFF) << 8;
    }
    return 0;
  }

  /** The code from {@code address} on; what is not mapped reads as 0. */
  byte[] code(long address, int bytes) {
    int offset = map.flashOffset(address);
    if (offset >= 0 && offset + bytes <= flash.length) {
      return java.util.Arrays.copyOfRange(flash, offset, offset + bytes);
    }
    if (map.isSram(address, bytes)) {
      return unicorn.mem_read(address, bytes);
    }
    byte[] code = new byte[bytes];
    for (int i = 0; i + 1 < bytes; i += 2) {
      int halfword = codeHalfword(address + i);
      code[i] = (byte) halfword;
      code[i + 1] = (byte) (halfword >>> 8);
    }
    return code;
  }

  /** Notes that SRAM from {@code address} on is code that the engine has translated. */
  void executed(long address, int bytes) {
    int first = map.sramOffset(address);
    if (first < 0) {
      return;
    }
    int last = Math.min(first + bytes - 1, map.sramBytes() - 1);
    for (int page = first / MemoryMap.PAGE; page <= last / MemoryMap.PAGE; page++) {
      executedPages[page] = true;
    }
  }

  boolean anyExecuted(long address, int bytes) {
    if (bytes == 0) {
      return false;
    }
    int first = map.sramOffset(address);
    for (int page = first / MemoryMap.PAGE; page <= (first + bytes - 1) / MemoryMap.PAGE; page++) {
      if (executedPages[page]) {
        return true;
      }
    }
    return false;
  }
}
