package io.defragsim.lab.result;

import io.defragsim.workload.OperationKind;
import org.jspecify.annotations.Nullable;

/**
 * An operation that the image refused in the end.
 *
 * @param block the name of the block in the workload
 * @param requestedBytes of an alloc or grow; 0 for the others
 * @param freeBytes {@code image_free_bytes} at that moment
 * @param catastrophic an allocation that failed although the free bytes would have sufficed
 * @param blocker the name of a locked block in the way, where the image names one
 */
public record Failure(
    long operation,
    OperationKind kind,
    String block,
    long requestedBytes,
    ContractError error,
    long freeBytes,
    boolean catastrophic,
    @Nullable String blocker) {}
