package io.defragsim.report.section;

import io.defragsim.emulator.exec.Profile;
import io.defragsim.emulator.exec.Profile.FunctionProfile;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Chart;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import java.util.ArrayList;
import java.util.List;

/** Where the cycles went, by functions. */
final class ProfileSection {
  private static final int MOST_FUNCTIONS = 20;

  private ProfileSection() {}

  static Section of(Profile profile, boolean estimated) {
    Table table = new Table("alone||with calls||calls|<");
    List<FunctionProfile> functions = profile.functions();
    for (FunctionProfile function :
        functions.subList(0, Math.min(MOST_FUNCTIONS, functions.size()))) {
      table.row(
          function.exclusive(),
          share(function.exclusive(), profile.cycles()),
          function.inclusive(),
          share(function.inclusive(), profile.cycles()),
          function.calls(),
          function.function());
    }
    List<Part> parts = new ArrayList<>(List.of(new Chart.Flame(profile), table));
    int more = functions.size() - MOST_FUNCTIONS;
    if (more > 0) {
      long cycles =
          functions.stream().skip(MOST_FUNCTIONS).mapToLong(FunctionProfile::exclusive).sum();
      parts.add(
          new Sentence(
              "and "
                  + Numbers.count(more, "more function")
                  + " with "
                  + Numbers.count(cycles, "cycle")));
    }
    if (profile.cut()) {
      parts.add(
          new Sentence(
              "calls were too deep, or in too many ways, to follow all: those with calls may be too"
                  + " few"));
    }
    return new Section(
        "functions",
        "Profile",
        "cycles of functions, alone and with what they called",
        estimated,
        parts);
  }

  private static String share(long cycles, long all) {
    return all == 0 ? Numbers.NONE : Numbers.percent(Math.round(cycles * 1e6 / all));
  }
}
