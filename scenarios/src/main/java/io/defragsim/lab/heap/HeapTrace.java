package io.defragsim.lab.heap;

import com.fasterxml.jackson.core.JsonGenerator;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.fit.Demand;
import io.defragsim.lab.heap.HeapOperation.Kind;
import io.defragsim.lab.result.ProgramHeap;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Numbers;
import io.defragsim.scenario.Granule;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioWriter;
import io.defragsim.scenario.schema.Type;
import io.defragsim.words.Printable;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.trace.TraceLine;
import io.defragsim.workload.trace.TraceWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a program asked of a heap, as a trace, and a scenario that replays it. */
public final class HeapTrace {
  /** A pool needs so much for the headers of the shipped images, in bytes. */
  private static final int SMALLEST_HEAP = 64;

  /** Beside pool and stack, for the image's own data. */
  private static final int DATA_BYTES = 4096;

  /** Where the images that come along can be. */
  private static final long USUAL_SRAM_BASE = 0x2000_0000L;

  private static final long OTHER_SRAM_BASE = 0x1000_0000L;
  private static final int LEAST_FLASH = 32 * Quantity.KIB;

  private final HeapLog log;
  private final Stacks stacks;
  private final Collection<Family> families;
  private final RunResult result;
  private final FirmwareImage firmware;

  HeapTrace(HeapLog log, Stacks stacks, Heap heap, RunResult result, FirmwareImage firmware) {
    this.log = log;
    this.stacks = stacks;
    this.families = heap.families();
    this.result = result;
    this.firmware = firmware;
  }

  /** Writes the trace, and closes nothing. The same program gives the same text. */
  public void write(Writer out) throws IOException {
    TraceWriter writer = new TraceWriter(out);
    ProgramHeap heap = Objects.requireNonNull(result.program());
    writer.remark(
        "What "
            + Printable.of(firmware.name())
            + " (SHA-256 "
            + firmware.sha256().substring(0, 12)
            + ") asked of "
            + heap.title()
            + ".");
    new Writing(writer).all();
  }

  /** The lines, one after the other. */
  private final class Writing {
    private final TraceWriter writer;
    private final Set<Integer> told = new HashSet<>();
    private long end;

    Writing(TraceWriter writer) {
      this.writer = writer;
    }

