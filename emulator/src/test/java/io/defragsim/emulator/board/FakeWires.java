package io.defragsim.emulator.board;

import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.Memory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One peripheral and what it is connected to, with a clock that a test moves. Memory holds what was
 * stored, and 0 before; addresses of the peripheral lead to it.
 */
public final class FakeWires implements Wires {
  private final long base;
  private final Peripheral peripheral;
  private final List<FakeAlarm> alarms = new ArrayList<>();
  private final List<LongConsumer> listeners = new ArrayList<>();
  private final SerialLine serial = new SerialLine();
  private final I2cBus i2c = new I2cBus();
  private final Pins pins = new Pins();
  private final Map<Long, Integer> flash = new TreeMap<>();
  private final Map<Long, Integer> bytes = new HashMap<>();
  private final Set<String> bases = new TreeSet<>();
  private final List<Long> signals = new ArrayList<>();
  private NonVolatile.@Nullable Writer writer;
  private long now;
  private long stalled;
  private boolean line;

  /** Connects and resets a peripheral. */
  public FakeWires(long base, Peripheral peripheral) {
    this.base = base;
    this.peripheral = peripheral;
    peripheral.connect(this);
    peripheral.reset();
  }

  public int read(int offset) {
    return peripheral.read(offset, 4);
  }

  public void write(int offset, int value) {
    peripheral.write(offset, 4, value);
  }

  /** Loads 1, 2 or 4 bytes. */
  public int load(int offset, int size) {
    return peripheral.read(offset, size);
  }

  /** Stores a byte. */
  public void storeByte(int offset, int value) {
    peripheral.write(offset, 1, value);
  }

  /** Has what happens in so many cycles happen. */
  public void advance(long cycles) {
    long end = now + cycles;
    for (FakeAlarm next = next(); next != null && next.at <= end; next = next()) {
      now = next.at;
      next.at = Long.MAX_VALUE;
      next.action.run();
    }
    now = end;
  }

  /** Cycles until a register reads a value. */
  public long until(int offset, int value) {
    long begin = now;
    while (read(offset) != value) {
      FakeAlarm next = next();
      if (next == null) {
        throw new AssertionError("it never reads " + value);
      }
      advance(next.at - now);
    }
    return now - begin;
  }

  private @Nullable FakeAlarm next() {
    FakeAlarm next = null;
    for (FakeAlarm alarm : alarms) {
      if (alarm.isRunning() && (next == null || alarm.at < next.at)) {
        next = alarm;
      }
    }
    return next;
  }

  /** Whether the peripheral asks for its interrupt. */
  public boolean line() {
    return line;
  }

  /** Of the latencies that were begun. */
  public Set<String> bases() {
    return bases;
  }

  /** The addresses of the events that were told of, in order. */
  public List<Long> signals() {
    return signals;
  }

  /** Cycles that the core was made to wait. */
  public long stalled() {
    return stalled;
  }

  /** Flash by words; an address without an entry has no flash. */
  public Map<Long, Integer> flash() {
    return flash;
  }

  /** What a store of the program's to flash answers. */
  public boolean storeToFlash(long address, int size, int value) {
    return writer != null && writer.store(address, size, value);
  }

  public void connectDevice(int address, I2cDevice device) {
    i2c.put(address, device);
  }

  /** Registers that remember, as a board has them. */
  public static I2cDevice registers(Map<Integer, Integer> values) {
    return new I2cRegisters(values);
  }

  @Override
  public String name() {
    return "X";
  }

  @Override
  public long base() {
    return base;
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public long clockHz() {
    return 16_000_000;
  }

  @Override
  public Alarm alarm(Runnable action) {
    return add(new FakeAlarm(null, action));
  }

  @Override
  public Alarm latency(String basis, Runnable action) {
    return add(new FakeAlarm(basis, action));
  }

  @Override
  public void rest(String basis) {}

  private FakeAlarm add(FakeAlarm alarm) {
    alarms.add(alarm);
    return alarm;
  }

  @Override
  public void interrupt(boolean high) {
    line = high;
  }

  @Override
  public void stall(long cycles) {
    stalled += cycles;
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
    return new NonVolatile() {
      @Override
      public boolean has(long address) {
        return flash.containsKey(address);
      }

      @Override
      public void program(long address, int word) {
        flash.merge(address, word, (before, stored) -> before & stored);
      }

      @Override
      public void erase(long address, int size) {
        for (long at = address; at < address + size; at += 4) {
          flash.put(at, -1);
        }
      }

      @Override
      public void onStore(Writer asked) {
        writer = asked;
      }
    };
  }

  @Override
  public Memory memory() {
    return new Memory() {
      @Override
      public int read(long address, int size) {
        if (address >= base && address < base + 0x1000) {
          return peripheral.read((int) (address - base), size);
        }
        int value = 0;
        for (int i = size - 1; i >= 0; i--) {
          value = (value << 8) | bytes.getOrDefault(address + i, 0);
        }
        return value;
      }

      @Override
      public void write(long address, int size, int value) {
        if (address >= base && address < base + 0x1000) {
          peripheral.write((int) (address - base), size, value);
          return;
        }
        for (int i = 0; i < size; i++) {
          bytes.put(address + i, (value >> (8 * i)) & 0xFF);
        }
      }

      @Override
      public int fetch(long address) throws AccessFault {
        throw new UnsupportedOperationException();
      }

      @Override
      public boolean waits(long address) {
        return false;
      }
    };
  }

  @Override
  public void signal(int offset) {
    signals.add(base + offset);
    hear(base + offset);
  }

  /** An event of another peripheral. */
  public void hear(long address) {
    listeners.forEach(listener -> listener.accept(address));
  }

  @Override
  public void onSignal(LongConsumer listener) {
    listeners.add(listener);
  }

  private final class FakeAlarm implements Alarm {
    private final @Nullable String basis;
    private final Runnable action;
    private long at = Long.MAX_VALUE;

    FakeAlarm(@Nullable String basis, Runnable action) {
      this.basis = basis;
      this.action = action;
    }

    @Override
    public void after(long cycles) {
      at = now + Math.max(1, cycles);
      if (basis != null) {
        bases.add(basis);
      }
    }

    @Override
    public void stop() {
      at = Long.MAX_VALUE;
    }

    @Override
    public boolean isRunning() {
      return at != Long.MAX_VALUE;
    }

    @Override
    public long at() {
      return at;
    }
  }
}
