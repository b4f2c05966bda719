package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Armv6m;
import io.defragsim.emulator.isa.CostClass;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Code that makes no sense: functions of random instructions, loops and calls, in flash and in
 * SRAM, that go anywhere and overwrite each other. It does not end and it does fault: who runs it
 * starts it anew then.
 *
 * <p>R4 to R7 are mostly bases of accesses, R8 to R11 addresses of code, and R0 to R3 numbers.
 */
final class RandomSoup {
  private static final Map<Form, List<Instruction>> BY_FORM = byForm();
  private static final List<Form> DATA =
      BY_FORM.keySet().stream()
          .filter(form -> form.cost() == CostClass.DATA || form.cost() == CostClass.MULTIPLY)
          .toList();
  private static final List<Form> ACCESSES =
      BY_FORM.keySet().stream()
          .filter(form -> form.cost() == CostClass.LOAD || form.cost() == CostClass.STORE)
          .toList();

  private static final int[] EDGES = {
    0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 31, 32, 33, 255, 256, 0xFF, 0x8000, 0xFFFF
  };

  private final SplittableRandom random;
  private final List<Integer> functions = new ArrayList<>();

  private byte[] memory = new byte[0];
  private int base;
  private int at;
  private int end;

  RandomSoup(SplittableRandom random) {
    this.random = random;
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

  /**
   * Fills some memory with functions.
   *
   * @param first the address of the memory's first byte
   */
  void fill(byte[] bytes, int first, int from, int to) {
    memory = bytes;
    base = first;
    at = from;
    end = to;
    while (at < end) {
      function();
    }
  }

  /** An address of a function, with the Thumb bit. */
  int function(SplittableRandom choice) {
    return functions.get(choice.nextInt(functions.size())) | 1;
  }

  /** A number with edges made likely. */
  static int number(SplittableRandom choice) {
    return switch (choice.nextInt(3)) {
      case 0 -> EDGES[choice.nextInt(EDGES.length)];
      case 1 -> choice.nextInt(64) - 16;
      default -> choice.nextInt();
    };
  }

  private void function() {
    functions.add(base + at);
    int some = random.nextInt(0x10000);
    int list = some & some >>> 8 & 0xF0;
    int kind = random.nextInt(4);
    if (kind == 0) {
      emit(0xB500 | list); // push {..., lr}
    }
    for (int n = random.nextInt(24); n > 0; n--) {
      item();
    }
    switch (kind) {
      case 0 -> emit(0xBD00 | list);
      case 1 -> emit(0x4770); // bx lr
      case 2 -> loop();
      default -> emit(0xE000 | random.nextInt(0x800));
    }
    if (random.nextInt(3) == 0) {
      emit(random.nextInt(0x10000), random.nextInt(0x10000)); // literals, or nothing
    }
  }

  private void item() {
    switch (random.nextInt(40)) {
      case 0, 1, 2, 3, 4, 5 -> access();
      case 6 -> emit(pick(Form.LDM, 4));
      case 7 -> emit(pick(Form.STM, 4));
      case 8 -> emit(0xB400 | 1 + random.nextInt(255));
      case 9 ->
          emit(0xBC00 | ((1 + random.nextInt(255)) & (random.nextInt(4) == 0 ? 0xFF : 0x0F)) | 1);
      case 10, 11 -> loop();
      case 12 -> spin();
      case 13, 14, 15 -> branch();
      case 16, 17 -> call();
      case 18 -> computed();
      case 19 -> special();
      case 20 -> emit(0x4800 | random.nextInt(4) << 8 | random.nextInt(16)); // ldr literal
      case 21 -> emit(0xA000 | random.nextInt(8) << 8 | random.nextInt(16)); // adr
      case 22 -> emit(0xB000 | random.nextInt(2) << 7 | random.nextInt(8)); // add, sub sp
      case 23 -> emit(pick(random.nextBoolean() ? Form.LDR_SP : Form.STR_SP, 0));
      case 24 -> carried();
      case 25 -> { // a number
        int register = random.nextInt(4);
        emit(0x2000 | register << 8 | random.nextInt(256));
        if (random.nextBoolean()) {
          emit(0x43C0 | register << 3 | register);
        }
      }
      case 26 -> {
        if (random.nextInt(4) == 0) {
          emit(random.nextInt(0x10000));
        }
      }
      default -> data();
    }
  }

  private void data() {
    Form form = DATA.get(random.nextInt(DATA.size()));
    List<Instruction> all = BY_FORM.getOrDefault(form, List.of());
    boolean any = random.nextInt(60) == 0;
    for (int tries = 0; tries < 100; tries++) {
      Instruction i = all.get(random.nextInt(all.size()));
      if (any || i.rd() < 4 || i.rd() == 12) {
        emit(i.encoding());
        return;
      }
    }
  }

  /** What sets flags, and what uses them, with some between them that set a part of them. */
  private void carried() {
    data();
    emit(0x4280 | random.nextInt(64)); // cmp
    for (int n = random.nextInt(3); n > 0; n--) {
      data();
    }
    emit(
        0x4140 | random.nextInt(2) << 6 | random.nextInt(4) << 3 | random.nextInt(4)); // adcs, sbcs
    branch();
  }

  private void access() {
    Form form = ACCESSES.get(random.nextInt(ACCESSES.size()));
    emit(pick(form, 4));
  }

  /** With a base of at least so high a number, and a low number to be loaded. */
  private int pick(Form form, int leastBase) {
    List<Instruction> all = BY_FORM.getOrDefault(form, List.of());
    Instruction i = all.get(random.nextInt(all.size()));
    for (int tries = 0; tries < 50; tries++) {
      boolean loads = form.cost() == CostClass.LOAD;
      boolean low = !loads || i.rt() < 4 || random.nextInt(20) == 0;
      boolean near = i.immediate() < 64 || random.nextInt(8) == 0;
      boolean keeps = form != Form.LDM || (i.registerList() & 0xF0) == 0 || random.nextInt(9) == 0;
      if (low && near && keeps && (i.rn() >= leastBase || random.nextInt(20) == 0)) {
        break;
      }
      i = all.get(random.nextInt(all.size()));
    }
    return i.encoding();
  }

  /** One that counts, or that ends by some other condition. */
  private void loop() {
    int counter = random.nextInt(4);
    if (random.nextInt(4) != 0) {
      emit(0x2000 | counter << 8 | random.nextInt(random.nextBoolean() ? 8 : 200));
    }
    int start = at;
    for (int n = random.nextInt(5); n > 0; n--) {
      if (random.nextInt(3) == 0) {
        access();
      } else {
        data();
      }
    }
    emit(0x3800 | counter << 8 | 1); // subs
    int condition = random.nextBoolean() ? 1 : random.nextInt(14);
    back(condition, start);
  }

  /** One that waits for what only something else can change. */
  private void spin() {
    int start = at;
    switch (random.nextInt(8)) {
      case 0 -> emit(0xE7FE); // b .
      case 5 -> { // with a carry that changes
        emit(0x2000 | random.nextInt(3), 0x4148, 0x2800 | random.nextInt(3));
        back(random.nextInt(14), start);
      }
      case 6, 7 -> { // and then, with something else, once more
        int base = 4 + random.nextInt(4);
        emit(0x6800 | base << 3, 0x2800 | random.nextInt(2));
        back(random.nextInt(2), start);
        data();
        emit(0x4600 | (4 + random.nextInt(4)) << 3 | base); // mov
        if (random.nextBoolean()) {
          emit(0xE000 | ((start - (at + 4)) / 2 & 0x7FF));
        } else {
          emit(0x4678, 0x3000 | 1, 0x3800 | at - start - 2, 0x4700); // bx
        }
      }
      case 1 -> {
        emit(0x6800 | (random.nextInt(64) << 6 & 0x7C0) | (4 + random.nextInt(4)) << 3);
        emit(0x2800 | random.nextInt(256));
        back(random.nextInt(14), start);
      }
      case 2 -> {
        emit(0x7800 | random.nextInt(32) << 6 | (4 + random.nextInt(4)) << 3 | 1, 0x4201);
        back(random.nextInt(14), start);
      }
      case 3 -> {
        emit(0x2801); // cmp r0, #1
        back(random.nextInt(14), start);
      }
      default -> emit(0xBF00, 0xE7FD); // nop; b .-2
    }
  }

  private void back(int condition, int start) {
    int offset = (start - (at + 4)) / 2;
    emit(0xD000 | condition << 8 | (offset & 0xFF));
  }

  private void branch() {
    int offset = random.nextInt(24) - 8;
    if (random.nextInt(4) == 0) {
      emit(0xE000 | (offset & 0x7FF));
    } else {
      emit(0xD000 | random.nextInt(14) << 8 | (offset & 0xFF));
    }
  }

  private void call() {
    if (random.nextInt(3) == 0) {
      emit((random.nextInt(4) == 0 ? 0x4700 : 0x4780) | (8 + random.nextInt(4)) << 3); // high
      return;
    }
    int target = functions.get(random.nextInt(functions.size()));
    if (target < base || target >= base + memory.length) {
      return;
    }
    int distance = target - (base + at + 4);
    int s = distance < 0 ? 1 : 0;
    int j1 = (distance >> 23 & 1) ^ s ^ 1;
    int j2 = (distance >> 22 & 1) ^ s ^ 1;
    emit(0xF000 | s << 10 | (distance >> 12 & 0x3FF));
    emit(0xD000 | j1 << 13 | j2 << 11 | (distance >> 1 & 0x7FF));
  }

  private void computed() {
    int r = random.nextInt(4);
    int over = 2 * random.nextInt(6);
    switch (random.nextInt(6)) {
      case 0 -> emit(0x4678 | r, 0x3005 | r << 8, 0x3000 | r << 8 | over, 0x4700 | r << 3);
      case 1 -> emit(0x4678 | r, 0x3005 | r << 8, 0x3000 | r << 8 | over, 0x4780 | r << 3);
      case 2 -> emit(0x4678 | r, 0x3004 | r << 8, 0x3000 | r << 8 | over, 0x4687 | r << 3);
      case 3 -> emit(0x2000 | r << 8 | over, 0x4487 | r << 3);
      case 4 -> emit(0x4770);
      default -> emit(0x4687 | (8 + random.nextInt(4)) << 3); // mov pc, high
    }
  }

  private void special() {
    int r = random.nextInt(4);
    int[] registers = {0, 1, 2, 3, 5, 6, 7, 8, 9, 16, 20};
    int register = registers[random.nextInt(registers.length)];
    switch (random.nextInt(16)) {
      case 0, 1 -> emit(0xB662);
      case 2, 3 -> emit(0xB672);
      case 4 -> emit(0xF3EF, 0x8000 | r << 8 | register);
      case 5 -> emit(0xF380 | r, 0x8800 | register);
      case 6 -> emit(0xF380 | r, 0x8810);
      case 7 -> emit(0xF3EF, 0x8010 | r << 8);
      case 8 -> emit(0xF3BF, 0x8F4F | random.nextInt(3) << 4);
      case 9 -> emit(0xBF00 | random.nextInt(16) << 4);
      case 10 -> emit(0xDF00 | random.nextInt(256));
      case 11 -> emit(0xBF40, 0xBF20);
      case 12 -> emit(0xBE00);
      case 13 -> emit(0xF380 | r, 0x8800); // N and Z may both be set then
      default -> emit(0x4340 | random.nextInt(4) << 3 | r); // muls
    }
  }

  private void emit(int... halfwords) {
    for (int halfword : halfwords) {
      if (at + 2 <= end) {
        memory[at++] = (byte) halfword;
        memory[at++] = (byte) (halfword >>> 8);
      }
    }
  }

  /** Addresses of all functions, in the order in which they were made. */
  int[] functions() {
    return Arrays.copyOf(
        functions.stream().mapToInt(Integer::intValue).toArray(), functions.size());
  }
}