    void all() throws IOException {
      try {
        log.replay(
            operation -> {
              try {
                line(operation);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }

    private void line(HeapOperation operation) throws IOException {
      if (operation.kind() == Kind.GREW) {
        return;
      }
      int stack = operation.stack();
      boolean says = operation.kind() != Kind.FREED;
      if (says) {
        frames(stack);
      }
      if (end > 0 && operation.begin() > end) {
        writer.write(new TraceLine.Waited(operation.begin() - end));
      }
      end = Math.max(end, operation.end());
      int align = (int) Math.max(TraceLine.Allocated.USUAL_ALIGN, operation.align());
      writer.write(
          switch (operation.kind()) {
            case ALLOCATED ->
                new TraceLine.Allocated(operation.block(), operation.bytes(), align, stack);
            case RESIZED -> new TraceLine.Resized(operation.block(), operation.bytes(), stack);
            case FREED -> new TraceLine.Freed(operation.block());
            case REFUSED, RESIZE_REFUSED -> new TraceLine.Refused(operation.bytes(), stack);
            case LOCKED -> new TraceLine.Locked(operation.block());
            case UNLOCKED -> new TraceLine.Unlocked(operation.block());
            case GREW -> throw new IllegalStateException("no operation of the program");
          });
    }

    /** The frames of a stack that were not said before, each behind the one that called it. */
    private void frames(int stack) throws IOException {
      Deque<TraceLine.Frame> unsaid = new ArrayDeque<>();
      for (int at = stack; at != TraceLine.NO_STACK && told.add(at); ) {
        TraceLine.Frame frame = stacks.frame(at);
        unsaid.push(frame);
        at = frame.parent();
      }
      for (TraceLine.Frame frame : unsaid) {
        writer.write(frame);
      }
    }
  }

  /**
   * The scenario.
   *
   * @param trace the name of the trace's file, beside the scenario's
   * @param how what was asked of the recording besides, for people; may be empty
   */
  public String scenario(String name, String trace, String how) {
    return ScenarioWriter.laidOut(out -> write(name, trace, how, out));
  }

  private void write(String name, String trace, String how, JsonGenerator out) throws IOException {
    ProgramHeap heap = Objects.requireNonNull(result.program());
    boolean pointers =
        families.contains(Family.LIBC) && firmware.object("__malloc_free_list").isPresent();
    int handles = handles();
    long refused = withRefused();
    boolean asClaimed = refused <= heap.claimedBytes();
    long table = pointers && asClaimed ? 0 : Granule.up((long) Demand.TABLE_ENTRY * handles);
    long most =
        Granule.down(Scenario.MOST_MEMORY - Scenario.DEFAULT_STACK_BYTES - DATA_BYTES - table);
    long bytes = Math.min(most, Math.max(refused, heap.claimedBytes()));
    int pool = (int) (Granule.up(Math.max(SMALLEST_HEAP, bytes)) + table);
    out.writeStartObject();
    String shown = Printable.of(name);
    out.writeStringField("name", shown.substring(0, Math.min(shown.length(), Type.LONGEST_NAME)));
    out.writeStringField(
        "description",
        String.format(
            Locale.ROOT,
            "What %s asked of %s: %s, recorded%s. It claimed %s at most; the pool has %s%s.%s",
            Printable.of(firmware.name()),
            heap.title(),
            Numbers.count(result.executed(), "operation"),
            how.isEmpty() ? "" : " with " + Printable.of(how),
            Numbers.count(heap.claimedBytes(), "byte"),
            bytes == heap.claimedBytes()
                ? "so many"
                : Numbers.plain(bytes)
                    + (bytes == refused ? ", for what was refused is asked for again" : ""),
            table == 0 ? "" : ", and a table of handles besides",
            pointers || families.contains(Family.DEFRAG)
                ? ""
                : " No image is this heap: a replay is on another."));
    mcu(pool, out);
    if (pointers) {
      out.writeStringField("image", "newlib-nano");
    }
    out.writeObjectFieldStart("pool");
    out.writeNumberField("size", pool);
    out.writeNumberField("handles", handles);
    out.writeEndObject();
    out.writeArrayFieldStart("workload");
    out.writeStartObject();
    out.writeStringField("phase", "app");
    out.writeStringField("trace", trace);
    out.writeEndObject();
    out.writeEndArray();
    out.writeEndObject();
  }

  /** One for each block alive, and one for what is asked for beside them: that may be refused. */
  private int handles() {
    boolean resizes =
        result.operations().stream().anyMatch(stats -> stats.kind() == OperationKind.RESIZE);
    boolean besides = resizes || result.failures().count() > 0;
    long handles = result.peakLiveBlocks() + (besides ? 1 : 0);
    return (int) Math.max(1, Math.min(handles, Scenario.Pool.MOST_HANDLES));
  }

  /**
   * Bytes that the blocks alive at a refusal and what was refused take together, in the layout of
   * the shipped images: the most of all refusals that the part has the memory for; 0 for none.
   */
  private long withRefused() {
    Map<Integer, Long> alive = new HashMap<>();
    long[] sums = {0, 0};
    log.replay(
        operation -> {
          long bytes = Granule.up(operation.bytes() + Demand.HEADER);
          switch (operation.kind()) {
            case ALLOCATED, RESIZED -> {
              Long before = alive.put(operation.block(), bytes);
              sums[0] += bytes - (before == null ? 0 : before);
            }
            case FREED -> {
              Long before = alive.remove(operation.block());
              sums[0] -= before == null ? 0 : before;
            }
            case REFUSED, RESIZE_REFUSED -> {
              if (sums[0] + bytes <= result.subject().mcu().sramBytes()) {
                sums[1] = Math.max(sums[1], sums[0] + bytes);
              }
            }
            case LOCKED, UNLOCKED, GREW -> {}
          }
        });
    return sums[1];
  }

  /** The program's part, with memory enough for the images that come along. */
  private void mcu(int pool, JsonGenerator out) throws IOException {
    McuConfig part = result.subject().mcu();
    int needed = pool + Scenario.DEFAULT_STACK_BYTES + DATA_BYTES;
    int sram = whole(Math.max(part.sramBytes(), needed));
    int flash = whole(Math.max(part.flashBytes(), LEAST_FLASH));
    long base = part.sramBase() == OTHER_SRAM_BASE ? OTHER_SRAM_BASE : USUAL_SRAM_BASE;
    McuConfig profile = McuProfiles.all().get(part.name());
    if (profile != null && profile.equals(part) && sram == part.sramBytes()) {
      out.writeStringField("mcu", part.name());
      return;
    }
    ScenarioWriter.mcu(
        new McuConfig(
            part.name(),
            part.core(),
            part.clockHz(),
            part.zeroWaitHz(),
            part.waitStates(),
            part.multiplierCycles(),
            flash,
            base,
            sram),
        out);
  }

  private static int whole(int bytes) {
    return (bytes + Quantity.KIB - 1) / Quantity.KIB * Quantity.KIB;
  }
}
