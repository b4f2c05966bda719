package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.exec.Console;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.Layout;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.exec.Script;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.image.FirmwareImage;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Boots a firmware file: FILE CYCLES sensors|bare TEXT. */
public final class BootMicrobit {
  private BootMicrobit() {}

  public static void main(String[] args) throws Exception {
    FirmwareImage image = FirmwareFile.read(Path.of(args[0]), OptionalLong.empty()).image();
    Layout layout =
        Layout.of(
            image,
            new Layout.Known(
                OptionalLong.of(0),
                OptionalInt.of(256 << 10),
                List.of(0x2000_0000L),
                List.of(OptionalInt.of(16 << 10)),
                Microbit.board(List.of()).memories(),
                OptionalLong.of(0)));
    Program program =
        Program.load(
            Microbit.PART,
            image,
            layout,
            Microbit.board(args[2].equals("sensors") ? Microbit.SENSORS : List.of()));
    StringBuilder out = new StringBuilder();
    Execution execution =
        new Execution(
            program,
            new Console() {
              @Override
              public void write(byte[] bytes, boolean error) {}

              @Override
              public void sent(int value) {
                out.append((char) value);
                System.out.print((char) value);
                System.out.flush();
              }
            },
            100_000);
    List<Script.Step> steps = new java.util.ArrayList<>();
    for (int i = 3; i < args.length; i++) {
      if (args[i].startsWith("@")) {
        steps.add(new Script.Step.Pause(Long.parseLong(args[i].substring(1))));
        continue;
      }
      steps.add(new Script.Step.Expect(">>> ", 2_000_000_000L));
      steps.add(new Script.Step.Send(args[i] + "\r", 32000));
    }
    if (steps.isEmpty() || steps.get(steps.size() - 1) instanceof Script.Step.Send) {
      steps.add(new Script.Step.Expect(">>> ", 2_000_000_000L));
    }
    Script script = new Script(steps);
    execution.correspond(script);
    long t = System.nanoTime();
    ExecutionResult result = execution.run(Long.parseLong(args[1]));
    System.out.println("\n---- " + result.ending());
    System.out.println(
        "cycles " + result.cycles() + " instructions " + result.instructions() + " fast " + execution.fast()
            + " asleep " + result.asleep() + " faults " + result.faults() + " resets " + result.resets() + " s "
            + (System.nanoTime() - t) / 1e9);
    System.out.println(result.notes());
    script.done().forEach(d -> System.out.println(d.cycle() + " " + d.cycles() + " " + d.step()));
    Ledger ledger = execution.ledger();
    ledger.latencies().forEach(System.out::println);
    System.out.println("models " + ledger.models());
    System.out.println("unwritten " + ledger.unwritten());
    System.out.println("remembered " + ledger.remembered());
    System.out.println("waiting " + ledger.waiting());
  }
}
