package io.defragsim.lab.baseline;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Operation;
import io.defragsim.workload.TraceElement;
import io.defragsim.workload.Workload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a scenario has a run do, and under which conditions: what two runs must share for their
 * figures to mean the same. Names, descriptions and limits are not in it, nor how the file is
 * written.
 *
 * @param workload SHA-256 of the trace, lower-case hex. The trace is text in ASCII, a line for each
 *     operation that the workload asks for, in order, ended by a line feed: {@code alloc 3 64},
 *     {@code pin 3 64}, {@code free 3}, {@code lock 3}, {@code unlock 3}, {@code write 3}, {@code
 *     grow 3 80}, {@code resize 3 80}, {@code step 2}, {@code wait 48000}, and {@code phase} and
 *     {@code end} around each phase. Blocks have the numbers of {@link Operation}, sizes are in
 *     bytes, waits in cycles
 * @param part the part, for people; without the wait states, which the cycle model names
 * @param pool the same of the pool
 * @param stack of the stack reserve
 * @param policy of when steps run
 * @param interrupts of interrupts
 */
public record Setting(
    String workload, String part, String pool, String stack, String policy, String interrupts) {

  private static final int CHUNK = 1 << 16;

  /** That of {@code scenario}. Plays its trace once. */
  public static Setting of(Scenario scenario) {
    McuConfig mcu = scenario.mcu();
    return new Setting(
        hash(scenario.workload()),
        String.format(
            Locale.ROOT,
            "%s, %d Hz, multiplier %d, %d bytes of flash, %d bytes of SRAM at 0x%08x",
            mcu.core().key(),
            mcu.clockHz(),
            mcu.multiplierCycles(),
            mcu.flashBytes(),
            mcu.sramBytes(),
            mcu.sramBase()),
        scenario.pool().bytes() + " bytes, " + scenario.pool().handles() + " handles",
        scenario.stackBytes() + " bytes",
        policy(scenario.defrag()),
        interrupts(scenario.interrupts()));
  }

  /** As baselines keep it: in words of its own, so that those of reports are free to change. */
  private static String policy(DefragPolicy policy) {
    String when =
        switch (policy.when()) {
          case ON_FAILURE -> "on failure";
          case EVERY -> "every " + policy.operations() + " operations";
          case IDLE -> "while idle";
          case NEVER -> "never";
        };
    String steps = when + ", " + policy.budgetBytes() + " bytes a step";
    return policy.readyBytes() == 0
        ? steps
        : steps + ", a hole of " + policy.readyBytes() + " bytes kept ready";
  }

  private static String interrupts(List<InterruptSource> sources) {
    return sources.isEmpty()
        ? "none"
        : sources.stream()
            .map(
                source ->
                    String.format(
                        Locale.ROOT,
                        "%d cycles every %d from %d, priority %d",
                        source.cycles(),
                        source.every(),
                        source.at(),
                        source.priority()))
            .collect(Collectors.joining("; "));
  }

  private static String hash(Workload workload) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    StringBuilder lines = new StringBuilder();
    for (TraceElement element : workload.trace()) {
      lines.append(element.line()).append('\n');
      if (lines.length() > CHUNK) {
        digest.update(lines.toString().getBytes(StandardCharsets.US_ASCII));
        lines.setLength(0);
      }
    }
    digest.update(lines.toString().getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest.digest());
  }
}
