package io.defragsim.emulator.isa;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The decoder of ARMv6-M, derived from the table {@link Form}. */
public final class Armv6m {

  /** First halfwords from here on start a 32-bit encoding (A5.1). */
  private static final int FIRST_32_BIT = 0xE800;

  private static final Form[] WIDE_FORMS = forms(4);
  private static final Form[] NARROW_FORMS = forms(2);

  /**
   * What 16-bit encodings were found to be. It is filled as they are asked for, because all of them
   * would be a third of what a short command takes; so it changes, and yet nobody sees it change.
   */
  private static final @Nullable Decoded[] NARROW = new Decoded[FIRST_32_BIT];

  private Armv6m() {}

  /** Whether a second halfword belongs to an encoding that starts with {@code firstHalfword}. */
  public static boolean is32Bit(int firstHalfword) {
    return (firstHalfword & 0xFFFF) >= FIRST_32_BIT;
  }

  /**
   * What ARMv6-M makes of an encoding. Costs no more than a table look-up for 16-bit encodings,
   * which always give the same object.
   *
   * @param firstHalfword the halfword at the lower address, in the low 16 bits
   * @param secondHalfword the next one, in the low 16 bits; ignored if the first is no start of a
   *     32-bit encoding
   */
  public static Decoded decode(int firstHalfword, int secondHalfword) {
    int first = firstHalfword & 0xFFFF;
    return first < FIRST_32_BIT
        ? narrow(first)
        : decode(WIDE_FORMS, (first << 16) | (secondHalfword & 0xFFFF), 4);
  }

  private static Decoded decode(Form[] forms, int encoding, int bytes) {
    for (Form form : forms) {
      if (form.pattern().matches(encoding)) {
        int violated = form.pattern().violatedBits(encoding);
        if (violated != 0) {
          return new Unpredictable(encoding, bytes, form, shouldBe(encoding, violated));
        }
        Instruction instruction = new Instruction(form, encoding);
        String reason = form.rule().brokenBy(instruction);
        return reason == null ? instruction : new Unpredictable(encoding, bytes, form, reason);
      }
    }
    return new Undefined(encoding, bytes);
  }

  private static String shouldBe(int encoding, int violated) {
    int bit = 31 - Integer.numberOfLeadingZeros(violated);
    boolean set = (encoding & (1 << bit)) != 0;
    return "bit " + bit + (set ? " set, which should be 0" : " clear, which should be 1");
  }

  private static Decoded narrow(int halfword) {
    Decoded known = NARROW[halfword];
    return known != null ? known : decodeNarrow(halfword);
  }

  private static Decoded decodeNarrow(int halfword) {
    synchronized (NARROW) { // so that there is one object of each
      Decoded decoded = NARROW[halfword];
      if (decoded == null) {
        decoded = decode(NARROW_FORMS, halfword, 2);
        NARROW[halfword] = decoded;
      }
      return decoded;
    }
  }

  private static Form[] forms(int bytes) {
    return Arrays.stream(Form.values()).filter(form -> form.bytes() == bytes).toArray(Form[]::new);
  }
}
