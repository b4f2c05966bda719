package io.defragsim.lab;

import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.workload.OperationKind;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts one kind of operation. */
final class Tally {
  private final Map<ContractError, Long> failedBy = new EnumMap<>(ContractError.class);
  private final TreeMap<Long, Long> cycles = new TreeMap<>();
  private long count;
  private long served;
  private long skipped;
  private long max = -1;
  private @Nullable Long maxAt;

  void served() {
    count++;
    served++;
  }

  void failed(ContractError error) {
    count++;
    failedBy.merge(error, 1L, Long::sum);
  }

  void skipped() {
    count++;
    skipped++;
  }

  /** One call took that many cycles. */
  void cycles(long taken, long operation) {
    cycles.merge(taken, 1L, Long::sum);
    if (taken > max) {
      max = taken;
      maxAt = operation;
    }
  }

  boolean isEmpty() {
    return count == 0 && cycles.isEmpty();
  }

  OperationStats stats(OperationKind kind) {
    return new OperationStats(
        kind, count, served, failedBy, skipped, Distribution.of(cycles), maxAt);
  }
}
