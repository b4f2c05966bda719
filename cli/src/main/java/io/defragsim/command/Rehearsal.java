package io.defragsim.command;

import io.defragsim.command.job.ProgramVersion;
import io.defragsim.command.job.Shipped;
import io.defragsim.console.PrintableWriter;
import io.defragsim.console.Session;
import io.defragsim.console.Terminal;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.exec.Console;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.report.Executed;
import io.defragsim.report.section.ExecReport;
import io.defragsim.report.text.Palette;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.image.ShippedImages;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;

/**
 * What people do most, one thing after the other, and printed nowhere. The launcher has a JVM do it
 * that writes an archive of its classes at its end: it then has the classes of all of that.
 */
final class Rehearsal {
  private static final List<List<String>> COMMANDS =
      List.of(List.of("--help"), List.of("run", "sensor-node"), List.of("explain", "swiss-cheese"));

  private static final long BUDGET = 10_000; // cycles; the image parks long before

  private Rehearsal() {}

  public static void main(String[] none) throws IOException {
    Session nowhere =
        new Session(
            new PrintableWriter(Writer.nullWriter()),
            new PrintableWriter(Writer.nullWriter()),
            Terminal.NONE,
            Map.of());
    for (List<String> command : COMMANDS) {
      DefragSim.run(nowhere, command.toArray(String[]::new));
    }
    exec(nowhere);
  }

  /** What {@code exec} does with a file. Every block is translated when it is first met. */
  private static void exec(Session nowhere) throws IOException {
    McuConfig part = Shipped.usualPart();
    ImageReference image = new ImageReference.Shipped(ShippedImages.names().get(0));
    Program program = Program.load(part, ShippedImages.load(image, part));
    Execution execution = new Execution(program, Console.NONE, 0, 0);
    Executed executed =
        new Executed(
            ProgramVersion.number(),
            FirmwareFile.Format.ELF,
            program,
            execution.run(BUDGET),
            false,
            null,
            null,
            null);
    TextReport.print(ExecReport.of(executed), nowhere.page(Palette.PLAIN));
  }
}
