package io.defragsim.command;

import io.defragsim.command.job.Inputs;
import io.defragsim.command.option.ColorOption;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.report.text.Catalogue;
import io.defragsim.scenario.Nearest;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code defrag-sim list}. */
@Command(
    name = "list",
    description = "Names what comes with defrag-sim and what a scenario can refer to.",
    footerHeading = "%nExamples:%n",
    footer = {"  defrag-sim list", "  defrag-sim list figures     # what limits can name"})
final class ListCommand implements Callable<Integer> {

  /** What can be listed. */
  enum Topic {
    SCENARIOS,
    IMAGES,
    MCUS,
    FIGURES;

    /** As it stands on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @ParentCommand DefragSim program;
  @Spec CommandSpec spec;
  @Mixin ColorOption color;

  // Not of type Topic: picocli would say of a wrong one that it is one argument too many.
  @Parameters(
      paramLabel = "TOPIC",
      arity = "0..*",
      completionCandidates = TopicNames.class,
      description = "Of ${COMPLETION-CANDIDATES} (default: all but figures).")
  List<String> names = List.of();

  @Override
  public Integer call() {
    Catalogue catalogue =
        new Catalogue(color.page(spec.commandLine().getOut(), program.terminal()));
    for (Topic topic :
        names.isEmpty()
            ? EnumSet.complementOf(EnumSet.of(Topic.FIGURES))
            : names.stream().map(this::topic).toList()) {
      switch (topic) {
        case SCENARIOS -> catalogue.scenarios(Inputs.shippedScenarios());
        case IMAGES -> catalogue.images(Inputs.shippedImages(), Inputs.usualPart());
        case MCUS -> catalogue.mcus();
        case FIGURES -> catalogue.figures();
      }
    }
    return ExitStatus.OK.code();
  }

  private Topic topic(String name) {
    for (Topic topic : Topic.values()) {
      if (topic.toString().equalsIgnoreCase(name)) {
        return topic;
      }
    }
    throw new ParameterException(
        spec.commandLine(), "'" + name + "' cannot be listed" + Nearest.hint(name, TopicNames.ALL));
  }

  /** For help and completion. */
  static final class TopicNames implements Iterable<String> {
    static final List<String> ALL = Arrays.stream(Topic.values()).map(Topic::toString).toList();

    @Override
    public Iterator<String> iterator() {
      return ALL.iterator();
    }
  }
}
