package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.model.LittleEndian;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.MemoryMap;
import java.util.Arrays;
import unicorn.ArmConst;
import unicorn.Unicorn;
import unicorn.UnicornConst;
import unicorn.UnicornException;

/**
 * Registers and memory of one core, with the quirks of the library's access hidden. The instance of
 * the library behind it can be exchanged.
 */
final class Core {
  private static final int CPSR_THUMB = 0x20;
  private static final int FLAGS = 0xF000_0000;

  private static final int CPSR_PRIMASK = 0x80;

  final MemoryMap map;
  private final byte[] flash;
  private final byte[] word = new byte[4];

  private Unicorn unicorn;

  /** Adds the hooks to a new instance of the library. */
  interface Hooks {
    void add(Unicorn unicorn);
  }

  Core(MemoryMap map, byte[] flash, byte[] sram) {
    this.map = map;
    this.flash = flash;
    unicorn = open(sram);
  }

  /** For the first instance; later ones get theirs from {@link #renew}. */
  void addHooks(Hooks hooks) {
    hooks.add(unicorn);
  }

  /** Another instance of the library, which knows no translated code. */
  void renew(byte[] sram, Hooks hooks) {
    close();
    unicorn = open(sram);
    hooks.add(unicorn);
  }

  private Unicorn open(byte[] sram) {
    Unicorn opened = Instances.open(flash.length, flash.length, map.sramBytes());
    int readOnly = UnicornConst.UC_PROT_READ | UnicornConst.UC_PROT_EXEC;
    opened.mem_map(MemoryMap.FLASH_LOW, flash.length, readOnly);
    opened.mem_write(MemoryMap.FLASH_LOW, flash);
    opened.mem_map(MemoryMap.FLASH_HIGH, flash.length, readOnly);
    opened.mem_write(MemoryMap.FLASH_HIGH, flash);
    opened.mem_map(map.sramBase(), map.sramBytes(), UnicornConst.UC_PROT_ALL);
    opened.mem_write(map.sramBase(), sram);
    opened.mem_map(MemoryMap.HOST_PAGE, MemoryMap.HOST_BYTES, readOnly);
    return opened;
  }

  void close() {
    Instances.close(unicorn);
  }

  /**
   * Runs.
   *
   * @return false if the library gave an error; the events tell which
   */
  boolean run(long from, long until) {
    try {
      unicorn.emu_start(from | 1, until, 0, 0);
      return true;
    } catch (UnicornException e) {
      return false;
    }
  }

  /** Ends the run, from a hook: before the block or instruction announced. */
  void stop() {
    unicorn.emu_stop();
  }

  byte[] read(long address, int length) {
    return unicorn.mem_read(address, length);
  }

  /** Writes to where no code was executed: else the process crashes. */
  void write(long address, byte[] bytes) {
    unicorn.mem_write(address, bytes);
  }

  @SuppressWarnings("deprecation") // the other form boxes, and leaves garbage in the upper half
  int register(int id) {
    return LittleEndian.get(unicorn.reg_read(id, 4), 0);
  }

  @SuppressWarnings("deprecation") // the other form boxes
  void register(int id, int value) {
    LittleEndian.set(word, 0, value);
    unicorn.reg_write(id, word);
  }

  int general(int number) {
    return register(ArmConst.UC_ARM_REG_R0 + number);
  }

  int stackPointer() {
    return register(ArmConst.UC_ARM_REG_SP);
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

  /** The code of a block in flash. */
  byte[] code(long address, int bytes) {
    int offset = map.flashOffset(address);
    return Arrays.copyOfRange(flash, offset, offset + bytes);
  }

  /** The state before the instruction at {@code pc}. */
  CoreState state(long pc) {
    CoreState state = new CoreState();
    for (int number = 0; number <= 12; number++) {
      state.setRegister(number, general(number));
    }
    state.setMsp(register(ArmConst.UC_ARM_REG_MSP));
    state.setPsp(register(ArmConst.UC_ARM_REG_PSP));
    state.setLr(register(ArmConst.UC_ARM_REG_LR));
    state.setPc((int) pc);
    state.setFlags(flags());
    state.setThumb(true);
    state.setPrimask((register(ArmConst.UC_ARM_REG_CPSR) & CPSR_PRIMASK) != 0);
    return state;
  }
}
