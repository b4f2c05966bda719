package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.console.Session;
import io.defragsim.scenario.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code defrag-sim schema}. */
@Command(
    name = "schema",
    description = {
      "Prints the JSON Schema (2020-12) of a kind of file.",
      "An editor that has it completes keys and marks mistakes."
    },
    footer = {
      "  defrag-sim schema scenario > scenario.schema.json",
      "  defrag-sim schema board > board.schema.json",
      "  defrag-sim schema report     # of what run and compare write with --json"
    })
final class SchemaCommand implements Runnable {

  /** Where each schema is, by the name of what it describes. */
  private static final Map<String, String> RESOURCES = resources();

  private final Session session;

  // Not an enum: picocli would say of a wrong name that it is one argument too many.
  @Parameters(
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  String name = "";

  SchemaCommand(Session session) {
    this.session = session;
  }

  private static Map<String, String> resources() {
    Map<String, String> resources = new LinkedHashMap<>();
    for (String file : List.of("scenario", "board", "script")) {
      resources.put(file, "/io/defragsim/scenario/" + file + ".schema.json");
    }
    for (String report : List.of("report", "baseline", "bounds", "fit", "guarantee", "execution")) {
      resources.put(report, "/io/defragsim/report/" + report + ".schema.json");
    }
    return resources;
  }

  @Override
  public void run() {
    String text = text(name);
    if (text == null) {
      throw CommandFailedException.wrongUsage(
          "there is no schema '" + name + "'" + Nearest.hint(name, RESOURCES.keySet()));
    }
    session.out().print(text);
  }

  /** The schema of that name; null if there is none. */
  static @Nullable String text(String name) {
    String resource = RESOURCES.get(name);
    return resource == null ? null : resource(resource);
  }

  /** The text of a file in this program. */
  static String resource(String path) {
    try (InputStream in = SchemaCommand.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For help and completion. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return RESOURCES.keySet().iterator();
    }
  }
}
