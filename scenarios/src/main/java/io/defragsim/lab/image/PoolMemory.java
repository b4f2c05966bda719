package io.defragsim.lab.image;

/** Where the contents of blocks are read from and written to, by the host and at no cost. */
public interface PoolMemory {
  byte[] read(long address, int length);

  void write(long address, byte[] bytes);
}
