package io.defragsim.emulator.board;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/** Lets rules change the fields of registers that remember. */
final class RuleEngine {
  private final RegisterFile registers;
  private final Ledger ledger;
  private final long clockHz;
  private final Lines lines;
  private final Map<Long, List<Rule>> byCause = new HashMap<>();
  private final Map<Long, List<Rule.Level>> levels = new HashMap<>();
  private final Map<Long, Integer> readOnly = new HashMap<>();
  private final Map<Long, List<Alarm>> pending = new HashMap<>();
  private final Map<Rule, Change> changes = new HashMap<>();
  private final Set<Long> known = new HashSet<>();
  private final Set<Long> inputs = new HashSet<>();
  private final List<Rule.Input> fromOutside = new ArrayList<>();
  private final List<Receiver> receivers = new ArrayList<>();
  private final SerialLine serial;
  private final Queue<Long> changed = new ArrayDeque<>();
  private boolean following;

  /** What one rule is about to do. */
  private static final class Change {
    private final Alarm alarm;
    private int value;

    Change(Alarm alarm) {
      this.alarm = alarm;
    }
  }

  /** Makes the alarm of a latency. */
  interface Alarms {
    Alarm latency(String basis, Runnable action);
  }

  RuleEngine(
      Board board,
      RegisterFile registers,
      Ledger ledger,
      long clockHz,
      Lines lines,
      SerialLine serial,
      Alarms alarms) {
    this.registers = registers;
    this.ledger = ledger;
    this.clockHz = clockHz;
    this.lines = lines;
    this.serial = serial;
    for (Rule rule : board.rules()) {
      add(rule, alarms);
    }
  }

  private void add(Rule rule, Alarms alarms) {
    if (rule instanceof Rule.Level level) {
      watch(level, level.status());
      if (level.enable() != null) {
        watch(level, level.enable());
      }
      return;
    }
    Field target = rule.target();
    if (target == null) {
      throw new IllegalStateException("a rule without a target: " + rule);
    }
    long at = target.register().address();
    known.add(at);
    if (!(rule instanceof Rule.ClearsItself || rule instanceof Rule.Sends)) {
      readOnly.merge(at, target.mask(), (a, b) -> a | b);
    }
    if (rule instanceof Rule.Input input) {
      inputs.add(at);
      fromOutside.add(input);
      return;
    }
    if (rule instanceof Rule.Sends) {
      byCause.computeIfAbsent(at, address -> new ArrayList<>()).add(rule);
      return;
    }
    if (rule instanceof Rule.Receives receives) {
      receivers.add(new Receiver(receives, alarms));
      return;
    }
    Alarm alarm = alarms.latency(rule.toString(), () -> change(rule, target));
    changes.put(rule, new Change(alarm));
    pending.computeIfAbsent(at, address -> new ArrayList<>()).add(alarm);
    Field cause = cause(rule, target);
    known.add(cause.register().address());
    byCause.computeIfAbsent(cause.register().address(), address -> new ArrayList<>()).add(rule);
  }

  private static Field cause(Rule rule, Field target) {
    if (rule instanceof Rule.Follows follows) {
      return follows.cause();
    }
    return rule instanceof Rule.Changes changes ? changes.cause() : target;
  }

  private void watch(Rule.Level level, Field field) {
    long at = field.register().address();
    known.add(at);
    levels.computeIfAbsent(at, address -> new ArrayList<>()).add(level);
  }

  /** Gives inputs their values. */
  void reset() {
    for (Rule.Input input : fromOutside) {
      long at = input.target().register().address();
      registers.set(at, input.target().in(registers.get(at), input.value()));
    }
  }

  /** Whether some rule has to do with a register. */
  boolean knows(long word) {
    return known.contains(word);
  }

  /** Whether a poll of a register may yet see something else: an input, or a change to come. */
  boolean explains(long word) {
    return inputs.contains(word)
        || receivers.stream().anyMatch(receiver -> receiver.waitsAt(word))
        || pending.getOrDefault(word, List.of()).stream().anyMatch(Alarm::isRunning);
  }

