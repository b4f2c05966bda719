package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Wires;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-128 of one block: ECBDATAPTR points at 16 bytes of key, 16 of text, and 16 where the result
 * goes. It takes 17 us, a guess of an order of size: no figure was found.
 */
final class Nrf51Ecb extends Nrf51Block {
  private static final int STARTECB = 0x0;
  private static final int STOPECB = 0x4;
  private static final int ENDECB = 0x100;
  private static final int ERRORECB = 0x104;
  private static final int ECBDATAPTR = 0x504;
  private static final int BLOCK = 16;

  private final Alarm encrypted;

  Nrf51Ecb(Wires wires) {
    super(wires);
    encrypted = latency("a block of AES takes 17 us, a guess", this::encrypt);
  }

  @Override
  void task(int offset) {
    switch (offset) {
      case STARTECB -> encrypted.after(wires.cycles(17));
      case STOPECB -> {
        if (encrypted.isRunning()) {
          encrypted.stop();
          happen(ERRORECB);
        }
      }
      default -> {}
    }
  }

  private void encrypt() {
    long data = register(ECBDATAPTR) & 0xFFFFFFFFL;
    byte[] result = aes(bytes(data), bytes(data + BLOCK));
    for (int i = 0; i < BLOCK; i++) {
      poke(data + 2 * BLOCK + i, 1, result[i]);
    }
    happen(ENDECB);
  }

  private byte[] bytes(long address) {
    byte[] bytes = new byte[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      bytes[i] = (byte) peek(address + i, 1);
    }
    return bytes;
  }

  @SuppressWarnings("InsecureCryptoUsage") // the part's
  private static byte[] aes(byte[] key, byte[] text) {
    try {
      Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
      return cipher.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES", e);
    }
  }
}
