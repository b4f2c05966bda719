package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.job.OutputFiles;
import io.defragsim.command.job.ProgramVersion;
import io.defragsim.command.option.BaselineOptions;
import io.defragsim.command.option.BoardOptions;
import io.defragsim.command.option.ColorOption;
import io.defragsim.command.option.HtmlOption;
import io.defragsim.command.option.LimitOption;
import io.defragsim.command.option.OutputLimitOption;
import io.defragsim.command.option.PartOptions;
import io.defragsim.command.option.ProgramRun;
import io.defragsim.command.option.ProgramRun.Ran;
import io.defragsim.command.option.ProgramRun.Ready;
import io.defragsim.command.option.ReportOptions;
import io.defragsim.command.option.ReportOptions.EntryPrinter;
import io.defragsim.command.option.WayOption;
import io.defragsim.emulator.calls.CallWatch;
import io.defragsim.emulator.exec.Ending;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.baseline.Baseline;
import io.defragsim.lab.heap.HeapFunctions;
import io.defragsim.lab.heap.HeapRecorder;
import io.defragsim.lab.heap.HeapRecording;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.Executed;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.Recorded;
import io.defragsim.report.format.Formats;
import io.defragsim.report.section.ExecReport;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.Unreadable;
import io.defragsim.words.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code defrag-sim record}. */
@Command(
    name = "record",
    description = {
      "Runs a program as 'exec' does and watches its heap: who asks for memory, how much, how long"
          + " each call takes, what leaks, what cannot be right. The program is not changed, and"
          + " no cycle is added. What it finds wrong fails nothing without --limit findings=0.",
      "Writes NAME.trace, what the program asked for, and NAME.json, a scenario that replays it."
          + " Heaps are known by the names of their functions: those of the C library, C++, Rust,"
          + " FreeRTOS, Zephyr, TLSF, o1heap, umm_malloc, LVGL, lwIP, MicroPython and defrag.",
      "Firmware that never ends is recorded for as long as --budget says, '2 s' for example: that is"
          + " an ordinary end, and limits are judged. Without it the program must end by itself, or"
          + " the status is 5."
    },
    footer = {
      "  defrag-sim record firmware.elf",
      "  defrag-sim record firmware.elf --mcu nrf51822 -o app --html heap.html",
      "  defrag-sim record firmware.elf --limit findings=0,heap.bytes=6KiB --junit heap.xml",
      "  defrag-sim record firmware.elf --mcu stm32f030f4 --budget '2 s' --limit failed=0",
      "  defrag-sim record firmware.hex --heap malloc=0x08001234:size=r0,free=0x080013a0:block=r0"
    })
final class RecordCommand implements Callable<Integer> {

  @Spec CommandSpec spec;

