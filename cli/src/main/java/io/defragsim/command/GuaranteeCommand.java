package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Input;
import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.job.OutputFiles;
import io.defragsim.command.job.ProgramVersion;
import io.defragsim.command.job.Shipped;
import io.defragsim.command.option.AllocatorOption;
import io.defragsim.command.option.ColorOption;
import io.defragsim.command.option.ContractOptions;
import io.defragsim.command.option.JsonOption;
import io.defragsim.command.option.OptionValue;
import io.defragsim.command.option.PartOptions;
import io.defragsim.console.Progress;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.NotCertifiedException;
import io.defragsim.lab.guarantee.ObservedContract;
import io.defragsim.lab.guarantee.ProgramContract;
import io.defragsim.lab.guarantee.Question;
import io.defragsim.lab.guarantee.check.Checked;
import io.defragsim.lab.guarantee.check.GuaranteeCheck;
import io.defragsim.lab.image.Guarantee;
import io.defragsim.lab.image.ImageContract;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.Guaranteed;
import io.defragsim.report.format.Formats;
import io.defragsim.report.model.Report;
import io.defragsim.report.section.GuaranteeReport;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.Granule;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Quantity.Kind;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code defrag-sim guarantee}. */
@Command(
    name = "guarantee",
    description = {
      "Prints what is certain before anything runs: the pool in which every request of every program"
          + " within a contract is served, and the longest time that a request waits.",
      "The contract is what the program promises of its heap: bytes and blocks alive at once, the"
          + " smallest and the largest request, blocks that are locked at once. It is given by options,"
          + " or counted from a scenario or a recording; an option goes before what was counted.",
      "Certified is what is proved for the image, whose constants it exports (image_guarantee). Found"
          + " is what was run. Cited is a theorem of others. The exit status is 3 if --pool is too small"
          + " or a wait is longer than --longest-wait."
    },
    footer = {
      "  defrag-sim guarantee --alive 13631 --blocks 64 --largest 1024 --smallest 16 --locked 2",
      "  defrag-sim guarantee sensor-node                # the contract that a scenario keeps to",
      "  defrag-sim guarantee my.json --pool 16384 --longest-wait '5 ms'   # in CI"
    })
final class GuaranteeCommand implements Callable<Integer> {
  private static final int MOST_BUDGET = 1 << 24;
  private static final int MOST_COUNT = 10_000;
  private static final int USUAL_BUDGET = 64;

  /** With more blocks a check would take many minutes. */
  private static final int MOST_CHECKED_BLOCKS = 2000;

