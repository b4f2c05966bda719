package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.ExceptionFlow;
import java.util.Objects;

/**
 * What each instruction does to registers and memory (A6.7, B4.2). Time, exceptions and faults are
 * the {@link Interpreter}'s.
 */
final class Executor {

  /** Where control goes after an instruction. */
  enum Effect {
    /** To the next instruction in memory. */
    NEXT,
    /** Somewhere by a branch; PC and T say where. */
    BRANCHED,
    /** Into an exception return; {@link #excReturn} says which. PC is still at the instruction. */
    EXCEPTION_RETURN,
    /** To sleep until an interrupt. */
    WAIT_FOR_INTERRUPT,
    /** To sleep until an event. */
    WAIT_FOR_EVENT
  }

  private static final int PC = 15;

  private final CoreState core;
  private final CoreSystem system;
  private final CoreBus bus;
  private final ExceptionFlow exceptions;
  private final SpecialRegisters special;
  private final Alu alu = new Alu();

  /** From here on are peripherals (B3.1): when they are accessed can be seen. */
  private static final int FIRST_DEVICE = 0x4000_0000;

  private int address; // of the instruction that runs
  private int passed;
  private int excReturn;

  Executor(
      CoreState core, CoreSystem system, CoreBus bus, ExceptionFlow exceptions, CoreKind kind) {
    this.core = core;
    this.system = system;
    this.bus = bus;
    this.exceptions = exceptions;
    special = new SpecialRegisters(core, kind);
  }

  /** The value of the exception return that the last instruction was. */
  int excReturn() {
    return excReturn;
  }

  /**
   * Executes the instruction at PC and moves PC on.
   *
   * @param i neither SVC nor BKPT
   * @throws AccessFault if an access failed; registers and memory may have changed in part
   */
  Effect execute(Instruction i) throws AccessFault {
    address = core.pc();
    passed = 0;
    core.setPc(address + i.bytes());
    return switch (i.form().cost()) {
      case DATA, MULTIPLY, PC_WRITE -> data(i);
      case LOAD -> load(i);
      case STORE -> store(i);
      case LOAD_MULTIPLE, LOAD_MULTIPLE_PC -> loadMultiple(i);
      case STORE_MULTIPLE -> storeMultiple(i);
      case BRANCH_CONDITIONAL -> {
        boolean taken = Objects.requireNonNull(i.condition()).holds(core.flags());
        yield taken ? branch(operand(PC) + i.immediate()) : Effect.NEXT;
      }
      case BRANCH -> branch(operand(PC) + i.immediate());
      case BRANCH_LINK -> {
        core.setLr(core.pc() | 1);
        yield branch(operand(PC) + i.immediate());
      }
      case BRANCH_EXCHANGE -> exchange(operand(i.rm()));
      case BRANCH_LINK_EXCHANGE -> {
        int target = operand(i.rm());
        core.setLr(core.pc() | 1);
        yield interwork(target);
      }
      case SPECIAL -> special(i);
      case BARRIER -> Effect.NEXT;
      case PRIMASK_CHANGE -> {
        if (core.privileged()) {
          core.setPrimask(i.immediate() != 0);
        }
        yield Effect.NEXT;
      }
      case HINT -> {
        if (i.form() == Form.SEV) {
          system.setEventRegister(true);
        }
        yield Effect.NEXT;
      }
      case WAIT -> i.form() == Form.WFI ? Effect.WAIT_FOR_INTERRUPT : Effect.WAIT_FOR_EVENT;
      case SUPERVISOR_CALL, BREAKPOINT ->
          throw new IllegalArgumentException("an exception, no instruction to execute: " + i);
    };
  }

  /** A register as an operand: PC reads as the address of the instruction plus 4. */
  private int operand(int register) {
    return register == PC ? address + 4 : core.register(register);
  }

