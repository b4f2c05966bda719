package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.Memory;
import io.defragsim.emulator.system.SystemControlSpace;
import java.util.Locale;

/** Loads, stores and fetches of the core, with the system control space in place. */
final class CoreBus {
  private final CoreState core;
  private final CoreSystem system;
  private final Memory memory;
  private final boolean controlSpace;
  private final boolean aligned;

  /**
   * Connects the three.
   *
   * @param controlSpace whether the system control space is there
   * @param aligned whether an unaligned access faults, as on the part; else it does so only where
   *     it cannot be performed
   */
  CoreBus(CoreState core, CoreSystem system, Memory memory, boolean controlSpace, boolean aligned) {
    this.core = core;
    this.system = system;
    this.memory = memory;
    this.controlSpace = controlSpace;
    this.aligned = aligned;
  }

  /** Whether the system control space is there. */
  boolean controlSpace() {
    return controlSpace;
  }

  /** Reads 1, 2 or 4 bytes, zero-extended. */
  int load(int address, int bytes) throws AccessFault {
    long at = Integer.toUnsignedLong(address);
    if (at % bytes != 0) {
      return loadBytes(at, bytes);
    }
    if (controlSpace && SystemControlSpace.covers(at)) {
      requirePrivilege(at, "load from");
      system.space().setActiveNow(core.ipsr());
      return system.space().read(at, bytes);
    }
    return memory.read(at, bytes);
  }

  /** Writes the low 1, 2 or 4 bytes of {@code value}. */
  void store(int address, int bytes, int value) throws AccessFault {
    long at = Integer.toUnsignedLong(address);
    if (at % bytes != 0) {
      storeBytes(at, bytes, value);
    } else if (controlSpace && SystemControlSpace.covers(at)) {
      requirePrivilege(at, "store to");
      system.space().write(at, bytes, value);
    } else {
      memory.write(at, bytes, value);
    }
  }

  /** An unaligned load, by bytes where they can be had. */
  private int loadBytes(long at, int bytes) throws AccessFault {
    if (aligned) {
      throw unaligned("load", at, bytes);
    }
    try {
      int value = 0;
      for (int i = 0; i < bytes; i++) {
        value |= load((int) at + i, 1) << (8 * i);
      }
      return value;
    } catch (AccessFault e) {
      throw unaligned("load", at, bytes);
    }
  }

  private void storeBytes(long at, int bytes, int value) throws AccessFault {
    if (aligned) {
      throw unaligned("store", at, bytes);
    }
    try {
      for (int i = 0; i < bytes; i++) {
        store((int) at + i, 1, value >>> (8 * i));
      }
    } catch (AccessFault e) {
      throw unaligned("store", at, bytes);
    }
  }

  /** Reads a halfword of code. */
  int fetch(int address) throws AccessFault {
    long at = Integer.toUnsignedLong(address);
    if (controlSpace && SystemControlSpace.covers(at)) {
      throw new AccessFault(
          Fault.Kind.UNMAPPED_FETCH,
          at,
          String.format(Locale.ROOT, "the program went to 0x%08x in the system control space", at));
    }
    return memory.fetch(at);
  }

  private void requirePrivilege(long at, String what) throws AccessFault {
    if (!core.privileged()) {
      throw new AccessFault(
          Fault.Kind.UNMAPPED_ACCESS,
          at,
          String.format(
              Locale.ROOT,
              "%s 0x%08x in the system control space, which unprivileged code may not access",
              what,
              at));
    }
  }

  private static AccessFault unaligned(String what, long at, int bytes) {
    return new AccessFault(
        Fault.Kind.UNALIGNED_ACCESS,
        at,
        String.format(
            Locale.ROOT, "%s of %d bytes at 0x%08x, which is no multiple of it", what, bytes, at));
  }
}
