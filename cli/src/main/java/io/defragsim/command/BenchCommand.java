package io.defragsim.command;

import io.defragsim.command.bench.BenchSections;
import io.defragsim.command.bench.CommandBenchmark;
import io.defragsim.command.bench.Launcher;
import io.defragsim.command.bench.Timed;
import io.defragsim.command.job.Input;
import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.ProgramVersion;
import io.defragsim.command.option.WayOption;
import io.defragsim.console.OnInterrupt;
import io.defragsim.console.Progress;
import io.defragsim.console.Session;
import io.defragsim.emulator.bench.ImageBenchmark;
import io.defragsim.emulator.bench.LoopBenchmark;
import io.defragsim.emulator.bench.Rounds;
import io.defragsim.emulator.engine.unicorn.BlockCounting;
import io.defragsim.emulator.engine.unicorn.UnicornLibrary;
import io.defragsim.emulator.exec.Way;
import io.defragsim.emulator.file.FileName;
import io.defragsim.lab.bench.BenchFiles;
import io.defragsim.lab.bench.ScenarioBenchmark;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Section;
import io.defragsim.report.text.TextReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code defrag-sim bench}. */
@Command(
    name = "bench",
    description = {
      "Measures how fast this machine emulates: programs in each way that exec has, whole runs,"
          + " and parts of both. It takes some minutes, and a part of a minute for a program of"
          + " one's own.",
      "What runs in several ways must come to the same instructions, cycles and output, or the exit"
          + " status is 1. Times are those of the host, and differ from run to run: compare figures"
          + " of one run only."
    },
    footer = {"  defrag-sim bench", "  defrag-sim bench --program firmware.elf"})
final class BenchCommand implements Callable<Integer> {
  /** Of exec: the first is what the others are compared with. */
  private static final List<String> WAYS =
      List.of(
          "--way " + WayOption.word(Way.STEPS),
          "--way " + WayOption.word(Way.BLOCKS),
          "",
          "--profile");

  private static final List<String> RUNS = List.of("--strict", "");
  private static final Rounds ROUNDS = new Rounds(3, 400_000_000);
  private static final int TURNS = 1_000_000;
  private static final List<String> SCENARIOS = List.of("sensor-node", "packet-buffers");
  private static final List<String> IMAGES = List.of("defrag", "newlib-nano");
  private static final List<String> ONCE = List.of(ContractFunction.INIT + ":free,2048,32");
  private static final List<String> CALLS =
      List.of(ContractFunction.ALLOC + ":24", ContractFunction.FREE + ":last");
  private static final int STARTS = 5;

  @Option(
      names = "--program",
      paramLabel = "IMAGE",
      description =
          "Measure this program alone, as exec runs it without further options; may be given again.")
  List<String> files = List.of();

  private final Session session;
  private String doing = "";

  BenchCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Job job = new Job(session);
    List<Path> programs = job.read(this::programs);
    List<Input> runs =
        job.read(
            inputs ->
                SCENARIOS.stream()
                    .flatMap(scenario -> inputs.readEach(scenario, IMAGES).inputs().stream())
                    .toList());
    Path folder = Files.createTempDirectory("defrag-sim-bench");
    Launcher launcher = new Launcher(DefragSim.class, folder);
    OnInterrupt interrupted = new OnInterrupt(() -> end(launcher, folder));
    try (Progress progress = session.progress("bench", done -> doing)) {
      Measuring measuring = new Measuring(job, progress, launcher, folder);
      measuring.machine();
      if (programs.isEmpty()) {
        measuring.all(runs);
      } else {
        measuring.programs(programs);
      }
    } finally {
      end(launcher, folder);
      interrupted.over();
    }
    return ExitStatus.OK.code();
  }

  /** Leaves no process and no file behind. */
  private static void end(Launcher launcher, Path folder) {
    launcher.end();
    try {
      try (Stream<Path> left = Files.list(folder)) {
        for (Path file : left.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> programs(Inputs inputs) {
    for (String file : files) {
      inputs.program(file, OptionalLong.empty());
    }
    return files.stream().map(FileName::path).toList();
  }

  /** Measures one thing after the other, and prints each when it is known. */
  private final class Measuring {
    private final Job job;
    private final Progress progress;
    private final Launcher launcher;
    private final Path folder;
    private final CommandBenchmark commands;

    Measuring(Job job, Progress progress, Launcher launcher, Path folder) {
      this.job = job;
      this.progress = progress;
      this.launcher = launcher;
      this.folder = folder;
      commands = new CommandBenchmark(launcher, this::tell);
    }

    private void tell(String what) {
      doing = what;
      progress.accept(0);
    }

    private void print(Section section) {
      progress.clear();
      job.print(page -> TextReport.print(section, page));
    }

    void machine() {
      Facts facts = new Facts();
      facts.add(
          "machine",
          Runtime.getRuntime().availableProcessors()
              + " processors, "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch"));
      facts.add(
          "Java", System.getProperty("java.version") + ", " + System.getProperty("java.vm.name"));
      for (String command : List.of("exec", "run")) {
        String compiler = launcher.compiler(command);
        facts.add(command, compiler.isEmpty() ? "compiled as Java does by itself" : compiler);
      }
      UnicornLibrary library = UnicornLibrary.get();
      facts.add(
          "engine",
          library.state() == UnicornLibrary.State.LOADED
              ? "Unicorn, counted in " + BlockCounting.FASTEST.place()
              : "none: Unicorn " + library.problem());
      facts.add(
          "times",
          "of the processor, which other work on the machine disturbs least; user s is that of a"
              + " whole process in user mode, from its start to its end");
      Report head =
          new Report(
              new Report.Head("bench", "", ProgramVersion.number(), ""),
              List.of(new Section("subject", "", "", facts)),
              List.of(),
              List.of(),
              List.of(),
              "");
      job.print(page -> TextReport.print(head, page));
    }

    void programs(List<Path> programs) {
      for (Path program : programs) {
        String name = String.valueOf(program.getFileName()).replaceFirst("\\.elf$", "");
        print(BenchSections.program(commands.exec(name, program, WAYS)));
      }
    }

    void all(List<Input> runs) throws IOException {
      for (String name : BenchFiles.PROGRAMS) {
        programs(List.of(BenchFiles.program(name, folder)));
      }
      print(BenchSections.run(commands.run("long-run", BenchFiles.longRun(folder), RUNS)));
      start();
      scenarios(runs);
      calls(runs.subList(0, IMAGES.size()));
      tell("a loop");
      LoopBenchmark loop = new LoopBenchmark(ROUNDS, TURNS);
      print(BenchSections.loop(loop.loop(), loop.emptyCalls(), loop.threads()));
    }

    private void start() {
      String command = "run --quiet " + SCENARIOS.get(0);
      tell(command);
      Timed best =
          Stream.generate(() -> launcher.run(command.split(" ", -1)))
              .limit(STARTS)
              .min(Comparator.comparingDouble(Timed::wallSeconds))
              .orElseThrow();
      if (best.status() != ExitStatus.OK.code()) {
        throw new IllegalStateException(command + " ended with status " + best.status());
      }
      print(BenchSections.start(command, best, STARTS));
    }

    private void scenarios(List<Input> runs) {
      Map<String, ScenarioBenchmark.Speed> speeds = new LinkedHashMap<>();
      for (Input run : runs) {
        String what = run.scenario().name() + " on " + run.image().name();
        tell(what);
        speeds.put(what, ScenarioBenchmark.of(run.scenario(), run.image(), ROUNDS));
      }
      print(BenchSections.scenarios(speeds));
    }

    private void calls(List<Input> runs) {
      Map<String, List<ImageBenchmark.Calls>> images = new LinkedHashMap<>();
      for (Input run : runs) {
        tell("calls of " + run.image().name());
        images.put(run.image().name(), new ImageBenchmark(ROUNDS, ONCE, CALLS).of(run.image()));
      }
      print(BenchSections.calls(images));
    }
  }
}
