package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Shipped;
import io.defragsim.command.option.ColorOption;
import io.defragsim.report.text.Catalogue;
import io.defragsim.scenario.Nearest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code defrag-sim list}. */
@Command(
    name = "list",
    description = "Names what comes with defrag-sim and what a scenario can refer to.",
    footer = {"  defrag-sim list", "  defrag-sim list figures     # what limits can name"})
final class ListCommand implements Runnable {

  private static final String FIGURES = "figures";

  /** What can be listed. */
  private static final Map<String, Consumer<Catalogue>> TOPICS = topics();

  @Mixin ColorOption color;

  // Not an enum: picocli would say of a wrong name that it is one argument too many.
  @Parameters(
      paramLabel = "TOPIC",
      arity = "0..*",
      completionCandidates = Names.class,
      description = "Of ${COMPLETION-CANDIDATES} (default: all but figures).")
  List<String> names = List.of();

  private static Map<String, Consumer<Catalogue>> topics() {
    Map<String, Consumer<Catalogue>> topics = new LinkedHashMap<>();
    topics.put("scenarios", to -> to.scenarios(Shipped.scenarios()));
    topics.put("images", to -> to.images(Shipped.images(), Shipped.usualPart()));
    topics.put("mcus", Catalogue::mcus);
    topics.put(FIGURES, Catalogue::figures);
    return topics;
  }

  @Override
  public void run() {
    Catalogue catalogue = new Catalogue(color.page());
    List<Consumer<Catalogue>> topics =
        names.isEmpty()
            ? TOPICS.keySet().stream()
                .filter(name -> !name.equals(FIGURES))
                .map(TOPICS::get)
                .toList()
            : names.stream().map(ListCommand::topic).toList();
    topics.forEach(topic -> topic.accept(catalogue));
  }

  private static Consumer<Catalogue> topic(String name) {
    Consumer<Catalogue> topic = TOPICS.get(name.toLowerCase(Locale.ROOT));
    if (topic == null) {
      throw CommandFailedException.wrongUsage(
          "'" + name + "' cannot be listed" + Nearest.hint(name, TOPICS.keySet()));
    }
    return topic;
  }

  /** For help and completion. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return TOPICS.keySet().iterator();
    }
  }
}
