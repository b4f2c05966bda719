package io.defragsim.report.section;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Registers;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.EndingWords;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import java.util.ArrayList;
import java.util.List;

/** Why a run ended early: what, where, during which operation, and the registers. */
public final class EndingSection {
  private static final int IN_A_ROW = 4;

  private EndingSection() {}

  /** None for a run that was completed. */
  public static List<Section> of(RunResult result) {
    EndingWords words = EndingWords.of(result.ending());
    if (words == null) {
      return List.of();
    }
    String image = result.subject().image().name();
    Fault fault = words.fault();
    if (fault != null) {
      return List.of(of(words.title(), image, fault, words.when()));
    }
    Facts facts = new Facts().add("what", words.what());
    if (words.at() != null) {
      facts.add("where", words.at().toString());
    }
    return List.of(alarm(words.title(), image, List.of(facts.add("when", words.when()))));
  }

  /**
   * A fault.
   *
   * @param when it happened, empty if that says nothing
   */
  static Section of(String title, String image, Fault fault, String when) {
    Facts facts =
        new Facts().add("what", EndingWords.what(fault)).add("where", fault.at().toString());
    if (!when.isEmpty()) {
      facts.add("when", when);
    }
    Long address = fault.accessAddress();
    if (address != null) {
      facts.add("address", Numbers.hex(address));
    }
    return alarm(title, image, List.of(facts, registers(fault.registers())));
  }

  private static Section alarm(String title, String image, List<Part> parts) {
    return new Section("ending", title, image, false, Tone.BAD, parts);
  }

  private static Table registers(Registers registers) {
    List<Object> cells = new ArrayList<>();
    for (int i = 0; i < registers.general().size(); i++) {
      cells.addAll(List.of("r" + i, Numbers.hex(registers.general().get(i))));
    }
    cells.addAll(List.of("sp", Numbers.hex(registers.sp()), "lr", Numbers.hex(registers.lr())));
    cells.addAll(List.of("pc", Numbers.hex(registers.pc()), "xpsr", Numbers.hex(registers.xpsr())));
    Table table = new Table("<|<|<|<|<|<|<|<");
    for (int at = 0; at < cells.size(); at += 2 * IN_A_ROW) {
      table.row(cells.subList(at, Math.min(cells.size(), at + 2 * IN_A_ROW)).toArray());
    }
    return table;
  }
}
