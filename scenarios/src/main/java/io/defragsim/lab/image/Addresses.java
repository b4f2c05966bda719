package io.defragsim.lab.image;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.model.Lookup;
import io.defragsim.lab.result.ContractFunction;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;

/**
 * What {@code image_address} answers, asked anew only where a word has changed that the answer
 * rests on. So after a step, which changes little, one block is asked for and not each of a
 * thousand.
 */
final class Addresses {
  /** Bytes that are compared at once; SRAM is whole ones. */
  private static final int STRETCH = 512;

  private final Mcu mcu;
  private final TimedCalls calls;
  private final IntToLongFunction call;
  private final Map<Integer, Lookup> known = new HashMap<>();

  /** The handles whose answers rest on a word, by its address. */
  private final Map<Long, Set<Integer>> readers = new HashMap<>();

  /** What stood in the stretches of memory that have such words, when they were last looked at. */
  private final SortedMap<Long, byte[]> seen = new TreeMap<>();

  /** The handles whose answers may be others now; those that cannot be looked up stay in it. */
  private final Set<Integer> doubtful = new LinkedHashSet<>();

  /**
   * Nothing is known yet.
   *
   * @param call asks the image itself
   */
  Addresses(Mcu mcu, TimedCalls calls, IntToLongFunction call) {
    this.mcu = mcu;
    this.calls = calls;
    this.call = call;
  }

  long of(int handle) {
    look();
    Lookup answer = known.get(handle);
    if (answer == null) {
      answer = calls.lookUp(ContractFunction.ADDRESS, handle);
      if (answer == null) {
        doubtful.add(handle);
        return call.applyAsLong(handle);
      }
      doubtful.remove(handle);
      known.put(handle, answer);
      for (Long word : answer.words()) {
        readers.computeIfAbsent(word, w -> new LinkedHashSet<>()).add(handle);
        seen.computeIfAbsent(word - word % STRETCH, this::read);
      }
    }
    return Integer.toUnsignedLong(answer.value());
  }

  /** Of which handles that were asked for the answer may be another now. */
  List<Integer> doubtful() {
    look();
    return List.copyOf(doubtful);
  }

  void forget(int handle) {
    drop(handle);
    doubtful.remove(handle);
  }

  private void drop(int handle) {
    Lookup answer = known.remove(handle);
    if (answer != null) {
      for (Long word : answer.words()) {
        readers.computeIfPresent(
            word, (w, all) -> all.remove(handle) && all.isEmpty() ? null : all);
      }
    }
  }

  private byte[] read(long stretch) {
    return mcu.read(stretch, STRETCH);
  }

  /** Takes into account what has changed. */
  private void look() {
    for (Map.Entry<Long, byte[]> stretch : seen.entrySet()) {
      byte[] before = stretch.getValue();
      byte[] now = read(stretch.getKey());
      int at = Arrays.mismatch(before, now);
      if (at >= 0) {
        stretch.setValue(now);
        while (at >= 0) {
          int word = at & ~3;
          changed(stretch.getKey() + word);
          int from = word + Integer.BYTES;
          int next = Arrays.mismatch(before, from, STRETCH, now, from, STRETCH);
          at = next < 0 ? next : from + next;
        }
      }
    }
  }

  private void changed(long word) {
    for (Integer handle : List.copyOf(readers.getOrDefault(word, Set.of()))) {
      drop(handle);
      doubtful.add(handle);
    }
  }
}
