package io.defragsim.emulator.isa;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Instructions as text, in the unified assembly syntax. */
final class Disassembly {

  private Disassembly() {}

  /** The encoding as people write it: {@code 0xb510}, {@code 0xf000f801}. */
  static String hex(Decoded decoded) {
    return String.format(
        Locale.ROOT, decoded.bytes() == 2 ? "0x%04x" : "0x%08x", decoded.encoding());
  }

  /**
   * @param target what to print for the target of a branch
   */
  static String of(Instruction instruction, String target) {
    Form form = instruction.form();
    StringBuilder text = new StringBuilder(form.mnemonic());
    Condition condition = instruction.condition();
    if (condition != null) {
      text.append(condition);
    }
    String operands = form.operands();
    if (form != Form.CPS && !operands.isEmpty()) {
      text.append(' ');
    }
    for (int at = 0; at < operands.length(); at++) {
      char c = operands.charAt(at);
      if (c == '%') {
        at++;
        text.append(operand(instruction, operands.charAt(at), target));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static String operand(Instruction instruction, char placeholder, String target) {
    return switch (placeholder) {
      case 'd' -> register(instruction.rd());
      case 'n' -> register(instruction.rn());
      case 'm' -> register(instruction.rm());
      case 't' -> register(instruction.rt());
      case 'i' -> Integer.toString(instruction.immediate());
      case 'l' -> list(instruction.registerList());
      case 'w' -> instruction.writesBack() ? "!" : "";
      case 'b' -> target;
      case 'e' -> instruction.immediate() == 0 ? "ie i" : "id i";
      case 'o' -> instruction.immediate() == 15 ? "sy" : "#" + instruction.immediate();
      case 'y' -> String.valueOf(SpecialRegister.ofSysm(instruction.sysm()));
      default -> throw new IllegalStateException("placeholder " + placeholder);
    };
  }

  private static String register(int number) {
    return switch (number) {
      case 13 -> "sp";
      case 14 -> "lr";
      case 15 -> "pc";
      default -> "r" + number;
    };
  }

  private static String list(int registers) {
    List<String> names = new ArrayList<>();
    for (int r = 0; r < 16; r++) {
      if ((registers & (1 << r)) != 0) {
        names.add(register(r));
      }
    }
    return "{" + String.join(", ", names) + "}";
  }
}
