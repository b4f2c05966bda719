package io.defragsim.emulator.model;

import io.defragsim.emulator.timing.CycleModel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The cores that can be modelled: the same instructions, each with its own cycles. Of what a
 * Cortex-M0+ may have beside a Cortex-M0, it has the vector table's offset and unprivileged
 * execution here, and neither an MPU nor the single-cycle I/O port.
 */
public enum CoreKind {
  CORTEX_M0("cortex-m0", "Cortex-M0", CycleModel::cortexM0, 0x410C_C200, false), // r0p0
  CORTEX_M0PLUS("cortex-m0plus", "Cortex-M0+", CycleModel::cortexM0Plus, 0x410C_C601, true); // r0p1

  private final String key;
  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // a method reference
  private final IntFunction<CycleModel> timing;

  private final int cpuid;
  private final boolean extended;

  CoreKind(String key, String title, IntFunction<CycleModel> timing, int cpuid, boolean extended) {
    this.key = key;
    this.title = title;
    this.timing = timing;
    this.cpuid = cpuid;
    this.extended = extended;
  }

  /** As scenarios and JSON write it. */
  public String key() {
    return key;
  }

  /** The core of that key, empty if there is none. */
  public static Optional<CoreKind> of(String key) {
    return Arrays.stream(values()).filter(core -> core.key.equals(key)).findFirst();
  }

  /** All keys, in order. */
  public static List<String> keys() {
    return Arrays.stream(values()).map(CoreKind::key).toList();
  }

  /** As people write it. */
  public String title() {
    return title;
  }

  /** What the register CPUID reads as. */
  public int cpuid() {
    return cpuid;
  }

  /** Whether the register VTOR moves the table of vectors. */
  public boolean hasVectorTableOffset() {
    return extended;
  }

  /** Whether CONTROL.nPRIV makes Thread mode unprivileged. */
  public boolean hasUnprivileged() {
    return extended;
  }

  /** What its instructions take, with a multiplier of 1 or 32 cycles. */
  public CycleModel timing(int multiplierCycles) {
    return timing.apply(multiplierCycles);
  }
}
