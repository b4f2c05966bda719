package io.defragsim.report.text;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Cells;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.board.ShippedBoards;
import java.util.List;

/** What comes with the program and what a scenario can name. */
public final class Catalogue {
  private final Page page;
  private boolean begun;

  public Catalogue(Page page) {
    this.page = page;
  }

  /** Prints the name and the description of each. */
  public void scenarios(List<Scenario> scenarios) {
    title("Scenarios");
    int widest = scenarios.stream().mapToInt(s -> Cells.of(s.name())).max().orElse(0);
    for (Scenario scenario : scenarios) {
      String name = scenario.name();
      for (String line : Page.wrap(scenario.description(), page.width() - widest - 4)) {
        page.line("  " + Cells.padded(name, widest) + "  " + line);
        name = "";
      }
    }
  }

  /**
   * Prints name, size and checksum of each.
   *
   * @param part which they are linked for
   */
  public void images(List<FirmwareImage> images, McuConfig part) {
    title("Images");
    TextTable table = new TextTable("<", "flash", "<SHA-256");
    for (FirmwareImage image : images) {
      table.row(
          image.name(),
          Numbers.count(image.flashBytes(part.sramBase(), part.sramBytes()), "byte"),
          image.sha256());
    }
    table.print(page);
  }

  /** Prints the profiles that scenarios name, with the wait states of flash at their clock. */
  public void mcus() {
    title("MCUs");
    TextTable table =
        new TextTable(
            "<",
            "<core",
            "clock",
            "zero wait to",
            "waits",
            "flash",
            "SRAM",
            "<at",
            "multiplier",
            "<board");
    McuProfiles.all()
        .values()
        .forEach(
            mcu ->
                table.row(
                    mcu.name(),
                    mcu.core().title(),
                    Numbers.clock(mcu.clockHz()),
                    Numbers.clock(mcu.zeroWaitHz()),
                    Numbers.plain(mcu.neededWaitStates()),
                    Numbers.size(mcu.flashBytes()),
                    Numbers.size(mcu.sramBytes()),
                    Numbers.hex(mcu.sramBase()),
                    Numbers.count(mcu.multiplierCycles(), "cycle"),
                    ShippedBoards.names().contains(mcu.name()) ? "yes" : "-"));
    table.print(page);
  }

  /** Prints every figure that a limit can name. */
  public void figures() {
    title("Figures");
    TextTable table = new TextTable("<", "<unit", "<");
    for (Figure figure : Figures.ALL) {
      table.row(figure.name(), figure.unit().key(), figure.description());
    }
    table.print(page);
  }

  private void title(String title) {
    if (begun) {
      page.blank();
    }
    begun = true;
    page.line(page.palette().strong(title));
  }
}