  private Effect data(Instruction i) {
    alu.setFlags(core.flags());
    switch (i.form()) {
      case MOVS_REGISTER -> result(i, alu.logical(operand(i.rm())));
      case MOVS_IMMEDIATE -> result(i, alu.logical(i.immediate()));
      case LSLS_IMMEDIATE -> result(i, alu.shiftLeft(operand(i.rm()), i.immediate()));
      case LSRS_IMMEDIATE -> result(i, alu.shiftRight(operand(i.rm()), i.immediate()));
      case ASRS_IMMEDIATE -> result(i, alu.shiftRightSigned(operand(i.rm()), i.immediate()));
      case ADDS_REGISTER -> result(i, alu.add(operand(i.rn()), operand(i.rm()), false));
      case SUBS_REGISTER -> result(i, alu.subtract(operand(i.rn()), operand(i.rm())));
      case ADDS_IMMEDIATE3, ADDS_IMMEDIATE8 ->
          result(i, alu.add(operand(i.rn()), i.immediate(), false));
      case SUBS_IMMEDIATE3, SUBS_IMMEDIATE8 ->
          result(i, alu.subtract(operand(i.rn()), i.immediate()));
      case CMP_IMMEDIATE -> alu.subtract(operand(i.rn()), i.immediate());
      case CMP_REGISTER, CMP_REGISTER_HIGH -> alu.subtract(operand(i.rn()), operand(i.rm()));
      case CMN -> alu.add(operand(i.rn()), operand(i.rm()), false);
      case TST -> alu.logical(operand(i.rn()) & operand(i.rm()));
      case ANDS -> result(i, alu.logical(operand(i.rn()) & operand(i.rm())));
      case EORS -> result(i, alu.logical(operand(i.rn()) ^ operand(i.rm())));
      case ORRS -> result(i, alu.logical(operand(i.rn()) | operand(i.rm())));
      case BICS -> result(i, alu.logical(operand(i.rn()) & ~operand(i.rm())));
      case MVNS -> result(i, alu.logical(~operand(i.rm())));
      case LSLS_REGISTER -> result(i, alu.shiftLeft(operand(i.rn()), operand(i.rm()) & 0xFF));
      case LSRS_REGISTER -> result(i, alu.shiftRight(operand(i.rn()), operand(i.rm()) & 0xFF));
      case ASRS_REGISTER ->
          result(i, alu.shiftRightSigned(operand(i.rn()), operand(i.rm()) & 0xFF));
      case RORS -> result(i, alu.rotateRight(operand(i.rn()), operand(i.rm()) & 0xFF));
      case ADCS -> result(i, alu.add(operand(i.rn()), operand(i.rm()), alu.carry()));
      case SBCS -> result(i, alu.add(operand(i.rn()), ~operand(i.rm()), alu.carry()));
      case RSBS -> result(i, alu.subtract(0, operand(i.rn())));
      case MULS -> result(i, alu.logical(operand(i.rn()) * operand(i.rm())));
      case SXTH -> result(i, (short) operand(i.rm()));
      case SXTB -> result(i, (byte) operand(i.rm()));
      case UXTH -> result(i, operand(i.rm()) & 0xFFFF);
      case UXTB -> result(i, operand(i.rm()) & 0xFF);
      case REV -> result(i, Integer.reverseBytes(operand(i.rm())));
      case REV16 -> {
        int value = operand(i.rm());
        result(i, (value >>> 8 & 0x00FF_00FF) | (value << 8 & 0xFF00_FF00));
      }
      case REVSH -> {
        int value = operand(i.rm());
        result(i, (short) ((value & 0xFF) << 8 | (value >>> 8 & 0xFF)));
      }
      case ADR -> result(i, (operand(PC) & ~3) + i.immediate());
      case ADD_SP_IMMEDIATE, ADD_TO_SP_IMMEDIATE -> result(i, operand(i.rn()) + i.immediate());
      case SUB_FROM_SP_IMMEDIATE -> result(i, operand(i.rn()) - i.immediate());
      case ADD_SP_REGISTER, ADD_REGISTER_TO_SP, ADD_REGISTER_HIGH ->
          result(i, operand(i.rn()) + operand(i.rm()));
      case MOV_REGISTER_HIGH -> result(i, operand(i.rm()));
      case ADD_SP_TO_PC, ADD_TO_PC -> {
        return branch(operand(i.rn()) + operand(i.rm()));
      }
      case MOV_TO_PC -> {
        return branch(operand(i.rm()));
      }
      default -> throw new IllegalStateException("no data processing: " + i);
    }
    core.setFlags(alu.flags());
    return Effect.NEXT;
  }

  private void result(Instruction i, int value) {
    core.setRegister(i.rd(), value);
  }

