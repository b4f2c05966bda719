package io.defragsim.lab.result;

import io.defragsim.workload.OperationKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The functions of the image contract, version 1: one list, in the order of the contract. */
public enum ContractFunction {
  INIT("image_init", true, null),
  ALLOC("image_alloc", true, OperationKind.ALLOC),
  FREE("image_free", true, OperationKind.FREE),
  LOCK("image_lock", true, OperationKind.LOCK),
  UNLOCK("image_unlock", true, OperationKind.UNLOCK),
  ADDRESS("image_address", true, null),
  FREE_BYTES("image_free_bytes", true, null),
  STEP("image_step", false, OperationKind.STEP),
  ALLOC_PINNED("image_alloc_pinned", false, OperationKind.ALLOC),
  RESIZE("image_resize", false, OperationKind.RESIZE),
  KEEP_READY("image_keep_ready", false, null),
  BLOCKER("image_blocker", false, null),
  CHECK("image_check", false, null),
  WALK("image_walk", false, null);

  private final String symbol;
  private final boolean required;
  private final @Nullable OperationKind kind;

  ContractFunction(String symbol, boolean required, @Nullable OperationKind kind) {
    this.symbol = symbol;
    this.required = required;
    this.kind = kind;
  }

  /** Those that every image has. */
  public static List<ContractFunction> required() {
    return Arrays.stream(values()).filter(function -> function.required).toList();
  }

  /** Those that operations call, whose cycles count. */
  public static List<ContractFunction> timed() {
    return Arrays.stream(values()).filter(function -> function.kind != null).toList();
  }

  /**
   * Whether the function's last argument is a number of bytes that its worst case grows with: the
   * budget of a step, the new size of a resize.
   */
  public boolean isByBytes() {
    return this == STEP || this == RESIZE;
  }

  /** The C symbol, for example {@code image_alloc_pinned}. */
  public String symbol() {
    return symbol;
  }

  /** For file names, for example {@code alloc-pinned}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The kind of operation that is one call of it.
   *
   * @throws IllegalStateException for a function that no operation calls
   */
  public OperationKind kind() {
    if (kind == null) {
      throw new IllegalStateException("no operation calls " + symbol);
    }
    return kind;
  }

  /** The symbol, as messages have it. */
  @Override
  public String toString() {
    return symbol;
  }
}
