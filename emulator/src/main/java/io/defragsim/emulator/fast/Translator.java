package io.defragsim.emulator.fast;

import io.defragsim.emulator.interpreter.InstructionTiming;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.system.MemoryMap;
import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Makes code for the Java machine of blocks that run often. */
final class Translator {
  /** Instructions of a region: the compiler of the Java machine is slow on long methods. */
  private static final int MOST = 40;

  private final AccessWriter.Place place;
  private final Watcher watcher;
  private final IntFunction<@Nullable CodeBlock> blocks;

  /**
   * @param guards whether stores to the guarded word leave a region
   * @param blocks the block at an address, null where no code can be
   */
  Translator(
      MemoryMap map,
      InstructionTiming timing,
      boolean guards,
      Watcher watcher,
      IntFunction<@Nullable CodeBlock> blocks) {
    this.watcher = watcher;
    this.blocks = blocks;
    place =
        new AccessWriter.Place(
            (int) map.sramBase(), map.sramBytes() / 4, map.flash(), timing.model().flash(), guards);
  }

  /** Code of a block and of those that follow it. */
  Region translate(CodeBlock head) {
    byte[] written = new RegionWriter(place, region(head)).bytes();
    try {
      return (Region)
          MethodHandles.lookup()
              .defineHiddenClass(written, true)
              .lookupClass()
              .getDeclaredConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The block, and those that follow without a call or a computed branch, as many as fit. */
  private Collection<CodeBlock> region(CodeBlock head) {
    Map<Integer, CodeBlock> region = new LinkedHashMap<>();
    Deque<CodeBlock> open = new ArrayDeque<>();
    region.put(head.start, head);
    open.add(head);
    int count = head.count();
    while (!open.isEmpty()) {
      for (int next : followers(open.remove())) {
        boolean mayFollow = !region.containsKey(next) && watcher.together(head.start, next);
        CodeBlock block = mayFollow ? blocks.apply(next) : null;
        if (block != null && block.isTranslatable() && count + block.count() <= MOST) {
          region.put(next, block);
          open.add(block);
          count += block.count();
        }
      }
    }
    return region.values();
  }

  private static List<Integer> followers(CodeBlock block) {
    Op last = block.last();
    List<Integer> followers = new ArrayList<>();
    if (last == null || !last.kind().isLast() || last.kind() == Op.Kind.BRANCH_CONDITIONAL) {
      followers.add(block.end());
    }
    if (last != null
        && (last.kind() == Op.Kind.BRANCH || last.kind() == Op.Kind.BRANCH_CONDITIONAL)) {
      followers.add(last.immediate());
    }
    return followers;
  }
}
