package io.defragsim.command.job;

import io.defragsim.console.PrintableWriter;
import io.defragsim.console.Session;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.engine.unicorn.UnicornLibrary;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.Palette;
import io.defragsim.words.Printable;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a command does: it opens its outputs, reads its inputs, runs them, prints its report and
 * writes its outputs. Nothing runs unless all inputs are valid and all outputs can be written.
 */
public final class Job {
  private final Session session;
  private final Page page;
  private final Inputs inputs;
  private final Runner runner;
  private final OutputFiles outputs;

  /**
   * @param page where the report goes
   * @param inputs how scenarios and images are read
   * @param strictness what runs are checked for
   */
  public Job(Session session, Page page, Inputs inputs, Strictness strictness) {
    this.session = session;
    this.page = page;
    this.inputs = inputs;
    this.runner = new Runner(session, strictness);
    this.outputs = new OutputFiles(session.out());
  }

  /** Of scenarios as they are, with a report without colours. */
  public Job(Session session) {
    this(session, session.page(Palette.PLAIN), new Inputs(), Strictness.NORMAL);
  }

  public Session session() {
    return session;
  }

  public OutputFiles outputs() {
    return outputs;
  }

  /**
   * Opens what an option asks for.
   *
   * @param name null if the option was not given
   */
  public OutputFile open(String option, @Nullable String name) {
    return outputs.open(option, name);
  }

  /** Where commands to a job's runner go, which reads them from both streams. */
  public OutputFile commands(String option) {
    PrintWriter stream = outputs.takeStdout() ? session.err() : session.out();
    return new OutputFile(option, "", PrintableWriter.commands(stream), null, false);
  }

  /**
   * What {@code reader} makes of the command line; tells of images that are older than their
   * sources, and of an engine that cannot be loaded.
   *
   * @throws CommandFailedException with status 2 if anything is wrong with it, or an output is one
   *     of the inputs
   */
  public <T> T read(Function<Inputs, T> reader) {
    T read = reader.apply(inputs);
    inputs.finish(outputs, session.err());
    if (inputs.haveStarted()) {
      tellOfEngine();
    }
    return read;
  }

  /** Says why images run without the engine, where nobody chose that. */
  public void tellOfEngine() {
    UnicornLibrary library = UnicornLibrary.get();
    if (library.state() == UnicornLibrary.State.BROKEN) {
      session
          .err()
          .println(
              "defrag-sim: the Unicorn engine "
                  + Printable.of(library.problem())
                  + ". All goes on without it, with the same results.");
    }
  }

  /** {@link #read} of the one scenario of a command, on its own image or on {@code allocator}. */
  public Input readOne(String scenario, @Nullable String allocator) {
    return read(inputs -> inputs.all(List.of(scenario), allocator)).get(0);
  }

  public Runner runner() {
    return runner;
  }

  /** Prints a part of the report, unless stdout is taken by an output. */
  public void print(Consumer<Page> part) {
    if (!outputs.takeStdout()) {
      part.accept(page);
      session.out().flush();
    }
  }
}
