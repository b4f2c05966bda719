package io.defragsim.emulator.system;

import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.Fault;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The registers from 0xE000E000 to 0xE000EFFF as a Cortex-M0 r0p0 or a Cortex-M0+ r0p1 has them
 * (ARM DDI 0419C, B3.2 to B3.4): SysTick, NVIC, system control block.
 *
 * <p>Decisions where the manual leaves a choice:
 *
 * <ul>
 *   <li>Only aligned words: it calls other accesses unpredictable, here they fault.
 *   <li>Reserved addresses read as 0 and ignore writes. So do VTOR on a Cortex-M0, which lacks it,
 *       the registers of an MPU and those of the debug extension. What is written there is noted.
 *   <li>VTOR has its bits 31 to 8, as the Cortex-M0+ of known parts.
 *   <li>SCR.SLEEPDEEP is kept and has no effect: there is one way to sleep.
 *   <li>AIRCR reads its key as 0xFA05; VECTCLRACTIVE, which is for debuggers, is ignored.
 *   <li>Whether code is privileged is for the core to check, before it comes here.
 * </ul>
 */
public final class SystemControlSpace {
  /** The first address. */
  public static final long START = 0xE000_E000L;

  /** The first address above. */
  public static final long END = 0xE000_F000L;

  private static final int SYST_CSR = 0x010;
  private static final int SYST_RVR = 0x014;
  private static final int SYST_CVR = 0x018;
  private static final int SYST_CALIB = 0x01C;
  private static final int NVIC_ISER = 0x100;
  private static final int NVIC_ICER = 0x180;
  private static final int NVIC_ISPR = 0x200;
  private static final int NVIC_ICPR = 0x280;
  private static final int NVIC_IPR0 = 0x400;
  private static final int NVIC_IPR_END = 0x420;
  private static final int CPUID = 0xD00;
  private static final int ICSR = 0xD04;
  private static final int VTOR = 0xD08;
  private static final int AIRCR = 0xD0C;
  private static final int SCR = 0xD10;
  private static final int CCR = 0xD14;
  private static final int SHPR2 = 0xD1C;
  private static final int SHPR3 = 0xD20;
  private static final int SHCSR = 0xD24;

  private static final int TBLOFF = 0xFFFF_FF00;
  private static final int NMIPENDSET = 1 << 31;
  private static final int PENDSVSET = 1 << 28;
  private static final int PENDSVCLR = 1 << 27;
  private static final int PENDSTSET = 1 << 26;
  private static final int PENDSTCLR = 1 << 25;
  private static final int ISRPENDING = 1 << 22;
  private static final int VECTKEY_READ = 0xFA05_0000;
  private static final int VECTKEY = 0x05FA;
  private static final int SYSRESETREQ = 1 << 2;
  private static final int SLEEPONEXIT = 1 << 1;
  private static final int SLEEPDEEP = 1 << 2;
  private static final int SEVONPEND = 1 << 4;
  private static final int STKALIGN_AND_UNALIGN_TRP = 1 << 9 | 1 << 3;
  private static final int SVCALLPENDED = 1 << 15;

  private final CoreSystem system;
  private final CoreKind core;
  private final Set<String> ignored = new TreeSet<>(); // of a few names
  private int activeNow;

  SystemControlSpace(CoreSystem system, CoreKind core) {
    this.system = system;
    this.core = core;
  }

  /** The registers that the program wrote and this core lacks, by name, sorted. */
  public List<String> ignored() {
    return List.copyOf(ignored);
  }

  /** Whether {@code address} is here. */
  public static boolean covers(long address) {
    return address >= START && address < END;
  }

  /** What ICSR.VECTACTIVE reads as: the core tells IPSR before it accesses this space. */
  public void setActiveNow(int ipsr) {
    activeNow = ipsr;
  }

  /**
   * Reads a register, with what reading does to it.
   *
   * @throws AccessFault if it is not a word
   */
  public int read(long address, int bytes) throws AccessFault {
    int offset = offset(address, bytes, "load");
    ExceptionTable exceptions = system.exceptions();
    switch (offset) {
      case SYST_CSR, SYST_CVR, NVIC_ISPR, NVIC_ICPR, ICSR, SHCSR -> system.timeRead();
      default -> {}
    }
    if (offset >= NVIC_IPR0 && offset < NVIC_IPR_END) {
      int priorities = 0;
      for (int lane = 0; lane < 4; lane++) {
        priorities |= exceptions.priority(irqOfLane(offset, lane)) << (lane * 8 + 6);
      }
      return priorities;
    }
    return switch (offset) {
      case SYST_CSR -> system.sysTick().readControl();
      case SYST_RVR -> system.sysTick().readReload();
      case SYST_CVR -> system.sysTick().readCurrent();
      case SYST_CALIB -> system.sysTick().readCalibration();
      case NVIC_ISER, NVIC_ICER -> exceptions.enabledIrqs();
      case NVIC_ISPR, NVIC_ICPR -> exceptions.pendingIrqs();
      case CPUID -> core.cpuid();
      case ICSR -> readIcsr();
      case VTOR -> system.vectorTable();
      case AIRCR -> VECTKEY_READ;
      case SCR ->
          (system.sleepOnExit() ? SLEEPONEXIT : 0)
              | (system.sleepDeep() ? SLEEPDEEP : 0)
              | (system.sevOnPend() ? SEVONPEND : 0);
      case CCR -> STKALIGN_AND_UNALIGN_TRP;
      case SHPR2 -> exceptions.priority(ExceptionNumber.SVCALL) << 30;
      case SHPR3 ->
          exceptions.priority(ExceptionNumber.SYSTICK) << 30
              | exceptions.priority(ExceptionNumber.PENDSV) << 22;
      case SHCSR -> exceptions.isPending(ExceptionNumber.SVCALL) ? SVCALLPENDED : 0;
      default -> 0;
    };
  }

