package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Wires;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The UART, at the console's serial line. A character takes 10 bits, with parity 11; a bit takes
 * 2^32 / BAUDRATE cycles. The receiver has room for six bytes; with hardware flow control it lets
 * the sender wait when four are in it, else what comes then is lost and an ERROR. Nothing is sent
 * while PSELTXD is disconnected, and nothing received while PSELRXD is; which pins they are is not
 * looked at. CTS is always active.
 *
 * <p>RXTO comes five characters after STOPRX: from memory of the nRF51's reference manual,
 * unconfirmed.
 */
final class Nrf51Uart extends Nrf51Block {
  private static final int STARTRX = 0x0;
  private static final int STOPRX = 0x4;
  private static final int STARTTX = 0x8;
  private static final int STOPTX = 0xC;
  private static final int SUSPEND = 0x1C;
  private static final int RXDRDY = 0x108;
  private static final int TXDRDY = 0x11C;
  private static final int ERROR = 0x124;
  private static final int RXTO = 0x144;
  private static final int ERRORSRC = 0x480;
  private static final int ENABLE = 0x500;
  private static final int PSELRTS = 0x508;
  private static final int PSELTXD = 0x50C;
  private static final int PSELCTS = 0x510;
  private static final int PSELRXD = 0x514;
  private static final int RXD = 0x518;
  private static final int TXD = 0x51C;
  private static final int BAUDRATE = 0x524;
  private static final int CONFIG = 0x56C;
  private static final int ENABLED = 4;
  private static final int DISCONNECTED = -1;
  private static final int FLOW_CONTROL = 1;
  private static final int PARITY = 0xE;
  private static final int OVERRUN = 1;
  private static final int ROOM = 6;
  private static final int RTS_ROOM = 4;
  private static final int NOTHING = -1;

  private final Alarm sent;
  private final Alarm received;
  private final Alarm receiverStops;
  private final Queue<Integer> bytes = new ArrayDeque<>();
  private boolean receives;
  private boolean sends;
  private int sending = NOTHING;
  private int next = NOTHING;

  Nrf51Uart(Wires wires) {
    super(wires);
    String character = "a character at the baud rate that is set";
    sent = latency(character, this::sent);
    received = latency(character, this::received);
    receiverStops = latency("RXTO five characters after STOPRX", () -> happen(RXTO));
    wires.serial().onInput(this::listen);
  }

  @Override
  void restart() {
    bytes.clear();
    receives = false;
    sends = false;
    sending = NOTHING;
    next = NOTHING;
    set(PSELRTS, DISCONNECTED);
    set(PSELTXD, DISCONNECTED);
    set(PSELCTS, DISCONNECTED);
    set(PSELRXD, DISCONNECTED);
    set(BAUDRATE, 0x04000000);
  }

  @Override
  void task(int offset) {
    switch (offset) {
      case STARTRX -> {
        receives = true;
        receiverStops.stop();
        listen();
      }
      case STOPRX -> stopReceiver();
      case STARTTX -> sends = true;
      case STOPTX -> sends = false;
      case SUSPEND -> {
        sends = false;
        stopReceiver();
      }
      default -> {}
    }
  }

  private void stopReceiver() {
    if (receives) {
      receives = false;
      receiverStops.after(5 * character());
    }
  }

  @Override
  int load(int offset) {
    return offset == RXD ? take() : offset == TXD ? 0 : register(offset);
  }

  private int take() {
    if (bytes.isEmpty()) {
      return register(RXD);
    }
    set(RXD, bytes.remove());
    if (!bytes.isEmpty()) {
      happen(RXDRDY);
    }
    listen();
    return register(RXD);
  }

  @Override
  void stored(int offset, int value) {
    switch (offset) {
      case TXD -> send(value & 0xFF);
      case ENABLE -> enable();
      case PSELRXD -> listen();
      default -> {}
    }
  }

  private void enable() {
    if (!isEnabled()) {
      sent.stop();
      received.stop();
      bytes.clear();
      next = NOTHING;
    }
    listen();
  }

  @Override
  boolean clears(int offset) {
    return offset == ERRORSRC;
  }

  private void send(int value) {
    if (!sends || !isEnabled()) {
      return;
    }
    if (sent.isRunning()) {
      next = value;
      return;
    }
    sending = register(PSELTXD) == DISCONNECTED ? NOTHING : value;
    sent.after(character());
  }

  private void sent() {
    if (sending != NOTHING) {
      wires.serial().send(sending);
    }
    if (next != NOTHING) {
      int value = next;
      next = NOTHING;
      send(value);
    }
    happen(TXDRDY);
  }

  /** Lets the next byte of the line come in. */
  private void listen() {
    boolean full = (register(CONFIG) & FLOW_CONTROL) != 0 && bytes.size() >= RTS_ROOM;
    if (receives
        && isEnabled()
        && register(PSELRXD) != DISCONNECTED
        && !full
        && !received.isRunning()
        && wires.serial().hasInput()) {
      received.after(character());
    }
  }

  private void received() {
    int value = wires.serial().receive();
    if (bytes.size() == ROOM) {
      set(ERRORSRC, register(ERRORSRC) | OVERRUN);
      happen(ERROR);
    } else {
      bytes.add(value);
      if (bytes.size() == 1) {
        happen(RXDRDY);
      }
    }
    listen();
  }

  private boolean isEnabled() {
    return register(ENABLE) == ENABLED;
  }

  /** Cycles that a character takes. */
  private long character() {
    int bits = (register(CONFIG) & PARITY) == PARITY ? 11 : 10;
    long rate = Math.max(1, register(BAUDRATE) & 0xFFFFFFFFL);
    return Math.max(1, (bits * (1L << 32) + rate - 1) / rate);
  }
}
