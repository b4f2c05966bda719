package io.defragsim.command.job;

import io.defragsim.scenario.image.ShippedImages;
import java.util.ArrayList;
import java.util.List;

/** What {@code --allocators} takes: shipped images by name, ELF files, or {@code all}. */
public final class Allocators {
  /** Stands for all shipped images that can run the scenario. */
  private static final String ALL = "all";

  /**
   * An image that was asked for.
   *
   * @param named whether by its name: then it is an error if it cannot run
   */
  record Asked(String image, boolean named) {}

  private Allocators() {}

  /** Each image that the words of an option ask for, in their order. */
  static List<Asked> asked(List<String> words) {
    List<Asked> asked = new ArrayList<>();
    for (String word : words) {
      if (word.equals(ALL)) {
        ShippedImages.names().forEach(name -> asked.add(new Asked(name, words.contains(name))));
      } else {
        asked.add(new Asked(word, true));
      }
    }
    return asked;
  }
}