  private int readIcsr() {
    ExceptionTable exceptions = system.exceptions();
    return (exceptions.isPending(ExceptionNumber.NMI) ? NMIPENDSET : 0)
        | (exceptions.isPending(ExceptionNumber.PENDSV) ? PENDSVSET : 0)
        | (exceptions.isPending(ExceptionNumber.SYSTICK) ? PENDSTSET : 0)
        | (exceptions.pendingIrqs() != 0 ? ISRPENDING : 0)
        | exceptions.mostUrgentPending() << 12
        | activeNow;
  }

  /**
   * Writes a register, with what that makes happen. What becomes due is taken at the next
   * instruction boundary.
   *
   * @throws AccessFault if it is not a word
   */
  public void write(long address, int bytes, int value) throws AccessFault {
    int offset = offset(address, bytes, "store");
    ExceptionTable exceptions = system.exceptions();
    if (offset >= NVIC_IPR0 && offset < NVIC_IPR_END) {
      for (int lane = 0; lane < 4; lane++) {
        exceptions.setPriority(irqOfLane(offset, lane), value >>> (lane * 8 + 6) & 3);
      }
      return;
    }
    switch (offset) {
      case SYST_CSR -> system.sysTick().writeControl(value);
      case SYST_RVR -> system.sysTick().writeReload(value);
      case SYST_CVR -> system.sysTick().writeCurrent();
      case NVIC_ISER -> forEachIrq(value, irq -> exceptions.setEnabled(irq, true));
      case NVIC_ICER -> forEachIrq(value, irq -> exceptions.setEnabled(irq, false));
      case NVIC_ISPR -> forEachIrq(value, system::request);
      case NVIC_ICPR -> forEachIrq(value, exceptions::clearPending);
      case ICSR -> writeIcsr(value);
      case AIRCR -> {
        if (value >>> 16 == VECTKEY && (value & SYSRESETREQ) != 0) {
          system.requestReset();
        }
      }
      case SCR -> {
        system.setSleepOnExit((value & SLEEPONEXIT) != 0);
        system.setSleepDeep((value & SLEEPDEEP) != 0);
        system.setSevOnPend((value & SEVONPEND) != 0);
      }
      case SHPR2 -> exceptions.setPriority(ExceptionNumber.SVCALL, value >>> 30);
      case SHPR3 -> {
        exceptions.setPriority(ExceptionNumber.SYSTICK, value >>> 30);
        exceptions.setPriority(ExceptionNumber.PENDSV, value >>> 22 & 3);
      }
      case SHCSR -> {
        if ((value & SVCALLPENDED) != 0) {
          exceptions.setPending(ExceptionNumber.SVCALL);
        } else {
          exceptions.clearPending(ExceptionNumber.SVCALL);
        }
      }
      case VTOR -> {
        if (core.hasVectorTableOffset()) {
          system.setVectorTable(value & TBLOFF);
        } else {
          ignored.add(CoreRegisters.name(address));
        }
      }
      default -> {
        String name = CoreRegisters.name(address); // else read-only or reserved
        if (!name.isEmpty()) {
          ignored.add(name);
        }
      }
    }
  }

  private void writeIcsr(int value) {
    if ((value & NMIPENDSET) != 0) {
      system.request(ExceptionNumber.NMI);
    }
    setOrClear(value, PENDSVSET, PENDSVCLR, ExceptionNumber.PENDSV);
    setOrClear(value, PENDSTSET, PENDSTCLR, ExceptionNumber.SYSTICK);
  }

  /** Both bits at once are unpredictable; here setting wins. */
  private void setOrClear(int value, int set, int clear, int exception) {
    if ((value & set) != 0) {
      system.request(exception);
    } else if ((value & clear) != 0) {
      system.exceptions().clearPending(exception);
    }
  }

  private static int irqOfLane(int offset, int lane) {
    return ExceptionNumber.ofIrq(offset - NVIC_IPR0 + lane);
  }

  private static void forEachIrq(int bits, java.util.function.IntConsumer action) {
    for (int rest = bits; rest != 0; rest &= rest - 1) {
      action.accept(ExceptionNumber.ofIrq(Integer.numberOfTrailingZeros(rest)));
    }
  }

  private static int offset(long address, int bytes, String what) throws AccessFault {
    if (bytes != 4) {
      throw new AccessFault(
          Fault.Kind.UNMAPPED_ACCESS,
          address,
          String.format(
              Locale.ROOT,
              "%s of %d bytes at 0x%08x in the system control space, which takes words only",
              what,
              bytes,
              address));
    }
    return (int) (address - START);
  }
}
