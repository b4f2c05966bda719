package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Armv6m;
import io.defragsim.emulator.isa.CostClass;
import io.defragsim.emulator.isa.Decoded;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.isa.SpecialRegister;
import io.defragsim.emulator.isa.Undefined;
import io.defragsim.emulator.isa.Unpredictable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * A random function that follows the AAPCS: it saves what it must, runs a body of all instruction
 * forms over random values, writes every register and the flags to the stack where they stay to be
 * compared, and returns. Some end in a fault instead.
 *
 * <p>A peculiar one also has what the engine's core does otherwise than ARMv6-M, so that it must be
 * interpreted.
 */
final class RandomProgram {
  private static final int FRAME = 256; // bytes for SP-relative accesses
  private static final Map<Form, List<Instruction>> BY_FORM = byForm();

  /** Forms that any operands but SP and PC as the destination leave safe. */
  private static final Set<CostClass> PLAIN = EnumSet.of(CostClass.DATA, CostClass.MULTIPLY);

  private static final List<Form> PLAIN_FORMS =
      BY_FORM.keySet().stream()
          .filter(form -> PLAIN.contains(form.cost()))
          .filter(
              form ->
                  form != Form.ADD_REGISTER_TO_SP
                      && form != Form.ADD_TO_SP_IMMEDIATE
                      && form != Form.SUB_FROM_SP_IMMEDIATE)
          .toList();

  private final SplittableRandom random;
  private final List<Integer> code = new ArrayList<>();
  private final Set<Form> used = EnumSet.noneOf(Form.class);

  private final boolean peculiar;
  private final boolean faulting;

  private RandomProgram(SplittableRandom random, boolean peculiar, boolean faulting) {
    this.random = random;
    this.peculiar = peculiar;
    this.faulting = faulting;
  }

  /** Halfwords of a function that stands at a multiple of 4. */
  static int[] function(SplittableRandom random, boolean peculiar, Set<Form> used) {
    RandomProgram program = new RandomProgram(random, peculiar, true);
    program.whole(20 + random.nextInt(60));
    return program.halfwords(used);
  }

  /** As {@link #function}, of any length, neither peculiar nor ending in a fault. */
  static int[] harmless(SplittableRandom random, Set<Form> used) {
    RandomProgram program = new RandomProgram(random, false, false);
    program.whole(random.nextInt(16));
    return program.halfwords(used);
  }