  /** A store of the program's. */
  void store(long word, int value) {
    int fixed = readOnly.getOrDefault(word, 0);
    int before = registers.get(word);
    registers.set(word, (value & ~fixed) | (before & fixed));
    for (Rule rule : byCause.getOrDefault(word, List.of())) {
      if (rule instanceof Rule.Follows follows) {
        follow(follows, follows.cause().of(value));
      } else if (rule instanceof Rule.ClearsItself clears) {
        if (clears.target().of(value) != 0) {
          begin(rule, 0, clears.after());
        }
      } else if (rule instanceof Rule.Changes changing && isMet(changing, value)) {
        begin(rule, changing.value() ? -1 : 0, changing.after());
      } else if (rule instanceof Rule.Sends sends) {
        ledger.usedAtOnce(rule);
        serial.send(sends.target().of(value));
      }
    }
    levels(word);
    receivers.forEach(Receiver::look);
  }

  private void follow(Rule.Follows rule, int value) {
    Change change = changes.get(rule);
    if (change == null) {
      return;
    }
    boolean there = rule.target().of(registers.get(rule.target().register().address())) == value;
    boolean coming = change.alarm.isRunning() && change.value == value;
    if (there && !coming) {
      change.alarm.stop();
    } else if (!coming) {
      begin(rule, value, rule.after());
    }
  }

  private static boolean isMet(Rule.Changes rule, int value) {
    return switch (rule.access()) {
      case LOAD -> false;
      case STORE -> true;
      case STORE_ONE -> rule.cause().of(value) != 0;
      case STORE_ZERO -> (~value & rule.cause().mask()) != 0;
    };
  }

  /** A load of the program's has been done. */
  void loaded(long word) {
    for (Rule rule : byCause.getOrDefault(word, List.of())) {
      if (rule instanceof Rule.Changes changing && changing.access() == Rule.Access.LOAD) {
        begin(rule, changing.value() ? -1 : 0, changing.after());
      }
    }
    receivers.forEach(receiver -> receiver.loaded(word));
  }

  private void begin(Rule rule, int value, Delay after) {
    Change change = changes.get(rule);
    Field target = rule.target();
    if (change == null || target == null) {
      return;
    }
    change.value = value;
    if (after.isNone()) {
      ledger.usedAtOnce(rule);
      set(target, value);
    } else {
      change.alarm.after(Math.max(1, after.at(clockHz)));
    }
  }

  private void change(Rule rule, Field target) {
    Change change = changes.get(rule);
    if (change == null) {
      return;
    }
    ledger.used(rule);
    set(target, change.value);
  }

  private void levels(long word) {
    for (Rule.Level level : levels.getOrDefault(word, List.of())) {
      Field enable = level.enable();
      boolean high = value(level.status()) != 0 && (enable == null || value(enable) != 0);
      lines.set(level.interrupt(), level, high);
    }
  }

  /** Takes bytes from the serial line, by one rule. */
  private final class Receiver {
    private final Rule.Receives rule;
    private final Alarm alarm;

    Receiver(Rule.Receives rule, Alarms alarms) {
      this.rule = rule;
      alarm = alarms.latency(rule.toString(), this::take);
      Field enable = rule.enable();
      known.add(rule.ready().register().address());
      readOnly.merge(rule.ready().register().address(), rule.ready().mask(), (a, b) -> a | b);
      if (enable != null) {
        known.add(enable.register().address());
      }
      serial.onInput(this::look);
    }

    /** Whether somebody may yet type what a poll of a register waits for. */
    boolean waitsAt(long word) {
      return rule.ready().register().address() == word;
    }

    void look() {
      Field enable = rule.enable();
      boolean on = enable == null || value(enable) != 0;
      if (on && serial.hasInput() && value(rule.ready()) == 0 && !alarm.isRunning()) {
        alarm.after(Math.max(1, rule.after().at(clockHz)));
      }
    }

    private void take() {
      if (serial.hasInput()) {
        ledger.used(rule);
        set(rule.target(), serial.receive());
        set(rule.ready(), -1);
      }
    }

    void loaded(long word) {
      if (word == rule.target().register().address() && value(rule.ready()) != 0) {
        set(rule.ready(), 0);
        look();
      }
    }
  }

  /** Changes a field, and what follows it. */
  private void set(Field field, int value) {
    long at = field.register().address();
    registers.set(at, field.in(registers.get(at), value));
    changed.add(at);
    if (following) {
      return;
    }
    following = true;
    while (!changed.isEmpty()) {
      long word = changed.remove();
      for (Rule rule : byCause.getOrDefault(word, List.of())) {
        if (rule instanceof Rule.Follows follows) {
          follow(follows, value(follows.cause()));
        }
      }
      levels(word);
    }
    following = false;
  }

  private int value(Field field) {
    return field.of(registers.get(field.register().address()));
  }
}
