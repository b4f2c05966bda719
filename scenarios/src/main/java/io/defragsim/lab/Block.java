package io.defragsim.lab;

import io.defragsim.lab.words.Numbers;

/** A live block, as the program that holds it knows it. Mutable: it moves, and is written to. */
final class Block {
  private final long number;
  private final String name;
  private final int handle;
  private boolean pinned;
  private int size;
  private byte[] content;
  private long address;
  private long lastAddress;
  private int locks;
  private int lostLocks;
  private int writes;

  /**
   * @param number how many were allocated before
   * @param name what the workload calls it
   * @param size requested bytes
   * @param address of its payload, 0 if not known yet
   * @param pinned whether it must not move, until {@link #unpin}
   */
  Block(long number, String name, int handle, int size, long address, boolean pinned) {
    this.number = number;
    this.name = name;
    this.handle = handle;
    this.size = size;
    this.pinned = pinned;
    this.content = new byte[0];
    this.address = address;
    this.lastAddress = address;
  }

  /** In the order of allocation. */
  long number() {
    return number;
  }

  String name() {
    return name;
  }

  int handle() {
    return handle;
  }

  int size() {
    return size;
  }

  void size(int now) {
    size = now;
  }

  boolean pinned() {
    return pinned;
  }

  /** From now on it may move. */
  void unpin() {
    pinned = false;
  }

  /** What its payload must hold. */
  byte[] content() {
    return content;
  }

  void content(byte[] bytes) {
    content = bytes;
  }

  /** Where its payload is, 0 while it is in two parts. */
  long address() {
    return address;
  }

  /** Where it was when it last was whole. */
  long lastAddress() {
    return lastAddress;
  }

  void address(long now) {
    address = now;
    if (now != 0) {
      lastAddress = now;
    }
  }

  int locks() {
    return locks;
  }

  void locks(int now) {
    locks = now;
  }

  /** Locks of the workload that the image refused: their unlocks have nothing to take back. */
  int lostLocks() {
    return lostLocks;
  }

  void lostLocks(int now) {
    lostLocks = now;
  }

  /** How often the host has written content, counted up by each call. */
  int nextWrite() {
    return writes++;
  }

  /** For messages, for example {@code a (24 bytes at 0x20000108)}. */
  @Override
  public String toString() {
    return address == 0
        ? name + " (" + Numbers.count(size, "byte") + ", in two parts)"
        : name + " (" + Numbers.count(size, "byte") + " at " + Numbers.hex(address) + ")";
  }
}
