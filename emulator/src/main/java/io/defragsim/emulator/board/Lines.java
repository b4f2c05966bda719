package io.defragsim.emulator.board;

import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.ExceptionNumber;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The lines of interrupts, each of which is high while one of those that share it holds it so. */
final class Lines {
  private final CoreSystem system;
  private final Map<Integer, Set<Object>> holders = new HashMap<>();

  Lines(CoreSystem system) {
    this.system = system;
  }

  /**
   * One that shares a line holds it high, or lets it go.
   *
   * @param interrupt 0 to 31
   */
  void set(int interrupt, Object holder, boolean high) {
    Set<Object> held = holders.computeIfAbsent(interrupt, number -> new HashSet<>());
    if (high) {
      held.add(holder);
    } else {
      held.remove(holder);
    }
    system.setLine(ExceptionNumber.IRQ0 + interrupt, !held.isEmpty());
  }

  /** All are low. */
  void reset() {
    for (Map.Entry<Integer, Set<Object>> line : holders.entrySet()) {
      line.getValue().clear();
      system.setLine(ExceptionNumber.IRQ0 + line.getKey(), false);
    }
  }
}
