package io.defragsim.scenario.board;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.board.Field;
import io.defragsim.emulator.board.Register;
import io.defragsim.emulator.board.Rule;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Unreadable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a board file says.
 *
 * @param description empty if it has none
 * @param mcu the part that it stands on, if it names one
 */
public record BoardFile(Board board, String description, Optional<McuConfig> mcu) {

  /**
   * The same without some peripherals and devices. Registers and rules of a peripheral that is left
   * out are left out as well.
   *
   * @throws Unreadable if a name is that of none
   */
  public BoardFile without(Set<String> names) {
    List<String> all = new ArrayList<>();
    board.blocks().forEach(block -> all.add(block.name()));
    board.devices().forEach(device -> all.add(device.name()));
    for (String name : names) {
      if (!all.contains(name)) {
        throw new Unreadable(
            "\"%s\" is no peripheral and no device of the board \"%s\"%s",
            name, board.name(), Nearest.hint(name, all));
      }
    }
    List<Board.Block> gone =
        board.blocks().stream().filter(block -> names.contains(block.name())).toList();
    List<Board.Block> blocks = new ArrayList<>(board.blocks());
    blocks.removeAll(gone);
    return new BoardFile(
        new Board(
            board.name(),
            blocks,
            board.registers().stream().filter(register -> !isIn(gone, register)).toList(),
            board.rules().stream().filter(rule -> !isIn(gone, rule)).toList(),
            board.devices().stream().filter(device -> !names.contains(device.name())).toList(),
            board.memories()),
        description,
        mcu);
  }

  private static boolean isIn(List<Board.Block> blocks, Rule rule) {
    return rule.fields().stream().map(Field::register).anyMatch(register -> isIn(blocks, register));
  }

  private static boolean isIn(List<Board.Block> blocks, Register register) {
    return blocks.stream().anyMatch(block -> Places.has(block, register.address()));
  }
}
