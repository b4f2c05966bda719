package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.ExceptionNumber;
import io.defragsim.emulator.system.ExceptionTable;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Any code at all does at speed what it does step by step: the same registers, memory and cycles at
 * each place at which the fast core leaves it to the interpreter.
 *
 * <p>{@code -Ddefragsim.seed} gives another seed or one that failed, {@code
 * -Ddefragsim.fast.programs} more programs.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class SpeedTest {
  private static final long SEED = Long.getLong("defragsim.seed", 20261128L);
  private static final int FLASH = 8 * 1024;
  private static final int SRAM = 2 * 1024;
  private static final int VECTORS = 0xC0;
  private static final int EPISODES = 30;

  private long instructions;
  private long atSpeed;

  @Test
  void code_that_makes_no_sense_does_the_same() {
    programs(20);
  }

  @Test
  @Tag("campaign")
  void much_code_that_makes_no_sense_does_the_same() {
    programs(Integer.getInteger("defragsim.fast.programs", 2000));
  }

  private void programs(int count) {
    for (int i = 0; i < count; i++) {
      long seed = SEED + i;
      try {
        program(new SplittableRandom(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    System.out.printf(
        "%d programs from seed %d: %,d instructions, %,d at speed%n",
        count, SEED, instructions, atSpeed);
  }

  private void program(SplittableRandom random) {
    byte[] flash = new byte[FLASH];
    byte[] sram = new byte[SRAM];
    RandomSoup soup = new RandomSoup(random);
    soup.fill(flash, 0, VECTORS, FLASH);
    int[] inFlash = soup.functions();
    soup.fill(sram, TwoCores.SRAM, 0, SRAM / 2);
    Code vectors = new Code(flash, 0).word(0, TwoCores.SRAM + SRAM);
    for (int exception = 1; exception < VECTORS / 4; exception++) {
      vectors.word(4 * exception, inFlash[random.nextInt(inFlash.length)] | 1);
    }
    CoreKind kind = random.nextBoolean() ? CoreKind.CORTEX_M0 : CoreKind.CORTEX_M0PLUS;
    int[] translateAfter = {0, 0, 1, 5, FastCode.NEVER};
    boolean guarded = random.nextInt(4) == 0;
    boolean stops = random.nextInt(4) == 0;
    int place = random.nextInt(4) == 0 ? 4 + random.nextInt(4) : 31;
    int stop = random.nextInt(97);
    TwoCores cores =
        new TwoCores(
            new TwoCores.Setup(
                kind,
                kind.timing(random.nextBoolean() ? 1 : 32).withWaitStates(random.nextInt(4)),
                List.of(FaultPolicy.values()).get(random.nextInt(3)),
                translateAfter[random.nextInt(translateAfter.length)],
                guarded ? TwoCores.SRAM + 4 * random.nextInt(SRAM / 4) : null,
                address -> stops && (address >>> 1) % 97 == stop,
                address -> address >>> place),
            flash,
            sram);
    for (int i = 0; i < EPISODES; i++) {
      episode(cores, kind, soup, random);
    }
    instructions += cores.instructions();
    atSpeed += cores.atSpeed();
  }

  private static void episode(
      TwoCores cores, CoreKind kind, RandomSoup soup, SplittableRandom random) {
    long seed = random.nextLong();
    cores.each(interpreter -> begin(interpreter, kind, soup, new SplittableRandom(seed)));
    for (int n = random.nextInt(6); n > 0; n--) {
      cores.request(
          cores.cycles() + random.nextInt(500), ExceptionNumber.ofIrq(random.nextInt(32)));
    }
    boolean hurried = random.nextInt(3) == 0;
    long end = cores.cycles() + random.nextInt(random.nextInt(8) == 0 ? 20_000 : 2_000);
    while (cores.cycles() < end) {
      long most = hurried ? random.nextInt(60) : end - cores.cycles();
      StepResult result = cores.step(most);
      if (result instanceof StepResult.Breakpoint) {
        cores.each(interpreter -> interpreter.core().setPc(interpreter.core().pc() + 2));
      } else if (result instanceof StepResult.Faulted
          || result instanceof StepResult.LockedUp
          || result instanceof StepResult.Asleep
          || result instanceof StepResult.ResetRequested) {
        return;
      }
    }
  }

  private static void begin(
      Interpreter interpreter, CoreKind kind, RandomSoup soup, SplittableRandom random) {
    interpreter.reset();
    CoreState core = interpreter.core();
    for (int register = 0; register < 4; register++) {
      core.setRegister(register, RandomSoup.number(random));
    }
    for (int register = 4; register < 8; register++) {
      core.setRegister(register, base(random));
    }
    for (int register = 8; register < 12; register++) {
      core.setRegister(register, target(soup, random));
    }
    core.setRegister(12, RandomSoup.number(random));
    core.setLr(soup.function(random));
    core.setPsp(TwoCores.SRAM + SRAM / 2 + 4 * random.nextInt(SRAM / 8));
    core.setMsp(TwoCores.SRAM + (random.nextInt(4) == 0 ? 4 * random.nextInt(SRAM / 4) : SRAM));
    core.setProcessStack(random.nextInt(4) == 0);
    core.setUnprivileged(kind.hasUnprivileged() && random.nextInt(3) == 0);
    core.setPrimask(random.nextInt(4) == 0);
    core.setFlags(random.nextInt());
    core.setPc(soup.function(random));
    core.setThumb(true);
    ExceptionTable exceptions = interpreter.system().exceptions();
    for (int irq = 0; irq < 32; irq++) {
      exceptions.setEnabled(ExceptionNumber.ofIrq(irq), random.nextBoolean());
      exceptions.setPriority(ExceptionNumber.ofIrq(irq), random.nextInt(4));
    }
    exceptions.setPriority(ExceptionNumber.SVCALL, random.nextInt(4));
    exceptions.setPriority(ExceptionNumber.SYSTICK, random.nextInt(4));
    try {
      interpreter.system().space().write(0xE000_E014L, 4, random.nextInt(1 << random.nextInt(12)));
      interpreter.system().space().write(0xE000_E018L, 4, 0);
      interpreter.system().space().write(0xE000_E010L, 4, random.nextInt(8) | 4);
    } catch (AccessFault e) {
      throw new AssertionError(e);
    }
  }

  /** Mostly code. */
  private static int target(RandomSoup soup, SplittableRandom random) {
    int[] edges = {FLASH, FLASH - 2, 0x0800_0000 + FLASH, TwoCores.SRAM + SRAM, TwoCores.SRAM - 2};
    return switch (random.nextInt(24)) {
      case 0 -> edges[random.nextInt(edges.length)] | 1;
      case 1 -> soup.function(random) & ~1;
      case 2, 3 -> soup.function(random) | 0x0800_0000;
      default -> soup.function(random);
    };
  }

  /** Mostly somewhere in SRAM. */
  private static int base(SplittableRandom random) {
    int[] registers = {0xE000_E010, 0xE000_E014, 0xE000_E100, 0xE000_E200, 0xE000_ED00};
    return switch (random.nextInt(16)) {
      case 0, 1 -> registers[random.nextInt(registers.length)];
      case 2, 3 -> 4 * random.nextInt(FLASH / 4);
      case 4 -> 0x0800_0000 + 4 * random.nextInt(FLASH / 4);
      case 5 -> TwoCores.SRAM + SRAM - random.nextInt(64);
      case 6 -> TwoCores.SRAM + random.nextInt(64) - 16;
      case 7 -> FLASH - random.nextInt(64);
      default -> TwoCores.SRAM + SRAM / 2 + 4 * random.nextInt(SRAM / 8);
    };
  }
}
