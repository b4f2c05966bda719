package io.defragsim.emulator;

import io.defragsim.emulator.engine.Engine;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened since a known state of SRAM, so that the state before the current run can be had
 * again without copying SRAM at every call: runs are deterministic, so it is played again.
 */
final class Journal {
  /** Bounds the time to play a journal: beyond either the caller starts it anew. */
  private static final int MOST_ENTRIES = 1024;

  private static final long MOST_CYCLES = 50_000_000;

  private byte[] sram;
  private boolean eventRegister;
  private final List<Entry> entries = new ArrayList<>();
  private long cycles;

  private sealed interface Entry {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Call(long sp, long function, int[] arguments) implements Entry {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Write(long address, byte[] bytes) implements Entry {}

  /** Starts at a state. {@code sram} must not change afterwards. */
  Journal(byte[] sram, boolean eventRegister) {
    this.sram = sram;
    this.eventRegister = eventRegister;
  }

  /** Starts anew at a state. {@code sram} must not change afterwards. */
  void restart(byte[] newSram, boolean newEventRegister) {
    sram = newSram;
    eventRegister = newEventRegister;
    entries.clear();
    cycles = 0;
  }

  /** A call that returned. Takes the array over. */
  void called(long sp, long function, int[] arguments, long took) {
    entries.add(new Call(sp, function, arguments));
    cycles += took;
  }

  /** A write by the host. Takes the array over. */
  void written(long address, byte[] bytes) {
    entries.add(new Write(address, bytes));
  }

  /** Whether playing it takes long enough that a copy of SRAM is cheaper. */
  boolean isLong() {
    return entries.size() >= MOST_ENTRIES || cycles >= MOST_CYCLES;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  byte[] sram() {
    return sram;
  }

  boolean eventRegister() {
    return eventRegister;
  }

  /** Does all entries on an engine that holds the state the journal starts at. */
  void play(Engine engine) {
    engine.setEventRegister(eventRegister);
    for (Entry entry : entries) {
      if (entry instanceof Call call) {
        engine.call(call.sp, call.function, call.arguments, Long.MAX_VALUE);
      } else if (entry instanceof Write write) {
        engine.writeSram(write.address, write.bytes);
      }
    }
  }
}
