package io.defragsim.emulator;

import java.lang.management.ManagementFactory;

/** What this thread has cost so far: other work on the machine is not in it. */
public final class ThreadCost {
  private ThreadCost() {}

  /** Nanoseconds of a processor. */
  public static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** Bytes; 0 on a virtual machine that does not count them. */
  public static long allocated() {
    return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
        ? threads.getThreadAllocatedBytes(Thread.currentThread().getId())
        : 0;
  }
}