  private int[] halfwords(Set<Form> all) {
    all.addAll(used);
    return code.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Map<Form, List<Instruction>> byForm() {
    Map<Form, List<Instruction>> map = new EnumMap<>(Form.class);
    for (int halfword = 0; halfword < 0xE800; halfword++) {
      if (Armv6m.decode(halfword, 0) instanceof Instruction instruction) {
        map.computeIfAbsent(instruction.form(), form -> new ArrayList<>()).add(instruction);
      }
    }
    return map;
  }

  private void whole(int items) {
    emit(0xB5F0); // push {r4-r7, lr}
    for (int high = 8; high <= 11; high++) {
      emit(0x4600 | high << 3 | 4); // mov r4, r8..r11
      emit(0xB410); // push {r4}
    }
    emit(0xB080 | FRAME / 4); // sub sp, #FRAME
    for (int register = 0; register < 8; register++) {
      value(register);
    }
    for (int high = 8; high <= 12; high++) {
      emit(0x4680 | random.nextInt(8) << 3 | (high - 8)); // mov r8.., rN
    }
    newBlock();
    for (int i = 0; i < items; i++) {
      item();
      if (i % 2 == 1) { // a longer block must be interpreted
        newBlock();
      }
    }
    if (faulting && random.nextInt(16) == 0) {
      fault();
    }
    newBlock();
    emit(0xB4FF); // push {r0-r7}
    emit(0xF3EF, 0x8000, 0xB401); // mrs r0, apsr; push {r0}
    for (int high = 8; high <= 14; high++) {
      emit(0x4600 | high << 3, 0xB401); // mov r0, rN; push {r0}
    }
    emit(0xB000 | 8 + 1 + 7); // add sp, #64: what was pushed stays below
    emit(0xB000 | FRAME / 4); // add sp, #FRAME
    for (int high = 11; high >= 8; high--) {
      emit(0xBC10); // pop {r4}
      emit(0x4680 | 4 << 3 | (high - 8)); // mov rN, r4
    }
    emit(0xBDF0); // pop {r4-r7, pc}
  }

  private void item() {
    switch (random.nextInt(20)) {
      case 0, 1 -> loadOrStore(true);
      case 2, 3 -> loadOrStore(false);
      case 4 -> multiple();
      case 5 -> stack();
      case 6 -> skip();
      case 7 -> conditional();
      case 8 -> loop();
      case 9 -> computed();
      case 10 -> special();
      case 11 -> call();
      case 12 -> literal();
      case 13 -> value(random.nextInt(8));
      case 14 -> stackPointer();
      default -> plain();
    }
  }

  /** One 16-bit instruction that changes registers and flags only. */
  private void plain() {
    Form form = PLAIN_FORMS.get(random.nextInt(PLAIN_FORMS.size()));
    emit(pick(form, i -> i.rd() != 13 && i.rd() != 15));
  }

  private void plain(int most) {
    for (int n = random.nextInt(most + 1); n > 0; n--) {
      plain();
    }
  }

  /** A value with edge cases made likely. */
  private void value(int register) {
    emit(0x2000 | register << 8 | random.nextInt(256)); // movs
    switch (random.nextInt(4)) {
      case 0 -> emit(0x43C0 | register << 3 | register); // mvns
      case 1 -> emit(random.nextInt(32) << 6 | register << 3 | register); // lsls
      case 2 -> {
        emit(0x0600 | register << 3 | register, 0x3000 | register << 8 | random.nextInt(256));
        emit(0x43C0 | register << 3 | register); // lsls #24; adds; mvns
      }
      default -> {}
    }
  }

  /** An address in the SRAM that no stack reaches, a multiple of 4. */
  private void base(int register) {
    emit(0x2020 | register << 8); // movs rN, #0x20
    emit(0x0600 | register << 3 | register); // lsls rN, rN, #24
    emit(0x3000 | register << 8 | random.nextInt(32) * 4); // adds
    if (random.nextBoolean()) {
      emit(0x3000 | register << 8 | random.nextInt(63) * 4);
    }
  }

  private void loadOrStore(boolean withImmediate) {
    List<Form> forms =
        BY_FORM.keySet().stream()
            .filter(form -> form.cost() == CostClass.LOAD || form.cost() == CostClass.STORE)
            .filter(form -> form != Form.LDR_LITERAL && form != Form.LDR_SP && form != Form.STR_SP)
            .filter(form -> form.name().endsWith("IMMEDIATE") == withImmediate)
            .toList();
    Form form = forms.get(random.nextInt(forms.size()));
    Instruction i = pick(form, each -> each.rn() != each.rm());
    base(i.rn());
    if (!withImmediate) {
      int size = form.mnemonic().endsWith("b") ? 1 : form.mnemonic().endsWith("h") ? 2 : 4;
      emit(0x2000 | i.rm() << 8 | random.nextInt(256 / size) * size);
      if (random.nextInt(4) == 0) { // minus that
        emit(0x3080 | i.rn() << 8, 0x3080 | i.rn() << 8);
        emit(0x4240 | i.rm() << 3 | i.rm()); // rsbs
      }
    }
    emit(i);
  }

  private void literal() {
    switch (random.nextInt(3)) {
      case 0 -> emit(pick(Form.LDR_LITERAL, i -> true));
      case 1 -> emit(pick(Form.LDR_SP, i -> i.immediate() < FRAME));
      default -> emit(pick(Form.STR_SP, i -> i.immediate() < FRAME));
    }
  }

  private void multiple() {
    Form form = random.nextBoolean() ? Form.LDM : Form.STM;
    boolean load = form == Form.LDM;
    Instruction i =
        pick(form, each -> load || peculiar || (each.registerList() & 1 << each.rn()) == 0);
    base(i.rn());
    emit(i);
  }

  private void stack() {
    Instruction push = pick(Form.PUSH, i -> true);
    emit(push);
    plain(2);
    emit(pick(Form.POP, i -> i.registerCount() == Math.min(8, push.registerCount())));
    if (push.registerCount() == 9) {
      emit(0xB001); // add sp, #4
    }
  }

  private void stackPointer() {
    int n = random.nextInt(20);
    switch (random.nextInt(3)) {
      case 0 -> {
        emit(0xB080 | n); // sub sp, #n*4
        plain(2);
        emit(0xB000 | n);
      }
      case 1 -> { // b .+2; mov r7, sp; subs r7, #n*4; mov r6, sp; mov sp, r7; ...; mov sp, r6
        newBlock();
        emit(0x466F, 0x3F00 | lowBits(n * 4), 0x466E, 0x46BD, 0x466D, 0xB420, 0xBC10);
        newBlock();
        emit(0x46B5);
      }
      default -> { // b .+2; movs r5, #n*4; add sp, r5; mov r4, sp; rsbs r5, r5, #0; add sp, r5
        newBlock();
        emit(0x2500 | n * 4, 0x44AD, 0x466C, 0x426D);
        newBlock();
        emit(0x44AD);
      }
    }
    used.add(Form.ADD_REGISTER_TO_SP);
  }

  /** Not zero only in a peculiar program: SP ignores it. */
  private int lowBits(int multipleOfFour) {
    return peculiar ? multipleOfFour | random.nextInt(4) : multipleOfFour;
  }

  /** B to the next instruction, not in each peculiar program. */
  private void newBlock() {
    if (!peculiar || random.nextBoolean()) {
      emit(0xE7FF);
    }
  }

  /** B over some instructions, or to the next one. */
  private void skip() {
    List<Integer> skipped = aside(this::plain4);
    emit(0xE000 | (skipped.size() - 1 & 0x7FF));
    code.addAll(skipped);
  }

  private void plain4() {
    plain(4);
  }

  private void conditional() {
    if (random.nextBoolean()) {
      plain();
    }
    List<Integer> skipped = aside(this::plain4);
    emit(0xD000 | random.nextInt(14) << 8 | (skipped.size() - 1 & 0xFF));
    code.addAll(skipped);
  }

  /** A loop of 1 to 6 rounds that counts in a high register. */
  private void loop() {
    emit(0x2000 | 1 + random.nextInt(6), 0x4684); // movs r0, #n; mov r12, r0
    int start = code.size();
    for (int n = random.nextInt(6); n > 0; n--) {
      Form form = PLAIN_FORMS.get(random.nextInt(PLAIN_FORMS.size()));
      emit(pick(form, i -> i.rd() < 12));
    }
    emit(0x4660, 0x3801, 0x4684); // mov r0, r12; subs r0, #1; mov r12, r0
    emit(0xD100 | (start - code.size() - 2 & 0xFF)); // bne
  }

  /** BX, BLX, MOV PC, ADD PC over some instructions. */
  private void computed() {
    int r = random.nextInt(8);
    List<Integer> skipped = aside(this::plain4);
    int over = 2 * skipped.size();
    switch (random.nextInt(4)) {
      case 0 -> emit(0x4678 | r, 0x3005 | r << 8, 0x3000 | r << 8 | over, 0x4700 | r << 3);
      case 1 -> emit(0x4678 | r, 0x3005 | r << 8, 0x3000 | r << 8 | over, 0x4780 | r << 3);
      case 2 -> emit(0x4678 | r, 0x3004 | r << 8, 0x3000 | r << 8 | over, 0x4687 | r << 3);
      default -> { // movs rN, #over - 2; add pc, rN: PC is 4 ahead
        if (skipped.isEmpty()) {
          skipped.add(0xBF00);
          over = 2;
        }
        emit(0x2000 | r << 8 | (over - 2), 0x4487 | r << 3);
      }
    }
    code.addAll(skipped);
  }

  /** BL to code behind, or a call that comes back. */
  private void call() {
    if (random.nextBoolean()) {
      List<Integer> skipped = aside(this::plain4);
      emit(0xF000, 0xF800 | skipped.size());
      code.addAll(skipped);
      return;
    }
    Instruction push = pick(Form.PUSH, i -> (i.registerList() & 1 << 14) != 0);
    int saved = push.registerList() & 0xFF;
    List<Integer> callee = aside(() -> emit(push.encoding()));
    callee.addAll(aside(this::plain4));
    callee.add(0xBD00 | saved); // pop {..., pc}
    emit(0xF000, 0xF801); // bl over the branch
    emit(0xE000 | callee.size() - 1); // b over the callee
    code.addAll(callee);
    used.add(Form.POP_PC);
  }

  private void special() {
    int r = random.nextInt(8);
    switch (random.nextInt(peculiar ? 14 : 9)) {
      case 0 -> emit(0xF3EF, 0x8000 | r << 8 | SpecialRegister.APSR.sysm());
      case 1 -> emit(0xF3EF, 0x8000 | r << 8 | SpecialRegister.IAPSR.sysm());
      case 2 -> emit(0xF3EF, 0x8000 | r << 8 | SpecialRegister.MSP.sysm());
      case 3 -> emit(0xF3EF, 0x8000 | r << 8 | SpecialRegister.PRIMASK.sysm());
      case 4 -> emit(0xF380 | r, 0x8810, 0xF3EF, 0x8010 | r << 8, 0xB662); // primask; cpsie i
      case 5 -> emit(0xB672, 0xF3EF, 0x8010 | r << 8, 0xB662); // cpsid i; mrs; cpsie i
      case 6 -> emit(0xF3BF, 0x8F4F | (random.nextInt(3) << 4)); // dsb, dmb, isb
      case 7 -> emit(0xBF40, 0xBF20); // sev; wfe
      case 9 -> emit(0xF380 | r, 0x8800 | random.nextInt(4)); // msr apsr, iapsr, eapsr or xpsr, rN
      case 10 -> emit(0xF380 | r, 0x8809, 0xF3EF, 0x8009 | r << 8); // msr psp, rN; mrs rN, psp
      case 11 -> emit(0xF3EF, 0x8000 | r << 8 | random.nextInt(8)); // mrs rN, apsr to iepsr
      case 12 -> emit(0x2001 | r << 8, 0xF380 | r, 0x8814, 0xF3EF, 0x8014 | r << 8); // control
      case 13 -> emit(0x4668 | r, 0xF380 | r, 0x8808); // mov rN, sp; msr msp, rN
      default -> {
        Form[] hints = {Form.NOP, Form.YIELD, Form.HINT_UNALLOCATED};
        emit(pick(hints[random.nextInt(hints.length)], i -> true));
      }
    }
  }

  /** An end that no function survives. */
  private void fault() {
    int r = random.nextInt(8);
    int offset = random.nextInt(32) * 4;
    switch (random.nextInt(9)) {
      case 0 -> { // str to 0x4000...: movs rN, #0x40; lsls #24; str
        emit(0x2040 | r << 8, 0x0600 | r << 3 | r, 0x6000 | r << 3 | (7 - r));
      }
      case 1 -> emit(0x2000 | r << 8 | 0x60, 0x0600 | r << 3 | r, 0x6800 | r << 3 | (7 - r));
      case 2 -> emit(0x2000 | r << 8 | offset, 0x6000 | r << 3 | (7 - r)); // str to flash
      case 3 -> refused(Undefined.class);
      case 4 -> refused(Unpredictable.class);
      case 5 -> emit(0x2000 | r << 8 | 0x60, 0x0600 | r << 3 | r, 0x3001 | r << 8, 0x4700 | r << 3);
      case 6 -> emit(0x4678 | r, 0x4700 | r << 3); // mov rN, pc; bx rN
      case 7 -> emit(0xDF00 | offset);
      default -> emit(0xBE00 | offset);
    }
  }

  private void refused(Class<? extends Decoded> kind) {
    while (true) {
      boolean wide = random.nextBoolean();
      int first = wide ? 0xE800 + random.nextInt(0x1800) : random.nextInt(0xE800);
      if (kind == Unpredictable.class && wide) { // few are: make MSR, MRS and barriers likely
        first = 0xF380 | random.nextInt(0x80);
      }
      int second = random.nextInt(0x10000);
      if (kind.isInstance(Armv6m.decode(first, second))) {
        code.add(first);
        if (wide) {
          code.add(second);
        }
        return;
      }
    }
  }

  private List<Integer> aside(Runnable generator) {
    int start = code.size();
    generator.run();
    List<Integer> tail = code.subList(start, code.size());
    List<Integer> copy = new ArrayList<>(tail);
    tail.clear();
    return copy;
  }

  private Instruction pick(Form form, Predicate<Instruction> allowed) {
    List<Instruction> all = BY_FORM.getOrDefault(form, List.of());
    while (true) {
      Instruction instruction = all.get(random.nextInt(all.size()));
      if (allowed.test(instruction)) {
        return instruction;
      }
    }
  }

  private void emit(Instruction instruction) {
    used.add(instruction.form());
    code.add(instruction.encoding());
  }

  private void emit(int... halfwords) {
    for (int at = 0; at < halfwords.length; at++) {
      code.add(halfwords[at]);
      boolean wide = Armv6m.is32Bit(halfwords[at]);
      if (Armv6m.decode(halfwords[at], wide && at + 1 < halfwords.length ? halfwords[at + 1] : 0)
          instanceof Instruction instruction) {
        used.add(instruction.form());
      }
      if (wide) {
        at++;
        code.add(halfwords[at]);
      }
    }
  }
}
