package io.defragsim.emulator.board;

import io.defragsim.emulator.board.PeripheralBus.LiveBlock;
import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.FurtherMemories;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.Memory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Board} in one run. Made in three steps, since memory and core need each other: it is
 * itself; {@link #memory} gives what answers where memory does not; {@link #connect} connects it.
 */
public final class LiveBoard {
  private static final int MOST_NAMES = 10_000;

  private final Board board;
  private final Board.Checks checks;
  private final long clockHz;
  private final Ledger ledger;
  private final RegisterFile registers;
  private final SerialLine serial = new SerialLine();
  private final Map<Long, String> names = new HashMap<>();
  private final I2cBus i2c = new I2cBus();
  private final Pins pins = new Pins();
  private final PollWatch polls = new PollWatch();
  private final List<QueueAlarm> alarms = new ArrayList<>();
  private final Map<Board.Block, Peripheral> models = new LinkedHashMap<>();
  private final List<LongConsumer> signals = new ArrayList<>();
  private @Nullable PeripheralBus bus;
  private @Nullable Connected connected;
  private @Nullable UnexplainedPoll unexplained;

  /** What it has once it is connected. */
  private record Connected(
      CoreSystem system,
      IntSupplier pc,
      LongSupplier asleep,
      Memory memory,
      ProgrammedMemory nonVolatile,
      Lines lines,
      RuleEngine rules) {}

  /**
   * @param ledger is told what the run rests on
   */
  public LiveBoard(Board board, Board.Checks checks, long clockHz, Ledger ledger) {
    this.board = board;
    this.ledger = ledger;
    this.checks = checks;
    this.clockHz = clockHz;
    registers = new RegisterFile(board);
    ledger.nameBy(this::name);
    board.devices().forEach(d -> i2c.put(d.address(), new I2cRegisters(d.registers())));
  }

  /** What answers outside of memory: the board, and beyond that {@code beyond}. */
  public Memory memory(Memory beyond) {
    bus = new PeripheralBus(this, beyond);
    return bus;
  }

  /**
   * Connects it to a core that has not begun.
   *
   * @param pc the address of the instruction under way
   * @param asleep cycles that the core has slept
   */
  public void connect(
      CoreSystem system,
      IntSupplier pc,
      LongSupplier asleep,
      MappedMemory main,
      FurtherMemories further) {
    PeripheralBus on = bus;
    if (on == null) {
      throw new IllegalStateException("connected before its memory is");
    }
    Lines lines = new Lines(system);
    ProgrammedMemory nonVolatile = new ProgrammedMemory(main, further);
    RuleEngine rules =
        new RuleEngine(
            board,
            registers,
            ledger,
            clockHz,
            lines,
            serial,
            (basis, action) -> alarm(system, ledger.latency(basis), action));
    connected = new Connected(system, pc, asleep, on.byModels(main), nonVolatile, lines, rules);
    for (Board.Block block : board.blocks()) {
      Peripheral model = block.model() == null ? null : block.model().get();
      on.put(new LiveBlock(block, model));
      if (model != null) {
        models.put(block, model);
        ModelFailedException.guard(
            block.name(), model.getClass(), () -> model.connect(new BlockWires(block, model)));
      }
    }
  }

  /** The state out of reset. */
  public void reset() {
    alarms.forEach(QueueAlarm::stop);
    connected().lines.reset();
    registers.reset();
    connected().rules.reset();
    polls.clear();
    i2c.reset();
    models.forEach(
        (block, model) -> ModelFailedException.guard(block.name(), model.getClass(), model::reset));
  }

  /** The core has slept: on a part its clock may have stood still, and comes back in some time. */
  public void slept() {
    ledger.rest("waking from sleep, which takes no time here");
  }

  /** What the run rests on. */
  public Ledger ledger() {
    return ledger;
  }

  /** The line of the console. */
  public SerialLine serial() {
    return serial;
  }

  /** What it does to the part's pins. */
  public Pins pins() {
    return pins;
  }

  /** The poll for which the run was asked to stop, null if there is none. */
  public @Nullable UnexplainedPoll unexplained() {
    return unexplained;
  }

  Board.Checks checks() {
    return checks;
  }

  RegisterFile registers() {
    return registers;
  }

  RuleEngine rules() {
    return connected().rules;
  }

  ProgrammedMemory nonVolatile() {
    return connected().nonVolatile;
  }

  private Connected connected() {
    if (connected == null) {
      throw new IllegalStateException("not connected");
    }
    return connected;
  }

  /** Whether somebody has said something of a register. */
  boolean knows(long word) {
    return connected().rules.knows(word) || registers.named(word) != null;
  }

  /** A store to a peripheral. */
  void stored() {
    polls.clear();
  }

  /** A load from a peripheral. */
  void polled(LiveBlock at, long address, int value) {
    Connected to = connected();
    int pc = to.pc.getAsInt();
    int reads = polls.read(address, pc, value, to.system.now(), to.asleep.getAsLong(), ledger);
    long word = address & ~3L;
    if (reads >= checks.polls()
        && at.model() == null
        && unexplained == null
        && !to.rules.explains(word)) {
      unexplained =
          new UnexplainedPoll(
              name(at.block(), word),
              word,
              at.block().name(),
              value,
              Integer.toUnsignedLong(pc),
              reads,
              to.rules.knows(word));
      to.system.requestStop();
    }
  }

  /** A register's name with its address, by its address alone. */
  private String name(long word) {
    return board.blocks().stream()
        .filter(block -> block.has(word))
        .findFirst()
        .map(block -> name(block, word))
        .orElseThrow();
  }

  /** A register's name with its address. */
  String name(Board.Block block, long word) {
    if (names.size() == MOST_NAMES) {
      names.clear();
    }
    return names.computeIfAbsent(word, address -> newName(block, address));
  }

  private String newName(Board.Block block, long word) {
    Register register = registers.named(word);
    String name =
        register != null
            ? register.name()
            : String.format(Locale.ROOT, "%s+0x%x", block.name(), word - block.base());
    return String.format(Locale.ROOT, "%s (0x%08x)", name, word);
  }

  private QueueAlarm alarm(CoreSystem system, Ledger.@Nullable Latency latency, Runnable action) {
    QueueAlarm alarm = new QueueAlarm(system, latency, action);
    alarms.add(alarm);
    return alarm;
  }

  /** The wires of one block. */
  private final class BlockWires implements Wires {
    private final Board.Block block;
    private final Class<?> model;

    BlockWires(Board.Block block, Peripheral model) {
      this.block = block;
      this.model = model.getClass();
    }

    private Runnable guarded(Runnable action) {
      return () -> ModelFailedException.guard(block.name(), model, action);
    }

    @Override
    public String name() {
      return block.name();
    }

    @Override
    public long base() {
      return block.base();
    }

    @Override
    public long now() {
      return connected().system.now();
    }

    @Override
    public long clockHz() {
      return clockHz;
    }

    @Override
    public Alarm alarm(Runnable action) {
      return LiveBoard.this.alarm(connected().system, null, guarded(action));
    }

    @Override
    public Alarm latency(String basis, Runnable action) {
      return LiveBoard.this.alarm(connected().system, ledger.latency(basis), guarded(action));
    }

    @Override
    public void rest(String basis) {
      ledger.rest(basis);
    }

    @Override
    public void interrupt(boolean high) {
      if (block.interrupt().isPresent()) {
        connected().lines.set(block.interrupt().getAsInt(), block, high);
      }
    }

    @Override
    public void stall(long cycles) {
      if (cycles < 0 || cycles > QueueAlarm.LONGEST) {
        throw new IllegalArgumentException("a stall of " + cycles + " cycles");
      }
      connected().system.stall(cycles);
      ledger.meetTime(); // as if it polled so long
    }

    @Override
    public SerialLine serial() {
      return serial;
    }

    @Override
    public I2cBus i2c() {
      return i2c;
    }

    @Override
    public Pins pins() {
      return pins;
    }

    @Override
    public NonVolatile nonVolatile() {
      return LiveBoard.this.nonVolatile();
    }

    @Override
    public Memory memory() {
      return connected().memory;
    }

    @Override
    public void signal(int offset) {
      signals.forEach(listener -> listener.accept(block.base() + offset));
    }

    @Override
    public void onSignal(LongConsumer listener) {
      signals.add(listener);
    }
  }
}