  @Mixin PartOptions partOptions;
  @Mixin BoardOptions boardOptions;
  @Mixin WayOption wayOption;
  @Mixin OutputLimitOption outputLimit;
  @Mixin ReportOptions reports;
  @Mixin LimitOption limits;
  @Mixin BaselineOptions baselines;
  @Mixin HtmlOption html;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "FIRMWARE",
      description =
          "A program for ARMv6-M, as 'exec' takes it. Only an ELF names its functions; of another"
              + " file --heap says where they are.")
  String file = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "NAME",
      description =
          "Write NAME.trace and NAME.json (default: the program's name, in the current folder). Of"
              + " several heaps that with the most operations; the others are NAME-HEAP.")
  @Nullable String output;

  @Option(
      names = "--heap",
      paramLabel = "FUNCTIONS",
      description =
          "The functions of a heap that is not known by its names, or of a program without names:"
              + " malloc=NAME:size=r1:heap=r0,free=NAME:block=r1, with realloc, calloc and memalign"
              + " alike. NAME is a symbol or an address; arguments are size, count, align, block and"
              + " heap, in r0 to r3 or stack, stack+4, ...; those of C's functions where it says"
              + " nothing. May be given more than once.")
  List<String> heaps = List.of();

  @Option(
      names = "--baseline",
      description =
          "Hold each heap against its baseline, baselines/NAME.json beside NAME; a figure that is"
              + " worse fails like a limit.")
  boolean baseline;

  @Option(names = "--update-baseline", description = "Write the baseline of each heap.")
  boolean updateBaseline;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print what the program prints, and one line a heap.")
  boolean quiet;

  /** What a heap's recording is written to. */
  private record Files(String name, OutputFile trace, OutputFile scenario) {}

  @Override
  public Integer call() {
    if (!baseline && !updateBaseline && baselines.any()) {
      throw CommandFailedException.wrongUsage(
          "--baselines, --tolerance, --exact and --all go with --baseline");
    }
    if (baselines.namesImage()) {
      throw CommandFailedException.wrongUsage("--against is for scenarios, which run on images");
    }
    ProgramRun run = new ProgramRun(partOptions, boardOptions, wayOption, outputLimit);
    Job job = color.job();
    ReportOptions.Outputs outputs = reports.open(job);
    OutputFile page = html.open(job);
    Ready ready = run.load(job, file);
    Program program = ready.program();
    List<RunResult.Limit> judged = RunResult.Limit.of(limits.on(List.of(), partOptions.clockHz()));
    Files files = files(job, output == null ? program.image().name() : output);
    HeapFunctions functions = functions(program);

    HeapRecorder recorder = new HeapRecorder(program.image(), functions);
    CallWatch watch =
        new CallWatch(program.image(), program.layout().map(), functions.addresses(), recorder);
    Profiler profiler = page.isAskedFor() ? new Profiler(program) : null;
    Ran ran =
        run.run(
            job,
            ready,
            execution -> {
              execution.watch(watch);
              if (profiler != null) {
                execution.profile(profiler);
              }
            });
    Ending ending = ran.result().ending();
    Executed executed =
        new Executed(
            ProgramVersion.number(),
            ready.firmware().format(),
            program,
            ran.result(),
            partOptions.budgetIsDefault(),
            null,
            null,
            ran.board());
    recorder.ended(
        executed.result().cycles(), executed.clockIsEstimate(), hasStopped(ending), ending.at());
    List<HeapRecording> recordings =
        HeapRecording.of(recorder, conditions(executed, watch.cut(), judged, page.isAskedFor()));
    if (recordings.isEmpty()) {
      return nothing(job, executed, functions);
    }
    List<Entry> entries =
        recordings.stream()
            .map(one -> entry(one, name(files.name, one, recordings), program.image()))
            .toList();
    int status = outputs.report(entries, EntryPrinter.of(quiet, baselines.all), any -> !quiet);
    if (updateBaseline) {
      recordings.forEach(
          one -> keep(job, one.result(), name(files.name, one, recordings), program.image()));
    }
    write(job, files, recordings, status);
    if (page.isAskedFor()) {
      write(page, recordings.get(0), profiler == null ? Profile.NONE : profiler.profile());
    }
    return status;
  }

  /** What a heap's files are called: of several, that with the most operations as it was asked. */
  private static String name(String stem, HeapRecording one, List<HeapRecording> all) {
    return all.indexOf(one) == 0 ? stem : stem + "-" + one.name();
  }

  private Entry entry(HeapRecording recording, String name, FirmwareImage image) {
    RunResult result = recording.result();
    BaselineCheck check =
        baseline && result.completed()
            ? baselines.check(
                Baseline.ofProgram(result, image), baselineFile(name), partOptions.clockHz())
            : null;
    return new Entry(file, null, result, check);
  }

  private void keep(Job job, RunResult result, String name, FirmwareImage image) {
    if (result.completed()) {
      job.outputs()
          .openAt("--update-baseline", baselineFile(name), true)
          .write(to -> Formats.BASELINE.write(Baseline.ofProgram(result, image), to));
    }
  }

  private Path baselineFile(String name) {
    return baselines.file(OutputFiles.path("-o", name), lastName(name));
  }

  private Files files(Job job, String name) {
    if (name.equals(OutputFiles.STDOUT)) {
      throw CommandFailedException.wrongUsage(
          "-o: two files are written, and stdout is one: name them");
    }
    if (name.isEmpty()) {
      throw CommandFailedException.wrongUsage("-o: a file name is empty");
    }
    String stem = name.replaceFirst("\\.(json|trace|elf)$", "");
    return new Files(stem, job.open("-o", stem + ".trace"), job.open("-o", stem + ".json"));
  }

  private HeapFunctions functions(Program program) {
    HeapFunctions functions;
    try {
      functions = HeapFunctions.of(program, heaps);
    } catch (Unreadable e) {
      throw CommandFailedException.refused("--heap: " + e.problem());
    }
    if (functions.areNone()) {
      String name = program.image().name();
      throw CommandFailedException.refused(
          program.image().functions().isEmpty()
              ? name
                  + " does not name its functions: --heap"
                  + " malloc=ADDRESS:size=r0,free=ADDRESS:block=r0 says where those of its heap are"
              : name
                  + " has no function of a heap that is known by its name, such as malloc: --heap"
                  + " malloc=NAME:size=r0,free=NAME:block=r0 names those of another"
                  + functions.notes().stream().map("; "::concat).collect(Collectors.joining()));
    }
    return functions;
  }

  /** Whether the program stands for good where it stands. */
  private static boolean hasStopped(Ending ending) {
    return ending instanceof Ending.Faulted
        || ending instanceof Ending.LoopsForever
        || ending instanceof Ending.Parked
        || ending instanceof Ending.Exited
        || ending.inHardFault();
  }

  private static HeapRecording.Conditions conditions(
      Executed executed, boolean cut, List<RunResult.Limit> judged, boolean pictures) {
    List<String> notes = new ArrayList<>(executed.notes());
    if (cut) {
      notes.add("calls were too deep, or in too many threads, to follow all: some may be missing");
    }
    if (executed.result().resets() > 0) {
      notes.add("the program reset itself; blocks from before count as alive");
    }
    if (timeIsOver(executed)) {
      notes.add(
          "the program: ran until its time was over, "
              + Numbers.count(executed.result().cycles(), "cycle")
              + " (--budget), at "
              + executed.result().ending().at());
    } else if (executed.status() == ExitStatus.OK) { // any other has a section of its own
      notes.add("the program: " + ExecReport.ending(executed));
    }
    return new HeapRecording.Conditions(
        executed.program(),
        executed.result().cycles(),
        executed.clockIsEstimate(),
        operation -> ending(executed, operation),
        notes,
        executed.producer(),
        judged,
        pictures);
  }

  /** Whether somebody said how long the program is to run, and it did so. */
  private static boolean timeIsOver(Executed executed) {
    Ending ending = executed.result().ending();
    return ending instanceof Ending.BudgetExhausted
        && !ending.inHardFault()
        && !executed.budgetIsDefault()
        && !executed.scriptIsCutOff();
  }

  /** How a program's recording ended, by the number of the last operation. */
  static RunEnding ending(Executed executed, long operation) {
    Ending ending = executed.result().ending();
    ExitStatus status = executed.status();
    if (timeIsOver(executed)) {
      return new RunEnding.Completed();
    }
    if (ending instanceof Ending.Faulted faulted) {
      return new RunEnding.Faulted(faulted.fault(), "", operation);
    }
    if (ending instanceof Ending.BudgetExhausted exhausted && status == ExitStatus.BUDGET) {
      return new RunEnding.BudgetExhausted(exhausted.budget(), exhausted.at(), "", operation);
    }
    return status == ExitStatus.OK
        ? new RunEnding.Completed()
        : new RunEnding.Stopped(ExecReport.ending(executed), ending.at(), status, operation);
  }

  private Integer nothing(Job job, Executed executed, HeapFunctions functions) {
    job.print(
        page -> {
          if (!quiet) {
            page.note(
                executed.program().image().name()
                    + " called no function of its heap ("
                    + String.join(", ", functions.names())
                    + "): there is nothing to record, and nothing is written");
          }
          TextReport.print(ExecReport.of(executed).outcomes(), page);
        });
    return executed.exitStatus();
  }

  private void write(Job job, Files first, List<HeapRecording> recordings, int status) {
    Files files = first;
    List<String> scenarios = new ArrayList<>();
    for (HeapRecording recording : recordings) {
      if (recording.result().executed() == 0) {
        continue; // its first call never came back: there is nothing to replay
      }
      if (recordings.indexOf(recording) > 0) {
        files = files(job, name(first.name, recording, recordings));
      }
      String name = lastName(files.name);
      String how = how();
      files.trace.writeTabbed(recording.trace()::write);
      String scenario = recording.trace().scenario(name, name + ".trace", how);
      files.scenario.write(to -> to.write(scenario));
      scenarios.add(files.name + ".json");
    }
    if (!quiet) {
      job.print(
          page -> {
            for (String scenario : scenarios) {
              String trace = scenario.replaceFirst("json$", "trace");
              page.note(Printable.of("wrote " + trace + " and " + scenario));
              if (status != ExitStatus.FIRMWARE.code()) {
                page.note(
                    "next: defrag-sim fit "
                        + Printable.of(scenario)
                        + " --allocators newlib-nano,defrag");
              }
            }
          });
    }
  }

  private static String lastName(String file) {
    Path last = OutputFiles.path("-o", file).getFileName();
    return last == null ? file : last.toString();
  }

  /** The options that say how the program ran, without folders of this machine. */
  private String how() {
    List<OptionSpec> ran = new ArrayList<>();
    for (String mixin : List.of("partOptions", "boardOptions")) {
      ran.addAll(Objects.requireNonNull(spec.mixins().get(mixin)).options());
    }
    ran.add(spec.findOption("--heap"));
    return spec.commandLine().getParseResult().matchedOptions().stream()
        .filter(option -> ran.stream().anyMatch(each -> each.equals(option)))
        .map(
            option ->
                option.longestName()
                    + option.stringValues().stream()
                        .map(value -> " " + withoutFolder(value))
                        .collect(Collectors.joining()))
        .distinct()
        .collect(Collectors.joining(" "));
  }

  private static String withoutFolder(String value) {
    return value.substring(Math.max(value.lastIndexOf('/'), value.lastIndexOf('\\')) + 1);
  }

  private static void write(OutputFile page, HeapRecording recording, Profile profile) {
    if (recording.recording() == null) {
      throw CommandFailedException.refused(
          "--html: where the blocks of this heap are is not seen, so nothing can be drawn");
    }
    Recorded run =
        new Recorded(recording.result(), Objects.requireNonNull(recording.recording()), profile);
    page.write(to -> Formats.PAGE.write(run, to));
  }
}
