package io.defragsim.command.job;

import io.defragsim.emulator.file.FileName;
import io.defragsim.lab.baseline.Baseline;
import io.defragsim.report.json.BaselineReader;
import io.defragsim.report.json.BaselineReader.MalformedException;
import io.defragsim.words.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the baseline of each scenario and image is kept. */
public final class Baselines {
  private static final String FOLDER = "baselines";

  private final @Nullable Path folder;
  private final @Nullable String image;

  /**
   * @param folder where all are; null for a folder beside each scenario's file
   * @param image whose baselines are meant; null for the image that runs
   */
  public Baselines(@Nullable Path folder, @Nullable String image) {
    this.folder = folder;
    this.image = image;
  }

  private String image(Input input) {
    return image == null ? input.image().name() : image;
  }

  /** The file of one baseline: {@code baselines/sensor-node.defrag.json}, say. */
  public Path file(Input input) {
    Path beside = input.file() == null ? Path.of(FOLDER) : input.file().resolveSibling(FOLDER);
    Path last = input.file() == null ? null : input.file().getFileName();
    String stem = last == null ? input.source() : last.toString().replaceFirst("\\.jsonc?$", "");
    return (folder == null ? beside : folder)
        .resolve(FileName.path(stem + "." + image(input) + ".json"));
  }

  /**
   * The file of each input, in their order.
   *
   * @throws CommandFailedException with status 2 if two inputs have one file
   */
  public List<Path> files(List<Input> inputs) {
    List<Path> files = new ArrayList<>();
    Map<Path, String> seen = new HashMap<>();
    List<String> problems = new ArrayList<>();
    for (Input input : inputs) {
      Path file = file(input);
      files.add(file);
      String other = seen.put(file.toAbsolutePath().normalize(), input.source());
      if (other != null) {
        problems.add(
            other.equals(input.source())
                ? other + ": given twice, and has one baseline"
                : other + " and " + input.source() + " have one baseline: " + file);
      }
    }
    fail(problems);
    return files;
  }

  /**
   * The baseline of each input, in their order.
   *
   * @param outputs none of which may be a baseline
   * @throws CommandFailedException with status 2 and all that is wrong with them
   */
  public List<Baseline> read(List<Input> inputs, OutputFiles outputs) {
    List<Path> files = files(inputs);
    files.forEach(file -> outputs.keepApart("the baseline", file));
    List<Baseline> baselines = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Input input = inputs.get(i);
      try {
        Baseline baseline = BaselineReader.read(files.get(i));
        baselines.add(baseline);
        if (isOfAnother(baseline.scenario(), input.scenario().name())) {
          problems.add(
              ofAnother(files.get(i), "scenario", baseline.scenario(), input.scenario().name()));
        } else if (isOfAnother(baseline.image().name(), image(input))) {
          problems.add(ofAnother(files.get(i), "image", baseline.image().name(), image(input)));
        }
      } catch (MalformedException e) {
        problems.add(
            e.getMessage()
                + (e.absent()
                    ? "; 'defrag-sim baseline update "
                        + input.source()
                        + (folder == null ? "" : " --baselines " + folder)
                        + (image == null ? "" : " --allocator " + image)
                        + "' makes it"
                        + (input.file() == null
                            ? ", and the scenario's path finds the shipped one"
                            : "")
                    : ""));
      }
    }
    fail(problems);
    return baselines;
  }

  /** A baseline holds what can be printed of a name. */
  private static boolean isOfAnother(String kept, String name) {
    return !kept.equals(Printable.of(name));
  }

  private static String ofAnother(Path file, String what, String kept, String name) {
    return file + ": is the baseline of the " + what + " \"" + kept + "\", not of \"" + name + '"';
  }

  private static void fail(List<String> problems) {
    if (!problems.isEmpty()) {
      throw CommandFailedException.refused(problems);
    }
  }
}
