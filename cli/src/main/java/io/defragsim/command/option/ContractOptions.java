package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.lab.guarantee.ProgramContract;
import io.defragsim.scenario.Quantity.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a program promises of its heap. */
public final class ContractOptions {

  @Option(
      names = "--alive",
      paramLabel = "SIZE",
      description = "The most bytes alive at once, the block that is asked for included.")
  @Nullable String alive;

  @Option(
      names = "--blocks",
      paramLabel = "N",
      description = "The most blocks alive at once, that one included.")
  @Nullable Integer blocks;

  @Option(names = "--largest", paramLabel = "SIZE", description = "The largest request.")
  @Nullable String largest;

  @Option(
      names = "--smallest",
      paramLabel = "SIZE",
      description = "The smallest request (default: 1 byte).")
  @Nullable String smallest;

  @Option(
      names = "--locked",
      paramLabel = "N",
      description =
          "The most blocks that are locked or pinned at once, and all that are held over a step while"
              + " one request waits (default: 0). A lock that a handler takes and gives back before it"
              + " returns does not count.")
  @Nullable Integer locked;

  @Option(names = "--grows", description = "A resize may make a block larger.")
  boolean grows;

  /**
   * The contract.
   *
   * @param observed what counts where no option says otherwise; null for nothing
   * @throws CommandFailedException if something is missing, or it contradicts itself
   */
  public ProgramContract contract(@Nullable ProgramContract observed) {
    if (observed == null) {
      List<String> missing = missing();
      if (!missing.isEmpty()) {
        throw CommandFailedException.wrongUsage(
            "no contract: "
                + String.join(", ", missing)
                + (missing.size() == 1 ? " is" : " are")
                + " missing; or name a scenario, whose requests are counted");
      }
    }
    ProgramContract contract =
        new ProgramContract(
            bytes("--alive", alive, observed == null ? 0 : observed.alive()),
            count("--blocks", blocks, observed == null ? 0 : observed.blocks()),
            size("--smallest", smallest, observed == null ? 1 : observed.smallest()),
            size("--largest", largest, observed == null ? 0 : observed.largest()),
            count("--locked", locked, observed == null ? 0 : observed.locked()),
            grows || (observed != null && observed.grows()));
    List<String> contradictions = contract.contradictions();
    if (!contradictions.isEmpty()) {
      throw CommandFailedException.wrongUsage(
          "the contract contradicts itself: " + String.join("; ", contradictions));
    }
    return contract;
  }

  /** Whether an option says something. */
  public boolean isAsked() {
    return alive != null
        || blocks != null
        || largest != null
        || smallest != null
        || locked != null
        || grows;
  }

  private List<String> missing() {
    return Stream.of(
            alive == null ? "--alive" : "",
            blocks == null ? "--blocks" : "",
            largest == null ? "--largest" : "")
        .filter(option -> !option.isEmpty())
        .toList();
  }

  private static int size(String option, @Nullable String text, int otherwise) {
    long bytes = bytes(option, text, otherwise);
    if (bytes > Integer.MAX_VALUE) {
      throw CommandFailedException.wrongUsage(option + ": " + text + " is more than any pool");
    }
    return (int) bytes;
  }

  private static long bytes(String option, @Nullable String text, long otherwise) {
    return text == null ? otherwise : OptionValue.quantity(option, text, Kind.SIZE);
  }

  private static int count(String option, @Nullable Integer value, int otherwise) {
    if (value != null && value < 0) {
      throw CommandFailedException.wrongUsage(option + ": " + value + " is below 0");
    }
    return value == null ? otherwise : value;
  }
}
