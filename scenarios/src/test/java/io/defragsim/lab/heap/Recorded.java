package io.defragsim.lab.heap;

import io.defragsim.emulator.calls.CallWatch;
import io.defragsim.emulator.exec.Console;
import io.defragsim.emulator.exec.Ending;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.result.ProgramHeap;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.scenario.McuProfiles;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A program of {@code allocator-firmware/programs/heap} that ran, with its heaps. */
public record Recorded(ExecutionResult result, List<HeapRecording> heaps) {
  private static final Path PROGRAMS =
      Path.of(
          System.getProperty("defragsim.root", ".."), "allocator-firmware/programs/heap/prebuilt");

  private static final long BUDGET = 20_000_000;

  static Program program(String name) {
    return Program.load(
        Objects.requireNonNull(McuProfiles.all().get("cortex-m0")),
        FirmwareImage.parse(name, elf(name)));
  }

  static byte[] elf(String name) {
    try {
      return Files.readAllBytes(PROGRAMS.resolve(name + ".elf"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Recorded of(String name, String... given) {
    Program program = program(name);
    HeapFunctions functions = HeapFunctions.of(program, List.of(given));
    HeapRecorder recorder = new HeapRecorder(program.image(), functions);
    Execution execution = new Execution(program, Console.NONE, 1 << 16);
    execution.watch(
        new CallWatch(program.image(), program.layout().map(), functions.addresses(), recorder));
    ExecutionResult result = execution.run(BUDGET);
    recorder.ended(
        result.cycles(),
        !result.isExact(),
        !(result.ending() instanceof Ending.BudgetExhausted),
        result.ending().at());
    return new Recorded(result, HeapRecording.of(recorder, conditions(program, result.cycles())));
  }

  /** Those of a program that was completed after so many cycles, exactly counted. */
  static HeapRecording.Conditions conditions(Program program, long cycles) {
    return new HeapRecording.Conditions(
        program,
        cycles,
        false,
        operation -> new RunEnding.Completed(),
        List.of(),
        "0",
        List.of(),
        true);
  }

  /** The one heap that the program has. */
  HeapRecording only() {
    if (heaps.size() != 1) {
      throw new AssertionError(heaps.toString());
    }
    return heaps.get(0);
  }

  HeapRecording heap(String name) {
    return heaps.stream().filter(heap -> heap.name().equals(name)).findFirst().orElseThrow();
  }

  static ProgramHeap facts(HeapRecording heap) {
    return Objects.requireNonNull(heap.result().program());
  }

  static String trace(HeapRecording heap) {
    StringWriter out = new StringWriter();
    try {
      heap.trace().write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  /** The lines of a trace that operate on blocks, without stacks. */
  static List<String> operations(HeapRecording heap) {
    return trace(heap)
        .lines()
        .filter(line -> line.matches("[arfxlu] .*"))
        .map(line -> line.replaceFirst(" @.*", ""))
        .toList();
  }
}
