package io.defragsim.lab.result;

import io.defragsim.workload.OperationKind;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One kind of operation over the whole run.
 *
 * <p>{@code count = served + failed() + skipped}. Cycles are those of each call of the kind's
 * {@code image_*} function, failed calls, retries within a stall, and the calls that a grow makes
 * included; so there may be more or fewer of them than operations. The cycles of a grow or a resize
 * are the sum of all its calls, steps and retries included. Writes and waits have none. What
 * interrupts take is in none of them.
 *
 * @param failedBy operations that failed in the end, by error; only errors that occurred
 * @param skipped operations on a block that was not served
 * @param maxAt the operation of the first call with the most cycles, null without calls
 */
public record OperationStats(
    OperationKind kind,
    long count,
    long served,
    Map<ContractError, Long> failedBy,
    long skipped,
    Distribution cycles,
    @Nullable Long maxAt) {

  public OperationStats {
    Map<ContractError, Long> copy = new EnumMap<>(ContractError.class);
    copy.putAll(failedBy);
    failedBy = Collections.unmodifiableMap(copy);
  }

  /** Operations that failed in the end. */
  public long failed() {
    return failedBy.values().stream().mapToLong(Long::longValue).sum();
  }
}
