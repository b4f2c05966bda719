package io.defragsim.emulator;

import io.defragsim.emulator.timing.CycleModel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** The cores that can be modelled: the same instructions, each with its own cycles. */
public enum CoreKind {
  CORTEX_M0("cortex-m0", "Cortex-M0", CycleModel::cortexM0),
  CORTEX_M0PLUS("cortex-m0plus", "Cortex-M0+", CycleModel::cortexM0Plus);

  private final String key;
  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // a method reference
  private final IntFunction<CycleModel> timing;

  CoreKind(String key, String title, IntFunction<CycleModel> timing) {
    this.key = key;
    this.title = title;
    this.timing = timing;
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

  /** What its instructions take, with a multiplier of 1 or 32 cycles. */
  public CycleModel timing(int multiplierCycles) {
    return timing.apply(multiplierCycles);
  }
}
