package io.defragsim.emulator.system;

import java.util.Locale;

/**
 * Something outside the core that asks for an interrupt again and again, and its handler, which is
 * the host's: nothing but time. Its place in a list is the number of its interrupt.
 *
 * @param name what reports call it
 * @param at cycles from the park to its first request
 * @param every cycles from one request to the next
 * @param cycles what one interrupt takes by itself: the entry, the handler and the return. One that
 *     is tail-chained takes less, as entry and return are shorter then, one that is preempted the
 *     same and the other's in addition
 * @param priority 0 to 3; a lower one is more urgent and preempts, of equals the lower number goes
 *     first
 */
public record InterruptSource(String name, long at, long every, long cycles, int priority) {

  public InterruptSource {
    if (at < 0 || every < 1 || cycles < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "no interrupt: at %d, every %d, cycles %d", at, every, cycles));
    }
    if (priority < 0 || priority > 3) {
      throw new IllegalArgumentException("a priority is 0 to 3: " + priority);
    }
  }
}
