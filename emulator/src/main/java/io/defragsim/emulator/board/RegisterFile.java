package io.defragsim.emulator.board;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Registers that hold what was stored last, beginning with what they hold out of reset. */
final class RegisterFile {
  /** More registers than any part has. */
  static final int MOST_WORDS = 1 << 20;

  private final Board board;
  private final Map<Long, Register> named = new HashMap<>();
  private final Map<Long, Integer> words = new HashMap<>();

  RegisterFile(Board board) {
    this.board = board;
    board.registers().forEach(register -> named.put(register.address(), register));
    for (Rule rule : board.rules()) {
      for (Field field : rule.fields()) {
        named.putIfAbsent(field.register().address(), field.register());
      }
    }
  }

  void reset() {
    words.clear();
  }

  int get(long word) {
    Integer value = words.get(word);
    if (value != null) {
      return value;
    }
    Register register = named.get(word);
    return register != null ? register.reset() : fill(word);
  }

  private int fill(long word) {
    for (Board.Block block : board.blocks()) {
      if (block.has(word)) {
        return block.fill();
      }
    }
    return 0;
  }

  /** Whether one more word can be remembered. */
  boolean hasRoom(long word) {
    return words.size() < MOST_WORDS || words.containsKey(word);
  }

  void set(long word, int value) {
    words.put(word, value);
  }

  /** Whether its first value is known, or it has been stored to. */
  boolean isKnown(long word) {
    return words.containsKey(word) || named.containsKey(word);
  }

  @Nullable Register named(long word) {
    return named.get(word);
  }
}
