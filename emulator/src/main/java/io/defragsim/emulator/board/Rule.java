package io.defragsim.emulator.board;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What single bits of registers without a model do. */
public sealed interface Rule {

  /** Why it is so, and where that is written. */
  Basis basis();

  /** The field that it changes, null if it changes none. */
  default @Nullable Field target() {
    return null;
  }

  /** All fields that it has to do with. */
  List<Field> fields();

  /**
   * Why a rule is believed.
   *
   * @param why what the hardware does, in a sentence
   * @param source a manual and its chapter, a header or a driver; empty if nobody said
   */
  record Basis(String why, String source) {}

  /** The field becomes what the cause is, some time after a store changed that. */
  record Follows(@Override Field target, Field cause, Delay after, @Override Basis basis)
      implements Rule {
    @Override
    public List<Field> fields() {
      return List.of(target, cause);
    }

    @Override
    public String toString() {
      return target + " follows " + cause + behind(after);
    }
  }

  /** The field becomes 0 some time after a store made it something else. */
  record ClearsItself(@Override Field target, Delay after, @Override Basis basis) implements Rule {
    @Override
    public List<Field> fields() {
      return List.of(target);
    }

    @Override
    public String toString() {
      return target + " clears itself" + behind(after);
    }
  }

  /**
   * The field becomes {@code value} some time after an access.
   *
   * @param value all bits of the field 1, or 0
   */
  record Changes(
      @Override Field target,
      boolean value,
      Access access,
      Field cause,
      Delay after,
      @Override Basis basis)
      implements Rule {
    @Override
    public List<Field> fields() {
      return List.of(target, cause);
    }

    @Override
    public String toString() {
      return target + (value ? " is set" : " is cleared") + access.by(cause) + behind(after);
    }
  }

  /** What the program does to the cause. */
  enum Access {
    /** It loads the register. */
    LOAD(" by a load of "),
    /** It stores to the register. */
    STORE(" by a store to "),
    /** It stores a 1 to a bit of the field. */
    STORE_ONE(" by a 1 stored to "),
    /** It stores a 0 to a bit of the field. */
    STORE_ZERO(" by a 0 stored to ");

    private final String words;

    Access(String words) {
      this.words = words;
    }

    private String by(Field cause) {
      return words + (this == LOAD || this == STORE ? cause.register().name() : cause.name());
    }
  }

  /**
   * A line of interrupt is high while the status is not 0, and the enabling field is not either.
   *
   * @param interrupt 0 to 31
   * @param enable null if nothing disables it
   */
  record Level(int interrupt, Field status, @Nullable Field enable, @Override Basis basis)
      implements Rule {
    @Override
    public List<Field> fields() {
      return some(status, enable);
    }

    @Override
    public String toString() {
      return "interrupt "
          + interrupt
          + " while "
          + status
          + (enable == null ? "" : " and " + enable);
    }
  }

  /** The field is what comes from outside, and a store does not change it. */
  record Input(@Override Field target, int value, @Override Basis basis) implements Rule {
    @Override
    public List<Field> fields() {
      return List.of(target);
    }

    @Override
    public String toString() {
      return target + " is an input, " + value;
    }
  }

  /** What the program stores to the field goes out on the serial line of the console. */
  record Sends(@Override Field target, @Override Basis basis) implements Rule {
    @Override
    public List<Field> fields() {
      return List.of(target);
    }

    @Override
    public String toString() {
      return target + " is sent";
    }
  }

  /**
   * What comes on the serial line of the console stands in the field, and another is 1, until the
   * program has loaded it.
   *
   * @param ready says that something has come
   * @param enable nothing comes while it is 0; null if nothing disables it
   * @param after the time that a byte takes
   */
  record Receives(
      @Override Field target,
      Field ready,
      @Nullable Field enable,
      Delay after,
      @Override Basis basis)
      implements Rule {
    @Override
    public List<Field> fields() {
      return some(target, ready, enable);
    }

    @Override
    public String toString() {
      return target + " receives, and " + ready + " says so" + behind(after);
    }
  }

  private static List<Field> some(@Nullable Field... fields) {
    return Stream.of(fields).filter(Objects::nonNull).toList();
  }

  private static String behind(Delay after) {
    return after.isNone() ? "" : " after " + after;
  }
}
