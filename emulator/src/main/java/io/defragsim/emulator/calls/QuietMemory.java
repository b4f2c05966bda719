package io.defragsim.emulator.calls;

import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.MappedMemory;
import org.jspecify.annotations.Nullable;

/** The memories of a program, of which none does anything when it is read. */
record QuietMemory(MappedMemory memory) implements CallListener.Memory {
  @Override
  public @Nullable Integer word(long address) {
    return address % 4 == 0 ? read(address, 4) : null;
  }

  @Override
  public @Nullable Integer octet(long address) {
    return read(address, 1);
  }

  private @Nullable Integer read(long address, int bytes) {
    try {
      return memory.map().isMemory(address) ? memory.read(address, bytes) : null;
    } catch (AccessFault e) {
      return null;
    }
  }
}
