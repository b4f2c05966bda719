package io.defragsim.lab.injection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is known of the blocks while handlers run, by variable: what each holds, and which of them a
 * handler has locked. Belongs to one run of a handler.
 */
final class Blocks {
  private final int[] content;
  private final int[] locks;
  private final int[] address;
  private final int version;

  private Blocks(int[] content, int[] locks, int[] address, int version) {
    this.content = content;
    this.locks = locks;
    this.address = address;
    this.version = version;
  }

  /** For a handler that interrupts a call. */
  static Blocks during(Interrupted call) {
    int variables = call.content().length;
    return new Blocks(
        call.content().clone(), new int[variables], new int[variables], Content.BY_HANDLER);
  }

  /** For a handler that interrupts the one whose these are. */
  Blocks forSecond() {
    return new Blocks(content.clone(), locks.clone(), address.clone(), Content.BY_SECOND);
  }

  /** Takes over what another handler has written meanwhile. */
  void writtenBy(Blocks second) {
    System.arraycopy(second.content, 0, content, 0, content.length);
  }

  boolean holdTheSameAs(Blocks other) {
    return Arrays.equals(content, other.content);
  }

  /** All that is known, to compare; does not change any more. */
  List<Integer> all() {
    List<Integer> all = new ArrayList<>();
    for (int variable = 0; variable < content.length; variable++) {
      all.add(content[variable]);
      all.add(address[variable]);
      all.add(locks[variable]);
    }
    return all;
  }

  /** The version of the content of a block. */
  int content(int variable) {
    return content[variable];
  }

  /** The block gets the content that this handler writes; gives its version. */
  int write(int variable) {
    content[variable] = version;
    return version;
  }

  /** Two bits for each variable: what a handler has written last, 0 for nothing. */
  int written() {
    int written = 0;
    for (int variable = 0; variable < content.length; variable++) {
      if (content[variable] == Content.BY_HANDLER || content[variable] == Content.BY_SECOND) {
        written |= content[variable] << (2 * variable);
      }
    }
    return written;
  }

  /** The version of a block's content after handlers have written so. */
  static int content(int written, int variable) {
    return (written >>> (2 * variable)) & 3;
  }

  // ---- Locks ----

  /** A lock begins. */
  void locks(int variable) {
    locks[variable]++;
  }

  /** It has ended, and the block stays there. */
  void locked(int variable, int at) {
    address[variable] = at;
  }

  /** An unlock begins. */
  void unlocks(int variable) {
    if (locks[variable] == 1) {
      address[variable] = 0;
    }
  }

  /** It has ended, or a lock was refused. */
  void unlocked(int variable) {
    locks[variable]--;
  }

  /** Whether a handler has it locked, or is about to lock or to unlock it. */
  boolean inUse(int variable) {
    return locks[variable] > 0;
  }

  /** Where a block is that a handler has locked, 0 if none has or that is not sure. */
  int address(int variable) {
    return address[variable];
  }
}