  @Mixin ContractOptions contractOptions;
  @Mixin AllocatorOption allocator;
  @Mixin JsonOption jsonOption;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description =
          "A scenario or a recording whose contract is counted, or the name of a shipped scenario.")
  @Nullable String file;

  @Option(
      names = "--pool",
      paramLabel = "SIZE",
      description =
          "The program's pool, without the table of handles: exit with 3 if it is too small (default:"
              + " the scenario's, which is no gate, else the certified one).")
  @Nullable String pool;

  @Option(
      names = "--budget",
      paramLabel = "SIZE",
      description = "What a step may move (default: the scenario's, else 64 bytes).")
  @Nullable String budget;

  @Option(
      names = "--calls",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Other calls of the program and its handlers between two steps (default:"
              + " ${DEFAULT-VALUE}).")
  int calls = 1;

  @Option(
      names = "--larger",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Requests of at least the same size that are granted to others while one waits (default:"
              + " ${DEFAULT-VALUE}).")
  int larger;

  @Option(
      names = "--longest-wait",
      paramLabel = "TIME",
      description =
          "Exit with 3 if a request may wait longer, with the other calls and larger requests: a time"
              + " or cycles, for example '5 ms'.")
  @Nullable String longestWait;

  @Option(
      names = "--mcu",
      paramLabel = "NAME",
      description =
          "The part, as 'list' names it, whose core and clock count (default: the scenario's, else"
              + " cortex-m0 at 48 MHz).")
  @Nullable String mcu;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Write the report as Markdown to FILE, for the summary of a job.")
  @Nullable String markdown;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description =
          "Write the report as a page to FILE, with the pool by locked blocks and the wait by pool as"
              + " curves. With - to stdout, in place of the report.")
  @Nullable String html;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print the outcomes alone.")
  boolean quiet;

  @Option(
      names = "--check",
      description =
          "Play programs within this contract on the image that come near to what is certified, for up"
              + " to a minute: exit with 4 if one gets beyond.")
  boolean check;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Where the random numbers of --check start (default: ${DEFAULT-VALUE}).")
  long seed = 1;

  @Option(
      names = "--worst",
      paramLabel = "FOLDER",
      description =
          "Write what --check found to FOLDER: the staircase, and the longest waits, as scenarios.")
  @Nullable String worst;

  /** What the command line names. */
  private record Asked(
      ImageReference reference,
      FirmwareImage image,
      @Nullable Input input,
      Question question,
      ObservedContract observed) {}

  @Override
  public Integer call() {
    if (worst != null && !check) {
      throw CommandFailedException.wrongUsage("--worst: it is --check that finds something");
    }
    Job job = color.job();
    OutputFile json = jsonOption.open(job);
    OutputFile summary = job.open("--markdown", markdown);
    OutputFile page = job.open("--html", html);
    Path folder = worst == null ? null : OutputFiles.folder("--worst", worst);
    Asked asked = asked(job);
    int blocks = asked.question().contract().blocks();
    if (check && blocks > MOST_CHECKED_BLOCKS) {
      throw CommandFailedException.wrongUsage(
          "--check: it plays contracts of up to 2,000 blocks, and this one has " + blocks);
    }
    Certificate certificate;
    try {
      certificate = Certificate.of(asked.reference(), asked.image(), asked.question());
    } catch (NotCertifiedException e) {
      throw CommandFailedException.refused(e.getMessage());
    }
    Input input = asked.input();
    RunResult run = input == null ? null : job.runner().run(input);
    Guaranteed guaranteed =
        new Guaranteed(
            ProgramVersion.number(),
            input == null ? "" : input.scenario().name(),
            input == null
                ? ""
                : contractOptions.isAsked()
                    ? "; counted from the scenario, but for what options say"
                    : "; counted from the scenario",
            certificate,
            pool != null,
            longestWait == null ? null : cycles(asked.question().part().clockHz()),
            asked.observed().pinnedWhileLocked(),
            notes(asked, certificate),
            input == null || input.scenario().defrag().when() == DefragPolicy.When.ON_FAILURE,
            run,
            check ? checked(job, certificate, asked) : null);
    Report report = GuaranteeReport.of(guaranteed);
    job.print(
        to -> {
          if (quiet) {
            TextReport.print(report.outcomes(), to);
          } else {
            TextReport.print(report, to);
          }
        });
    json.write(to -> Formats.GUARANTEE.write(guaranteed, to));
    summary.write(to -> Formats.GUARANTEE_MARKDOWN.write(guaranteed, to));
    page.write(to -> Formats.GUARANTEE_PAGE.write(guaranteed, to));
    write(job, guaranteed.checked(), folder);
    return guaranteed.exitStatus();
  }

  private List<String> notes(Asked asked, Certificate certificate) {
    List<String> notes = new ArrayList<>();
    Input input = asked.input();
    if (input != null) {
      if (!input.scenario().workload().traces().isEmpty()
          && asked.question().contract().locked() == 0) {
        notes.add(
            "a recorded program may have no locks: --locked says how many it will hold on this image");
      }
      if (input.scenario().defrag().when() != DefragPolicy.When.ON_FAILURE) {
        notes.add(
            "the scenario does not step until a refused request is served, and only who does so is"
                + " promised anything");
      }
    }
    long memory = certificate.poolInUse() + certificate.tableBytes();
    if (memory > asked.question().part().sramBytes()) {
      notes.add("the pool with its table has more bytes than the SRAM of the part");
    }
    return notes;
  }

  private Checked checked(Job job, Certificate certificate, Asked asked) {
    job.tellOfEngine();
    try (Progress progress =
        job.session().progress(asked.image().name(), percent -> percent + " %")) {
      return GuaranteeCheck.of(certificate, asked.reference(), asked.image(), seed, progress);
    }
  }

  private static void write(Job job, @Nullable Checked checked, @Nullable Path folder) {
    if (checked == null || folder == null) {
      return;
    }
    for (Scenario scenario : checked.worst()) {
      job.outputs()
          .openAt("--worst", folder.resolve(scenario.name() + ".json"), false)
          .write(to -> to.write(ScenarioWriter.text(scenario)));
    }
  }

  private Asked asked(Job job) {
    int ownCalls = count("--calls", calls);
    int ownLarger = count("--larger", larger);
    if (file == null) {
      ProgramContract contract = contractOptions.contract(null);
      McuConfig part = mcu == null ? Shipped.usualPart() : PartOptions.named(mcu);
      ImageReference reference =
          Inputs.reference(allocator.image == null ? Shipped.USUAL_IMAGE : allocator.image);
      FirmwareImage image = job.read(inputs -> inputs.image(reference.toString(), reference, part));
      Question question =
          new Question(
              contract,
              contract.blocks(),
              poolBytes(null),
              bytes(USUAL_BUDGET),
              contract.grows(),
              ownCalls,
              ownLarger,
              part);
      return new Asked(reference, image, null, question, new ObservedContract(contract, false, 0));
    }
    Input input = job.readOne(file, allocator.image);
    Scenario scenario = input.scenario();
    ImageContract functions = ImageContract.of(input.image());
    Guarantee constants;
    try {
      constants = Certificate.constants(input.image(), functions);
    } catch (NotCertifiedException e) {
      throw CommandFailedException.refused(e.getMessage());
    }
    ObservedContract observed = ObservedContract.of(scenario.workload(), functions.resizes());
    if (observed.contract() == null) {
      throw CommandFailedException.refused(
          file + ": the scenario asks for no block, so there is no contract to count");
    }
    ProgramContract contract = contractOptions.contract(observed.contract());
    int entries = Math.max(scenario.pool().handles(), contract.blocks());
    long table = Granule.up((long) constants.entry() * scenario.pool().handles());
    Question question =
        new Question(
            contract,
            entries,
            poolBytes(scenario.pool().bytes() - table),
            bytes(scenario.defrag().budgetBytes()),
            observed.resizes() || contract.grows(),
            ownCalls,
            ownLarger,
            mcu == null ? scenario.mcu() : PartOptions.named(mcu));
    return new Asked(scenario.image(), input.image(), input, question, observed);
  }

  private @Nullable Long poolBytes(@Nullable Long otherwise) {
    if (pool == null) {
      return otherwise;
    }
    long bytes = OptionValue.quantity("--pool", pool, Kind.SIZE);
    if (bytes < 2 * Granule.BYTES) {
      throw CommandFailedException.wrongUsage("--pool: " + pool + " is less than 16 bytes");
    }
    return bytes / Granule.BYTES * Granule.BYTES;
  }

  private int bytes(int otherwise) {
    if (budget == null) {
      return Math.max(otherwise, Granule.BYTES);
    }
    long bytes = OptionValue.quantity("--budget", budget, Kind.SIZE);
    if (bytes < Granule.BYTES || bytes > MOST_BUDGET) {
      throw CommandFailedException.wrongUsage(
          "--budget: a step moves from 8 bytes to 16 MiB, not " + budget);
    }
    return (int) bytes;
  }

  private static int count(String option, int value) {
    if (value < 0 || value > MOST_COUNT) {
      throw CommandFailedException.wrongUsage(
          option + ": " + value + " is not between 0 and 10,000");
    }
    return value;
  }

  private long cycles(long clockHz) {
    String text = longestWait == null ? "" : longestWait;
    return OptionValue.of(
        "--longest-wait", () -> Quantity.parse(text, Kind.DURATION, OptionalLong.of(clockHz)));
  }
}
