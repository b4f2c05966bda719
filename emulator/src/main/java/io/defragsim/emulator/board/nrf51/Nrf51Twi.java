package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.I2cDevice;
import io.defragsim.emulator.board.Wires;
import org.jspecify.annotations.Nullable;

/**
 * The two-wire interface, a master on the board's I2C bus, and the SPI master at the same address:
 * ENABLE says which. A bit takes 2^32 / FREQUENCY cycles. What a program waits for comes when the
 * bits are over, never at once: after a start and an address 10, after a byte 9, after a stop one.
 *
 * <p>An address or byte that nobody acknowledges is an ERROR and no TXDSENT or RXDREADY; the bus is
 * held until STOP. BB, the byte boundary, comes with the end of each data byte; the acknowledge of
 * a byte that was received waits while the interface is suspended. Nothing is connected to the SPI
 * master: each byte that it receives is 0xFF.
 */
final class Nrf51Twi extends Nrf51Block {
  private static final int STARTRX = 0x0;
  private static final int STARTTX = 0x8;
  private static final int STOP = 0x14;
  private static final int SUSPEND = 0x1C;
  private static final int RESUME = 0x20;
  private static final int STOPPED = 0x104;
  private static final int RXDREADY = 0x108; // SPI: READY
  private static final int TXDSENT = 0x11C;
  private static final int ERROR = 0x124;
  private static final int BB = 0x138;
  private static final int SUSPENDED = 0x148;
  private static final int ERRORSRC = 0x4C4;
  private static final int ENABLE = 0x500;
  private static final int PSELSCL = 0x508;
  private static final int PSELSDA = 0x50C;
  private static final int PSELMISO = 0x510;
  private static final int RXD = 0x518;
  private static final int TXD = 0x51C;
  private static final int FREQUENCY = 0x524;
  private static final int ADDRESS = 0x588;
  private static final int OVERRUN = 1;
  private static final int ADDRESS_NACK = 2;
  private static final int DATA_NACK = 4;
  private static final int NOTHING = -1;
  private static final int SPI = 1;
  private static final int TWI = 5;

  /** What the bits under way are, or what is waited for where none are. */
  private enum Phase {
    IDLE,
    ADDRESSING,
    WRITING,
    READING,
    HELD, // nobody acknowledged
    STOPPING,
    EXCHANGING // SPI
  }

  private final Alarm bits;
  private Phase phase = Phase.IDLE;
  private @Nullable I2cDevice device;
  private boolean reads;
  private boolean suspended;
  private boolean stops;
  private boolean unread;
  private int sending = NOTHING;
  private int next = NOTHING;

  Nrf51Twi(Wires wires) {
    super(wires, new Shortcut(0, BB, SUSPEND), new Shortcut(1, BB, STOP));
    bits = latency("bits at the frequency that is set", this::over);
  }

  @Override
  void restart() {
    idle();
    set(PSELSCL, -1);
    set(PSELSDA, -1);
    set(PSELMISO, -1);
    set(FREQUENCY, 0x04000000);
  }

  private void idle() {
    bits.stop();
    phase = Phase.IDLE;
    device = null;
    suspended = false;
    stops = false;
    unread = false;
    sending = NOTHING;
    next = NOTHING;
  }

  @Override
  void task(int offset) {
    if (register(ENABLE) != TWI) {
      return;
    }
    switch (offset) {
      case STARTRX -> start(true);
      case STARTTX -> start(false);
      case STOP -> {
        stops = true;
        carryOn();
      }
      case SUSPEND -> {
        suspended = true;
        if (!bits.isRunning()) {
          happen(SUSPENDED);
        }
      }
      case RESUME -> {
        suspended = false;
        carryOn();
      }
      default -> {}
    }
  }

  private void start(boolean read) {
    reads = read;
    suspended = false;
    stops = false;
    begin(Phase.ADDRESSING, 10);
  }

  private void begin(Phase what, int count) {
    phase = what;
    long rate = Math.max(1, register(FREQUENCY) & 0xFFFFFFFFL);
    bits.after(Math.max(1, (count * (1L << 32) + rate - 1) / rate));
  }

  /** Goes on with what the program asked for, where no bits are under way. */
  private void carryOn() {
    if (bits.isRunning()) {
      return;
    }
    if (stops) {
      stops = false;
      begin(Phase.STOPPING, 1);
    } else if (suspended) {
      happen(SUSPENDED);
    } else if (phase == Phase.READING) {
      begin(Phase.READING, 9);
    } else if (phase == Phase.WRITING && next != NOTHING) {
      sending = next;
      next = NOTHING;
      begin(Phase.WRITING, 9);
    }
  }

  /** The bits under way are over. */
  private void over() {
    switch (phase) {
      case ADDRESSING -> addressed();
      case WRITING -> written();
      case READING -> read();
      case STOPPING -> {
        idle();
        happen(STOPPED);
      }
      case EXCHANGING -> exchanged();
      case IDLE, HELD -> {}
    }
  }

  private void addressed() {
    device = wires.i2c().at(register(ADDRESS) & 0x7F);
    if (device == null) {
      fail(ADDRESS_NACK);
    } else {
      device.start(reads);
      phase = reads ? Phase.READING : Phase.WRITING;
      carryOn();
    }
  }

  private void written() {
    if (device != null && device.write(sending)) {
      happen(TXDSENT);
      happen(BB);
      carryOn();
    } else {
      fail(DATA_NACK);
    }
  }

  private void read() {
    if (unread) {
      set(ERRORSRC, register(ERRORSRC) | OVERRUN);
      happen(ERROR);
    }
    set(RXD, device == null ? 0xFF : device.read());
    unread = true;
    happen(RXDREADY);
    happen(BB);
    carryOn();
  }

  private void fail(int source) {
    phase = Phase.HELD;
    set(ERRORSRC, register(ERRORSRC) | source);
    happen(ERROR);
    carryOn();
  }

  private void exchanged() {
    phase = Phase.IDLE;
    set(RXD, 0xFF);
    exchange();
    happen(RXDREADY);
  }

  private void exchange() {
    if (next != NOTHING && !bits.isRunning()) {
      next = NOTHING;
      begin(Phase.EXCHANGING, 8);
    }
  }

  @Override
  int load(int offset) {
    if (offset == RXD) {
      unread = false;
    }
    return register(offset);
  }

  @Override
  boolean clears(int offset) {
    return offset == ERRORSRC;
  }

  @Override
  void stored(int offset, int value) {
    if (offset == ENABLE && value != TWI && value != SPI) {
      idle();
    } else if (offset == TXD && register(ENABLE) == TWI) {
      next = value & 0xFF;
      carryOn();
    } else if (offset == TXD && register(ENABLE) == SPI) {
      next = value & 0xFF;
      exchange();
    }
  }
}
