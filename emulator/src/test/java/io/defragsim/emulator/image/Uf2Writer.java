package io.defragsim.emulator.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Writes UF2, right and wrong. */
public final class Uf2Writer {
  public static final int RP2040 = 0xE48B_FF56;
  public static final int STM32F0 = 0x6478_24B6;
  public static final int RP2350 = 0xE48B_FF59;

  private static final int HAS_FAMILY = 0x2000;

  private final List<byte[]> blocks = new ArrayList<>();

  /** Adds bytes at an address, 256 in a block, with the numbers of a program of its own. */
  public Uf2Writer bytes(int family, long address, byte... data) {
    int total = (data.length + 255) / 256;
    for (int number = 0; number < total; number++) {
      byte[] payload =
          Arrays.copyOfRange(data, 256 * number, Math.min(data.length, 256 * number + 256));
      block(HAS_FAMILY, address + 256L * number, number, total, family, payload);
    }
    return this;
  }

  public Uf2Writer block(
      int flags, long address, int number, int total, int family, byte... payload) {
    ByteBuffer block = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    block.putInt(0x0A32_4655).putInt(0x9E5D_5157).putInt(flags).putInt((int) address);
    block.putInt(payload.length).putInt(number).putInt(total).putInt(family).put(payload);
    block.putInt(508, 0x0AB1_6F30);
    blocks.add(block.array());
    return this;
  }

  /** Changes a word of the last block. */
  public Uf2Writer patch(int offset, int value) {
    ByteBuffer.wrap(blocks.get(blocks.size() - 1))
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(offset, value);
    return this;
  }

  /** Leaves a block out. */
  public Uf2Writer without(int block) {
    blocks.remove(block);
    return this;
  }

  public Uf2Writer shuffled(Random random) {
    Collections.shuffle(blocks, random);
    return this;
  }

  public byte[] build() {
    ByteBuffer file = ByteBuffer.allocate(512 * blocks.size());
    blocks.forEach(file::put);
    return file.array();
  }
}