  private Effect load(Instruction i) throws AccessFault {
    int value =
        switch (i.form()) {
          case LDR_LITERAL -> bus.load((operand(PC) & ~3) + i.immediate(), 4);
          case LDR_IMMEDIATE, LDR_SP -> bus.load(operand(i.rn()) + i.immediate(), 4);
          case LDRH_IMMEDIATE -> bus.load(operand(i.rn()) + i.immediate(), 2);
          case LDRB_IMMEDIATE -> bus.load(operand(i.rn()) + i.immediate(), 1);
          case LDR_REGISTER -> bus.load(operand(i.rn()) + operand(i.rm()), 4);
          case LDRH_REGISTER -> bus.load(operand(i.rn()) + operand(i.rm()), 2);
          case LDRB_REGISTER -> bus.load(operand(i.rn()) + operand(i.rm()), 1);
          case LDRSH_REGISTER -> (short) bus.load(operand(i.rn()) + operand(i.rm()), 2);
          case LDRSB_REGISTER -> (byte) bus.load(operand(i.rn()) + operand(i.rm()), 1);
          default -> throw new IllegalStateException("no load: " + i);
        };
    core.setRegister(i.rt(), value);
    return Effect.NEXT;
  }

  private Effect store(Instruction i) throws AccessFault {
    int value = operand(i.rt());
    switch (i.form()) {
      case STR_IMMEDIATE, STR_SP -> bus.store(operand(i.rn()) + i.immediate(), 4, value);
      case STRH_IMMEDIATE -> bus.store(operand(i.rn()) + i.immediate(), 2, value);
      case STRB_IMMEDIATE -> bus.store(operand(i.rn()) + i.immediate(), 1, value);
      case STR_REGISTER -> bus.store(operand(i.rn()) + operand(i.rm()), 4, value);
      case STRH_REGISTER -> bus.store(operand(i.rn()) + operand(i.rm()), 2, value);
      case STRB_REGISTER -> bus.store(operand(i.rn()) + operand(i.rm()), 1, value);
      default -> throw new IllegalStateException("no store: " + i);
    }
    return Effect.NEXT;
  }

  /** LDM and POP: the lowest register from the lowest address. */
  private Effect loadMultiple(Instruction i) throws AccessFault {
    int first = operand(i.rn());
    int at = first;
    int end = at + 4 * i.registerCount();
    int[] values = new int[PC + 1];
    for (int register = 0; register <= PC; register++) {
      if ((i.registerList() & 1 << register) != 0) {
        passTo(at, first);
        values[register] = bus.load(at, 4);
        at += 4;
      }
    }
    for (int register = 0; register < PC; register++) {
      if ((i.registerList() & 1 << register) != 0) {
        core.setRegister(register, values[register]);
      }
    }
    if (i.form() != Form.LDM || i.writesBack()) {
      core.setRegister(i.rn(), end);
    }
    return i.form() == Form.POP_PC ? exchange(values[PC]) : Effect.NEXT;
  }

  /** STM upwards from the base, PUSH to below SP. Where STM's base is UNKNOWN, its old value. */
  private Effect storeMultiple(Instruction i) throws AccessFault {
    int bytes = 4 * i.registerCount();
    boolean push = i.form() == Form.PUSH;
    int base = operand(i.rn());
    int at = push ? base - bytes : base;
    int first = at;
    int newBase = push ? at : base + bytes;
    for (int register = 0; register < PC; register++) {
      if ((i.registerList() & 1 << register) != 0) {
        passTo(at, first);
        bus.store(at, 4, operand(register));
        at += 4;
      }
    }
    core.setRegister(i.rn(), newBase);
    return Effect.NEXT;
  }

  /** Lets a cycle pass between two transfers of one instruction, where something could tell. */
  private void passTo(int at, int first) {
    if (at != first && Integer.compareUnsigned(at, FIRST_DEVICE) >= 0) {
      system.advance(1);
      passed++;
    }
  }

  /** Cycles of the last instruction that have passed already. */
  int passed() {
    return passed;
  }

  /** BranchWritePC: bit 0 of the target has no meaning. */
  private Effect branch(int target) {
    core.setPc(target);
    return Effect.BRANCHED;
  }

  /** BXWritePC: an exception return, or as {@link #interwork}. */
  private Effect exchange(int target) {
    if (exceptions.isReturn(target)) {
      excReturn = target;
      core.setPc(address);
      return Effect.EXCEPTION_RETURN;
    }
    return interwork(target);
  }

  /** BLXWritePC: bit 0 of the target becomes the Thumb bit. */
  private Effect interwork(int target) {
    core.setThumb((target & 1) != 0);
    core.setPc(target);
    return Effect.BRANCHED;
  }

  private Effect special(Instruction i) {
    if (i.form() == Form.MRS) {
      core.setRegister(i.rd(), special.read(i.sysm()));
    } else {
      special.write(i.sysm(), operand(i.rn()));
    }
    return Effect.NEXT;
  }
}
