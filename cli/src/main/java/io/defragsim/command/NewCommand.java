package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.OutputFiles;
import io.defragsim.console.Session;
import io.defragsim.emulator.file.FileName;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.emulator.file.FileTrouble;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.image.ShippedImages;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code defrag-sim new}. */
@Command(
    name = "new",
    description = {
      "Writes a scenario to start from: it runs as it is, and comments explain every part.",
      "The schema that its editor needs is written beside it as "
          + NewCommand.SCHEMA
          + ", where there is none. No file that exists is changed."
    },
    footer = {
      "  defrag-sim new my && defrag-sim run my.json",
      "  defrag-sim new my --mcu nrf51822 --allocator newlib-nano",
      "  defrag-sim new -     # to stdout"
    })
final class NewCommand implements Runnable {
  static final String SCHEMA = "scenario.schema.json";

  private static final Pattern PLACE = Pattern.compile("@(FILE|SCHEMA|NAME|MCU|IMAGE)@");

  private final Session session;

  @Parameters(
      paramLabel = "NAME",
      description =
          "What the scenario is called; the file is NAME.json, or NAME itself if that ends in .json"
              + " or .jsonc. With - to stdout.")
  String name = "";

  @Option(
      names = "--mcu",
      paramLabel = "PROFILE",
      completionCandidates = Mcus.class,
      description = "The part: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      defaultValue = "stm32f030f4")
  String mcu = "";

  @Option(
      names = "--allocator",
      paramLabel = "IMAGE",
      completionCandidates = Images.class,
      description =
          "The allocator: ${COMPLETION-CANDIDATES}, or a path to an ELF file relative to the"
              + " scenario (default: ${DEFAULT-VALUE}).",
      defaultValue = "defrag")
  String allocator = "";

  NewCommand(Session session) {
    this.session = session;
  }

  @Override
  public void run() {
    known(
        "--mcu",
        mcu,
        "MCU profile",
        McuProfiles.names(),
        "; for any other part take one of them, and then give \"mcu\" in the file by its fields");
    if (!ImageReference.isPath(allocator)) {
      known("--allocator", allocator, "image", ShippedImages.names(), "");
    }
    PrintWriter out = session.out();
    if (name.equals(OutputFiles.STDOUT)) {
      out.print(text("starter", "my.json"));
      return;
    }
    Path file = file();
    String fileName = String.valueOf(file.getFileName());
    create(file, text(fileName.replaceFirst("\\.jsonc?$", ""), fileName));
    Path schema = file.resolveSibling(SCHEMA);
    if (Files.notExists(schema)) {
      create(schema, Objects.requireNonNull(SchemaCommand.text("scenario")));
    }
    out.printf(
        Locale.ROOT, "%s: written; the command 'run %s' of defrag-sim runs it\n", file, file);
  }

  private static void known(
      String option, String value, String what, Collection<String> names, String besides) {
    if (!names.contains(value)) {
      throw CommandFailedException.wrongUsage(
          option + ": '" + value + "' is no " + what + Nearest.hint(value, names) + besides);
    }
  }

  private Path file() {
    if (name.isBlank() || name.endsWith("/")) {
      throw CommandFailedException.wrongUsage("a scenario needs a name");
    }
    try {
      return FileName.path(name.matches("(?s).*\\.jsonc?") ? name : name + ".json");
    } catch (FileNameException e) {
      throw CommandFailedException.wrongUsage(e.getMessage());
    }
  }

  private String text(String scenario, String file) {
    Map<String, String> parts =
        Map.of(
            "FILE", file,
            "SCHEMA", SCHEMA,
            "NAME", escaped(scenario),
            "MCU", mcu,
            "IMAGE", escaped(allocator));
    // In one pass: a name may look like a place for another.
    return PLACE
        .matcher(SchemaCommand.resource("/io/defragsim/command/starter.json"))
        .replaceAll(place -> Matcher.quoteReplacement(String.valueOf(parts.get(place.group(1)))));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /** A new file, whole or not at all. */
  private static void create(Path file, String text) {
    boolean begun = false;
    try (var channel =
        Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      begun = true;
      var bytes = java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      if (begun) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException left) {
          e.addSuppressed(left);
        }
      }
      throw CommandFailedException.notWritable(file.toString(), why(e));
    }
  }

  private static String why(IOException e) {
    return e instanceof FileAlreadyExistsException
        ? "it exists, and new never overwrites"
        : FileTrouble.reasonToWrite(e);
  }

  /** For help and completion. */
  static final class Mcus implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.copyOf(McuProfiles.names()).iterator();
    }
  }

  /** For help and completion. */
  static final class Images implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return ShippedImages.names().iterator();
    }
  }
}
