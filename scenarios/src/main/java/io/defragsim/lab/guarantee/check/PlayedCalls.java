package io.defragsim.lab.guarantee.check;

import io.defragsim.workload.Operation;
import java.util.List;

/**
 * What was played on an image, and what of it was refused.
 *
 * @param pool bytes without the table
 * @param requests that were refused
 * @param locks that were refused
 */
record PlayedCalls(long pool, List<Operation> operations, int requests, int locks) {
  PlayedCalls {
    operations = List.copyOf(operations);
  }
}
