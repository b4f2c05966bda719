package io.defragsim.emulator.system;

import io.defragsim.emulator.model.LittleEndian;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** Flash and SRAM, as arrays of words, the byte at the lower address in the lower bits. */
public final class MappedMemory extends FlashAndSram {
  private final int[] flash;
  private final int[] sram;
  private IntConsumer onFlashChange = offset -> {};

  /**
   * Works on the array of flash, which nobody else may change, and on a copy of SRAM.
   *
   * @param flash all of it, as long as the map says
   * @param sram what SRAM holds, all of it in bytes
   */
  public MappedMemory(MemoryMap map, int[] flash, byte[] sram) {
    this(map, flash, sram, new Nowhere(map));
  }

  /**
   * The same with more around it.
   *
   * @param beyond what is reached by other addresses, and by stores to flash
   */
  public MappedMemory(MemoryMap map, int[] flash, byte[] sram, Memory beyond) {
    super(map, beyond);
    if (4 * flash.length != map.flashBytes() || sram.length != map.sramBytes()) {
      throw new IllegalArgumentException(
          "memory of " + 4 * flash.length + " and " + sram.length + " bytes for " + map);
    }
    this.flash = flash;
    this.sram = words(sram);
  }

  /** Bytes, a multiple of 4 of them, as words. */
  public static int[] words(byte[] bytes) {
    int[] words = new int[bytes.length / 4];
    wordsOf(bytes).get(words);
    return words;
  }

  private static IntBuffer wordsOf(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
  }

  /** Flash, by words; only {@link #setFlash} changes it. */
  public int[] flash() {
    return flash;
  }

  /** Has a word of flash hold {@code word}; {@code offset} is from its start, in bytes. */
  public void setFlash(int offset, int word) {
    if (flash[offset >>> 2] != word) {
      flash[offset >>> 2] = word;
      onFlashChange.accept(offset);
    }
  }

  /** Tells {@code listener} of each word of flash that has changed, by its offset in bytes. */
  public void onFlashChange(IntConsumer listener) {
    onFlashChange = listener;
  }

  /** SRAM itself, by words. */
  public int[] sram() {
    return sram;
  }

  /** All of SRAM now, in bytes. */
  public byte[] sramBytes() {
    byte[] bytes = new byte[4 * sram.length];
    wordsOf(bytes).put(sram);
    return bytes;
  }

  /** Some of SRAM now; the range must lie in it. */
  public byte[] readSram(long address, int length) {
    map().requireSram(address, length);
    int offset = map().sramOffset(address);
    if (offset % 4 == 0 && length == 4) {
      byte[] word = new byte[4];
      LittleEndian.set(word, 0, sram[offset >>> 2]);
      return word;
    }
    int first = offset & 3; // whole words are read, which is many times as fast
    byte[] words = new byte[first + length + 3 & ~3];
    wordsOf(words).put(sram, offset >>> 2, words.length / 4);
    return first == 0 && words.length == length
        ? words
        : Arrays.copyOfRange(words, first, first + length);
  }

  /** Changes some of SRAM; the range must lie in it. */
  public void writeSram(long address, byte[] bytes) {
    map().requireSram(address, bytes.length);
    int offset = map().sramOffset(address);
    if (((offset | bytes.length) & 3) == 0) {
      wordsOf(bytes).get(sram, offset >>> 2, bytes.length / 4);
      return;
    }
    for (int i = 0; i < bytes.length; i++) {
      setSram(offset + i, 1, bytes[i]);
    }
  }

  @Override
  protected int flash(int offset, int bytes) {
    return value(flash[offset >>> 2], offset, bytes);
  }

  @Override
  protected int sram(int offset, int bytes) {
    return value(sram[offset >>> 2], offset, bytes);
  }

  @Override
  protected void setSram(int offset, int bytes, int value) {
    int index = offset >>> 2;
    sram[index] = with(sram[index], offset, bytes, value);
  }

  /** What an access gets of the word that it lies in, zero-extended. */
  public static int value(int word, int offset, int bytes) {
    return word >>> (8 * (offset & 3)) & mask(bytes);
  }

  /** The word after the low bytes of {@code value} were stored into it. */
  public static int with(int word, int offset, int bytes, int value) {
    int shift = 8 * (offset & 3);
    int mask = mask(bytes) << shift;
    return (word & ~mask) | ((value << shift) & mask);
  }

  private static int mask(int bytes) {
    return bytes == 4 ? -1 : (1 << (8 * bytes)) - 1;
  }
}
