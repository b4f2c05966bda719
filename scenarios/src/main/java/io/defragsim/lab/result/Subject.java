package io.defragsim.lab.result;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What ran: a scenario on an allocator's image, or a program with a heap of its own.
 *
 * @param scenario the scenario's name, or the program's
 * @param description what the scenario shows, in its own words; may be empty
 * @param cycleModel what cycles were counted by, for people
 * @param strictness what of each instruction was checked
 * @param policy when compaction ran, for people, for example {@code on failure, 64 bytes a step};
 *     null of a program
 * @param version of this program
 * @param notes what a reader must know to judge the figures, for example that unaligned accesses
 *     were not checked
 */
public record Subject(
    String scenario,
    String description,
    Image image,
    McuConfig mcu,
    String cycleModel,
    Strictness strictness,
    Pool pool,
    @Nullable String policy,
    String version,
    List<String> notes) {

  public Subject {
    notes = List.copyOf(notes);
  }

  /**
   * The image of an allocator, or of a program.
   *
   * @param sha256 of the ELF file, lower-case hex
   * @param contract the version of the image contract it follows; null of a program
   * @param features null of a program
   */
  public record Image(
      String name, String sha256, @Nullable Integer contract, @Nullable Features features) {}

  /**
   * What {@code image_features} promises.
   *
   * @param movesInStep 1: moves blocks in {@code image_step}
   * @param movesInCalls 2: moves blocks inside other calls
   * @param enforcesLocks 4
   * @param detectsStaleHandles 8
   */
  public record Features(
      boolean movesInStep,
      boolean movesInCalls,
      boolean enforcesLocks,
      boolean detectsStaleHandles) {}

  /**
   * The managed memory.
   *
   * @param address of its first byte
   * @param bytes handle table included; of a program's heap the most that it had
   * @param handles how many the image was asked for; null of a program
   */
  public record Pool(long address, int bytes, @Nullable Integer handles) {}
}
