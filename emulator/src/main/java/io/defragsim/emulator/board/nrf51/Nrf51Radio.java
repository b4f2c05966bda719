package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Wires;

/**
 * The radio, of which nobody is in reach: what is sent is gone when its bits are over, and nothing
 * is ever received. A bit takes 16, 8 or 64 cycles, as MODE says; a packet is as long as PCNF0,
 * PCNF1, CRCCNF and its length in memory make it.
 *
 * <p>It takes 140 us to ramp up, and 4 us to stop; a sample of the signal's strength takes 8 us.
 * All three are from memory of the nRF51822's product specification, unconfirmed.
 */
final class Nrf51Radio extends Nrf51Block {
  private static final int TXEN = 0x0;
  private static final int RXEN = 0x4;
  private static final int START = 0x8;
  private static final int STOP = 0xC;
  private static final int DISABLE = 0x10;
  private static final int RSSISTART = 0x14;
  private static final int RSSISTOP = 0x18;
  private static final int READY = 0x100;
  private static final int ADDRESS = 0x104;
  private static final int PAYLOAD = 0x108;
  private static final int END = 0x10C;
  private static final int DISABLED = 0x110;
  private static final int RSSIEND = 0x11C;
  private static final int PACKETPTR = 0x504;
  private static final int FREQUENCY = 0x508;
  private static final int MODE = 0x510;
  private static final int PCNF0 = 0x514;
  private static final int PCNF1 = 0x518;
  private static final int CRCCNF = 0x534;
  private static final int RSSISAMPLE = 0x548;
  private static final int STATE = 0x550;
  private static final int DATAWHITEIV = 0x554;
  private static final int WEAKEST = 127; // -127 dBm

  private static final int OFF = 0;
  private static final int RECEIVER_RAMPS_UP = 1;
  private static final int RECEIVER_IDLES = 2;
  private static final int RECEIVES = 3;
  private static final int RECEIVER_STOPS = 4;

  /** From a state of the receiver to the same of the transmitter. */
  private static final int TRANSMITTER = 8;

  private final Alarm ready;
  private final Alarm stopped;
  private final Alarm address;
  private final Alarm payload;
  private final Alarm end;
  private final Alarm strength;

  Nrf51Radio(Wires wires) {
    super(
        wires,
        new Shortcut(0, READY, START),
        new Shortcut(1, END, DISABLE),
        new Shortcut(2, DISABLED, TXEN),
        new Shortcut(3, DISABLED, RXEN),
        new Shortcut(4, ADDRESS, RSSISTART),
        new Shortcut(5, END, START),
        new Shortcut(8, DISABLED, RSSISTOP));
    ready = latency("the radio ramps up within 140 us", this::ready);
    stopped = latency("the radio stops within 4 us", this::stopped);
    address = alarm(() -> happen(ADDRESS));
    payload = alarm(() -> happen(PAYLOAD));
    end = alarm(this::sent);
    strength = latency("a signal's strength takes 8 us", () -> happen(RSSIEND));
  }

  @Override
  void restart() {
    set(FREQUENCY, 2);
    set(DATAWHITEIV, 0x40);
    set(RSSISAMPLE, WEAKEST);
  }

  @Override
  void task(int offset) {
    int state = register(STATE);
    switch (offset) {
      case TXEN -> rampUp(TRANSMITTER + RECEIVER_RAMPS_UP);
      case RXEN -> rampUp(RECEIVER_RAMPS_UP);
      case START -> {
        if (state == RECEIVER_IDLES || state == TRANSMITTER + RECEIVER_IDLES) {
          set(STATE, state + 1);
          if (state != RECEIVER_IDLES) {
            send();
          }
        }
      }
      case STOP -> {
        if (state == RECEIVES || state == TRANSMITTER + RECEIVES) {
          set(STATE, state - 1);
          silence();
        }
      }
      case DISABLE -> {
        silence();
        ready.stop();
        set(STATE, RECEIVER_STOPS + (state & TRANSMITTER));
        stopped.after(wires.cycles(state == OFF ? 0 : 4));
      }
      case RSSISTART -> strength.after(wires.cycles(8));
      case RSSISTOP -> strength.stop();
      default -> {}
    }
  }

  private void rampUp(int state) {
    if (register(STATE) == OFF) {
      set(STATE, state);
      ready.after(wires.cycles(140));
    }
  }

  private void ready() {
    set(STATE, register(STATE) + 1);
    happen(READY);
  }

  private void stopped() {
    set(STATE, OFF);
    happen(DISABLED);
  }

  private void silence() {
    address.stop();
    payload.stop();
    end.stop();
  }

  private void send() {
    int form = register(PCNF0);
    int limits = register(PCNF1);
    int lengthBits = form & 0xF;
    int s0 = (form >> 8) & 1;
    int s1 = (form >> 16) & 0xF;
    int length = (limits >> 8) & 0xFF;
    if (lengthBits > 0) {
      long packet = register(PACKETPTR) & 0xFFFFFFFFL;
      length += peek(packet + s0, 1) & ((1 << lengthBits) - 1);
    }
    length = Math.min(length, limits & 0xFF);
    long addressed = 8L * (2 + ((limits >> 16) & 7)); // a preamble, a prefix and the base
    long paid = addressed + 8L * (s0 + length) + lengthBits + s1;
    int bit =
        switch (register(MODE) & 3) {
          case 1 -> 8;
          case 2 -> 64;
          default -> 16;
        };
    address.after(bit * addressed);
    payload.after(bit * paid);
    end.after(bit * (paid + 8L * (register(CRCCNF) & 3)));
  }

  private void sent() {
    set(STATE, TRANSMITTER + RECEIVER_IDLES);
    happen(END);
  }
}
