package io.defragsim.emulator.isa;

import java.util.ArrayList;
import java.util.List;

/**
 * An encoding diagram, parsed from text: 16 or 32 bit characters, most significant first, then
 * facts after a slash.
 *
 * <ul>
 *   <li>{@code 0 1}: the bit must be so, or the encoding is another one.
 *   <li>{@code (0) (1)}: the bit should be so, or the effect is unpredictable.
 *   <li>{@code d n m t}: Rd, Rn, Rm, Rt. {@code D}: Rdn, which is Rd and Rn. {@code M}: Rdm, which
 *       is Rd and Rm. A field in two places is read from left to right.
 *   <li>{@code i}: the immediate. {@code c}: the condition. {@code y}: SYSm. {@code r}: the list of
 *       R0 to R7. {@code L P}: LR and PC in the list. {@code s j k}: S, J1, J2 of BL.
 *   <li>{@code n=13}: a field that the encoding implies. {@code c!=14}: another encoding if so.
 *   <li>{@code i*4}: the immediate counts words. {@code i:signed*2}: it is a signed count of
 *       halfwords. {@code i:0=32}: 0 stands for 32.
 * </ul>
 */
final class Pattern {

  /** Bits of an encoding that make a number, most significant piece first. */
  private static final class Field {
    static final Field ABSENT = new Field(new int[0], -1);

    private final int[] pieces; // shift and width by turns
    private final int constant;

    Field(int[] pieces, int constant) {
      this.pieces = pieces;
      this.constant = constant;
    }

    int of(int encoding) {
      if (pieces.length == 0) {
        return constant;
      }
      int value = 0;
      for (int p = 0; p < pieces.length; p += 2) {
        int width = pieces[p + 1];
        value = (value << width) | ((encoding >>> pieces[p]) & ((1 << width) - 1));
      }
      return value;
    }

    int width() {
      int width = 0;
      for (int p = 1; p < pieces.length; p += 2) {
        width += pieces[p];
      }
      return width;
    }
  }

  private final String text;
  private final String bits;
  private final int length;
  private final int fixedMask;
  private final int fixedValue;
  private final int shouldMask;
  private final int shouldValue;
  private final Field rd;
  private final Field rn;
  private final Field rm;
  private final Field rt;
  private final Field immediate;
  private final Field condition;
  private final Field sysm;
  private final Field list;
  private final Field lr;
  private final Field pc;
  private final Field s;
  private final Field j1;
  private final Field j2;
  private final int excludedCondition;
  private final boolean signed;
  private final int scale;
  private final boolean zeroIs32;

  Pattern(String text) {
    this.text = text;
    String[] halves = text.split("/", 2);
    String facts = halves.length == 2 ? " " + halves[1].trim() + " " : " ";
    StringBuilder letters = new StringBuilder();
    int mask = 0;
    int value = 0;
    int should = 0;
    int shouldBe = 0;
    String diagram = halves[0].replace(" ", "");
    for (int at = 0; at < diagram.length(); at++) {
      char c = diagram.charAt(at);
      boolean soft = c == '(';
      if (soft) {
        c = diagram.charAt(at + 1);
        at += 2;
      }
      boolean digit = c == '0' || c == '1';
      mask = (mask << 1) | (digit && !soft ? 1 : 0);
      value = (value << 1) | (c == '1' && !soft ? 1 : 0);
      should = (should << 1) | (soft ? 1 : 0);
      shouldBe = (shouldBe << 1) | (c == '1' && soft ? 1 : 0);
      letters.append(digit ? '-' : c);
    }
    bits = letters.toString();
    length = bits.length();
    if (length != 16 && length != 32) {
      throw new IllegalArgumentException(length + " bits: " + text);
    }
    fixedMask = mask;
    fixedValue = value;
    shouldMask = should;
    shouldValue = shouldBe;
    rd = field(facts, 'd', 'D', 'M');
    rn = field(facts, 'n', 'D');
    rm = field(facts, 'm', 'M');
    rt = field(facts, 't');
    immediate = field(facts, 'i');
    condition = field(facts, 'c');
    sysm = field(facts, 'y');
    list = field(facts, 'r');
    lr = field(facts, 'L');
    pc = field(facts, 'P');
    s = field(facts, 's');
    j1 = field(facts, 'j');
    j2 = field(facts, 'k');
    excludedCondition = facts.contains(" c!=14 ") ? 14 : -2;
    signed = facts.contains(" i:signed*2 ");
    zeroIs32 = facts.contains(" i:0=32 ");
    scale = facts.contains(" i*4 ") ? 4 : (facts.contains(" i*2 ") || signed) ? 2 : 1;
  }

  private Field field(String facts, char... names) {
    for (char name : names) {
      int implied = facts.indexOf(" " + name + "=");
      if (implied >= 0) {
        int end = facts.indexOf(' ', implied + 3);
        return new Field(new int[0], Integer.parseInt(facts.substring(implied + 3, end)));
      }
      List<Integer> pieces = new ArrayList<>();
      for (int from = 0; from < length; from++) {
        int to = from;
        while (to < length && bits.charAt(to) == name) {
          to++;
        }
        if (to > from) {
          pieces.add(length - to);
          pieces.add(to - from);
          from = to;
        }
      }
      if (!pieces.isEmpty()) {
        return new Field(pieces.stream().mapToInt(Integer::intValue).toArray(), 0);
      }
    }
    return Field.ABSENT;
  }

  int bytes() {
    return length / 8;
  }

  boolean matches(int encoding) {
    return (encoding & fixedMask) == fixedValue && condition.of(encoding) != excludedCondition;
  }

  /** The should-be bits that are not so, as a mask. */
  int violatedBits(int encoding) {
    return (encoding ^ shouldValue) & shouldMask;
  }

  int rd(int encoding) {
    return rd.of(encoding);
  }

  int rn(int encoding) {
    return rn.of(encoding);
  }

  int rm(int encoding) {
    return rm.of(encoding);
  }

  int rt(int encoding) {
    return rt.of(encoding);
  }

  int condition(int encoding) {
    return condition.of(encoding);
  }

  int sysm(int encoding) {
    return sysm.of(encoding);
  }

  /** Bit r is set if the list has register r; 0 also where the form has no list. */
  int registerList(int encoding) {
    if (list == Field.ABSENT) {
      return 0;
    }
    int registers = list.of(encoding);
    if (lr.of(encoding) == 1) {
      registers |= 1 << 14;
    }
    if (pc.of(encoding) == 1) {
      registers |= 1 << 15;
    }
    return registers;
  }

  int immediate(int encoding) {
    if (immediate == Field.ABSENT) {
      return 0;
    }
    int value = immediate.of(encoding);
    if (s != Field.ABSENT) {
      // A6.7.13: imm32 = SignExtend(S:I1:I2:imm10:imm11:'0'), I1 = NOT(J1 EOR S), I2 likewise.
      int sign = s.of(encoding);
      int i1 = 1 ^ j1.of(encoding) ^ sign;
      int i2 = 1 ^ j2.of(encoding) ^ sign;
      return (-sign << 24) | (i1 << 23) | (i2 << 22) | (value << 1);
    }
    if (signed) {
      int unused = 32 - immediate.width();
      value = (value << unused) >> unused;
    }
    return zeroIs32 && value == 0 ? 32 : value * scale;
  }

  @Override
  public String toString() {
    return text;
  }
}
