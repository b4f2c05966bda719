package io.defragsim.command;

import io.defragsim.command.job.Input;
import io.defragsim.command.job.Job;
import io.defragsim.console.Session;
import io.defragsim.emulator.bench.EngineBenchmark;
import io.defragsim.lab.bench.ScenarioBenchmark;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code defrag-sim bench}. */
@Command(
    name = "bench",
    description = {
      "Measures how fast this machine emulates; takes about a minute.",
      "Host times: they differ from run to run. Compare figures of one run only."
    },
    footer = "  defrag-sim bench")
final class BenchCommand implements Callable<Integer> {
  private static final List<String> SCENARIOS = List.of("sensor-node", "packet-buffers");
  private static final List<String> IMAGES = List.of("defrag", "newlib-nano");
  private static final List<String> ONCE = List.of(ContractFunction.INIT + ":free,2048,32");
  private static final List<String> CALLS =
      List.of(ContractFunction.ALLOC + ":24", ContractFunction.FREE + ":last");
  private static final int STARTS = 5;

  private final Session session;

  BenchCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = session.out();
    EngineBenchmark engine = new EngineBenchmark(out);
    engine.loop();
    List<Input> runs = new Job(session).read(inputs -> inputs.each(SCENARIOS, IMAGES));
    for (Input run : runs.subList(0, IMAGES.size())) {
      engine.image(run.image(), ONCE, CALLS);
    }
    out.println("scenarios, measured and checked as in a run");
    ScenarioBenchmark scenarios = new ScenarioBenchmark(out);
    for (Input run : runs) {
      scenarios.run(run.scenario(), run.image());
    }
    out.printf(
        Locale.ROOT,
        "run --quiet %s, from the start of the JVM to its end: %.2f s, the best of %d%n",
        SCENARIOS.get(0),
        start(),
        STARTS);
    return ExitStatus.OK.code();
  }

  /** Seconds that a JVM like this one takes for a run. */
  private static double start() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(DefragSim.class.getName(), "run", "--quiet", SCENARIOS.get(0)));
    double best = Double.MAX_VALUE;
    for (int i = 0; i < STARTS; i++) {
      long begin = System.nanoTime();
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      int status = process.waitFor();
      if (status != ExitStatus.OK.code()) {
        throw new IllegalStateException("a run ended with status " + status);
      }
      best = Math.min(best, (System.nanoTime() - begin) / 1e9);
    }
    return best;
  }
}
