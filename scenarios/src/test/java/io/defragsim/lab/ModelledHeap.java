package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.ModelledRequest.Wanted;
import io.defragsim.lab.result.ContractError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The allocator of this project as its header specifies it, without its layout: the blocks that
 * live, how much is free, and which answers a call may give. Where blocks stand it is told. Sizes
 * are in granules of 8 bytes, headers included; places are granules from the pool's first header.
 * What was refused, and what follows from that, is a {@link ModelledRequest}.
 *
 * <p>While a move may be under way one hole is out of the allocator's reach, and the model does not
 * know which: it then allows a request to fail that would be served otherwise.
 */
final class ModelledHeap {
  /** Holes of the request's own bin that a search looks at. */
  private static final int CANDIDATES = 4;

  /** The least size in each bin; the last bin has no end. */
  private static final int[] BINS = {1, 4, 8, 16, 32, 64, 128, 512};

  /** A block alive. Its place is -1 while it is in two parts. */
  static final class Block {
    final int handle;
    final boolean pinned;
    int bytes;
    int locks;
    int place;
    int lastPlace;
    byte[] content = {};

    Block(int handle, int bytes, int place, boolean pinned) {
      this.handle = handle;
      this.bytes = bytes;
      this.place = place;
      this.lastPlace = place;
      this.pinned = pinned;
    }

    int size() {
      return granules(bytes);
    }

    boolean fixed() {
      return pinned || locks > 0;
    }

    boolean inTwoParts() {
      return place < 0;
    }
  }

  private final int granules;
  private final int handles;
  private final int maxSize;
  private final int maxLocks;
  private final int generations;
  private final int entryMask;
  private final Map<Integer, Block> blocks = new LinkedHashMap<>();

  /** Freed handles, and how often their entry was given out by then. */
  private final Map<Integer, Integer> stale = new HashMap<>();

  private final Map<Integer, Integer> givenOut = new HashMap<>();
  private int lowestPinned;

  /** Steps for a pinned request may have gone on to another pinned block with room below it. */
  private boolean lowestPinnedKnown = true;

  private boolean moving;
  private final ModelledRequest request;

  /**
   * @param granules of the pool for blocks
   * @param small whether the image is of the profile for small parts
   * @param request the one that was refused
   */
  ModelledHeap(int granules, int handles, boolean small, ModelledRequest request) {
    this.granules = granules;
    this.request = request;
    this.handles = handles;
    this.maxSize = small ? 4084 : 131060;
    this.maxLocks = small ? 4 : 64;
    this.generations = small ? 15 : 1023;
    this.entryMask = small ? 0xfff : 0x1fffff;
    this.lowestPinned = granules;
  }

  static int granules(int bytes) {
    return (bytes + 4 + 7) / 8;
  }

  List<Block> blocks() {
    return List.copyOf(blocks.values());
  }

  List<Integer> staleHandles() {
    return List.copyOf(stale.keySet());
  }

  @Nullable Block block(int handle) {
    return blocks.get(handle);
  }

  int free() {
    return granules - blocks.values().stream().mapToInt(Block::size).sum();
  }

  int freeBytes() {
    return free() == 0 ? 0 : free() * 8 - 4;
  }

  boolean hasHandle() {
    return blocks.size() < handles;
  }

  /** Whether the next step that answers otherwise than 1 speaks of this request. */
  boolean isFor(Wanted wanted) {
    return request.isFor(wanted);
  }

  /** Whether some block may be on its way. */
  boolean moving() {
    return moving;
  }

  /**
   * What a step answered, after which some block may be on its way or not.
   *
   * @param budget granules
   */
  void stepped(int answer, int budget) {
    moving = answer == 1 || (answer == 0 && moving && request.mayBeTold());
    lowestPinnedKnown = false;
    Wanted wanted = request.wanted();
    if (answer == 1) {
      request.more(budget);
    } else if (answer == 0) {
      if (request.waits()) {
        assertThat(gaps()).as("holes after 0").anyMatch(gap -> serves(gap, wanted));
      }
      request.answered(budget);
    } else {
      boolean blocked = answer == ContractError.BLOCKED_BY_LOCKS.code();
      if (request.waits() && !blocked) {
        assertThat(wanted.size()).as("more than is free").isGreaterThan(free());
      } else if (request.waits()) {
        assertThat(gaps()).as("holes when blocked").noneMatch(gap -> serves(gap, wanted));
        if (!request
            .mayBeExclusive()) { // else that may be said of what was free before other calls
          blocked(wanted);
        }
      }
      request.verdict(blocked);
    }
  }

  // ---- What a call may answer ----

  /** An allocation that was refused. */
  void refusedAlloc(int bytes, boolean pinned, ContractError error) {
    if (bytes < 1 || bytes > maxSize) {
      assertThat(error).isEqualTo(ContractError.INVALID_SIZE);
    } else if (!hasHandle()) {
      assertThat(error).isEqualTo(ContractError.OUT_OF_HANDLES);
    } else {
      refusedPlace(new Wanted(granules(bytes), pinned), error);
    }
  }

  private void refusedPlace(Wanted wanted, ContractError error) {
    if (wanted.size() > free()) {
      assertThat(error).isEqualTo(ContractError.OUT_OF_MEMORY);
      return;
    }
    assertThat(error).isEqualTo(ContractError.FRAGMENTED);
    assertThat(request.isPromised(wanted)).as("a step answered 0 for it").isFalse();
    boolean pinned = wanted.pinned();
    if (!moving && (!pinned || lowestPinnedKnown) && !request.mayHoldBack(wanted)) {
      boolean served = pinned ? pinnedRoom() >= wanted.size() : mustFind(wanted.size());
      assertThat(served).as("a hole serves").isFalse();
    }
    request.refused(wanted);
  }

  /** Whether the documented search finds a hole in whatever order the lists are. */
  private boolean mustFind(int size) {
    int own = 0;
    boolean fits = false;
    for (Gap gap : gaps()) {
      if (bin(gap.size) > bin(size)) {
        return true;
      }
      if (bin(gap.size) == bin(size)) {
        own++;
        fits |= gap.size >= size;
      }
    }
    return fits && own <= CANDIDATES;
  }

  /** Whether the documented search takes the hole at that place in some order of the lists. */
  private void mayTake(int place, int size) {
    List<Gap> gaps = gaps();
    Gap taken =
        gaps.stream()
            .filter(gap -> gap.start == place && gap.size >= size)
            .findFirst()
            .orElseThrow(() -> new AssertionError("no hole for it begins at " + place));
    // the one that is gathered, if there is one, is looked at last
    boolean asListed = mayTake(taken, gaps, size);
    boolean asLast = gaps.stream().anyMatch(gap -> mayTake(taken, without(gap, gaps), size));
    assertThat(asListed || asLast).as("it takes %s for %s of %s", taken, size, gaps).isTrue();
  }

  private static boolean mayTake(Gap taken, List<Gap> listed, int size) {
    List<Gap> own = listed.stream().filter(gap -> bin(gap.size) == bin(size)).toList();
    OptionalInt closest = own.stream().mapToInt(gap -> gap.size).filter(each -> each >= size).min();
    OptionalInt next =
        listed.stream().mapToInt(gap -> bin(gap.size)).filter(bin -> bin > bin(size)).min();
    if (bin(taken.size) == bin(size) && closest.isPresent()) {
      return own.size() > CANDIDATES || taken.size == closest.getAsInt();
    }
    boolean none = own.stream().filter(gap -> gap.size < size).count() >= CANDIDATES;
    return (closest.isEmpty() || none) && (next.isEmpty() || bin(taken.size) == next.getAsInt());
  }

  private static List<Gap> without(Gap gap, List<Gap> gaps) {
    return gaps.stream().filter(each -> !each.equals(gap)).toList();
  }

  private static int bin(int size) {
    int bin = BINS.length - 1;
    while (BINS[bin] > size) {
      bin--;
    }
    return bin;
  }

  /** A new block. */
  Block served(int handle, int bytes, int place, boolean pinned) {
    assertThat(bytes).isBetween(1, maxSize);
    assertThat(hasHandle()).as("a handle is free").isTrue();
    assertThat(granules(bytes)).isLessThanOrEqualTo(free());
    assertThat(handle).isPositive();
    assertThat(blocks).doesNotContainKey(handle);
    int given = givenOut.merge(handle & entryMask, 1, Integer::sum);
    Integer before = stale.remove(handle);
    if (before != null) {
      assertThat(given - before)
          .as("reuses until a stale handle names a block")
          .isEqualTo(generations);
    }
    if (pinned) {
      int end = place + granules(bytes);
      assertThat(
              end == granules || blocks.values().stream().anyMatch(b -> b.pinned && b.place == end))
          .as("right below a pinned block or the end")
          .isTrue();
      if (lowestPinnedKnown) {
        assertThat(end).as("below the lowest pinned").isEqualTo(lowestPinned);
      }
      lowestPinned = place;
      lowestPinnedKnown = true;
    } else if (!moving) {
      mayTake(place, granules(bytes));
    }
    Block block = new Block(handle, bytes, place, pinned);
    blocks.put(handle, block);
    request.granted(new Wanted(block.size(), pinned));
    return block;
  }

  /** What a free must answer; 0 frees. */
  int free(int handle) {
    Block block = blocks.get(handle);
    if (block == null) {
      return ContractError.INVALID_HANDLE.code();
    }
    if (block.locks > 0) {
      return ContractError.STILL_LOCKED.code();
    }
    blocks.remove(handle);
    stale.put(handle, givenOut.getOrDefault(handle & entryMask, 0));
    if (block.place == lowestPinned) {
      lowestPinned = granules;
      for (Block above : sorted()) {
        if (above.lastPlace > block.place) {
          lowestPinned = above.pinned ? above.place : granules;
          break;
        }
      }
    }
    released(block.lastPlace, block.size());
    return 0;
  }

  /** These granules are free now. While a block moves, what is beside them may be out of reach. */
  private void released(int start, int size) {
    Gap gap =
        gaps().stream()
            .filter(g -> !moving && g.start <= start && start < g.end())
            .findFirst()
            .orElse(new Gap(start, size));
    request.released(serves(gap, request.wanted()));
    lowestPinnedKnown &= !request.wanted().pinned();
  }

  private boolean serves(Gap gap, Wanted wanted) {
    return gap.size >= wanted.size()
        && (!wanted.pinned()
            || gap.end() == granules
            || blocks.values().stream().anyMatch(b -> b.pinned && b.place == gap.end()));
  }

  /** The error that a lock must answer; 0 locks. */
  int lock(int handle) {
    Block block = blocks.get(handle);
    if (block == null) {
      return ContractError.INVALID_HANDLE.code();
    }
    if (block.locks == maxLocks) {
      return ContractError.TOO_MANY_LOCKS.code();
    }
    if (block.inTwoParts()) {
      return ContractError.MOVING.code();
    }
    block.locks++;
    request.disturbed();
    return 0;
  }

  /** What an unlock must answer. */
  int unlock(int handle) {
    Block block = blocks.get(handle);
    if (block == null) {
      return ContractError.INVALID_HANDLE.code();
    }
    if (block.locks == 0) {
      return ContractError.NOT_LOCKED.code();
    }
    block.locks--;
    request.disturbed();
    return 0;
  }

  /**
   * What a resize answered, before anything of it is known here.
   *
   * @param place where the block stands after it
   */
  void resized(int handle, int bytes, int answer, int place) {
    Block block = blocks.get(handle);
    ContractError error = ContractError.of(answer);
    if (bytes < 1 || bytes > maxSize) {
      assertThat(error).isEqualTo(ContractError.INVALID_SIZE);
      return;
    }
    if (block == null) {
      assertThat(error).isEqualTo(ContractError.INVALID_HANDLE);
      return;
    }
    if (block.inTwoParts()) {
      assertThat(error).isEqualTo(ContractError.MOVING);
      return;
    }
    int size = granules(bytes);
    int end = block.place + block.size();
    int room =
        gaps().stream().filter(g -> g.start == end).mapToInt(g -> g.size).findFirst().orElse(0);
    boolean inPlace = size <= block.size() + room;
    Wanted wanted = new Wanted(size, false);
    if (answer != 0) {
      boolean held = error == ContractError.FRAGMENTED && request.mayHoldBack(wanted);
      if (inPlace && !(moving && size > block.size())) {
        assertThat(held).as("it fits where it is, and the hole is kept for another").isTrue();
      } else if (block.fixed() && !(inPlace && held)) {
        assertThat(error).isEqualTo(ContractError.STILL_LOCKED);
      } else {
        refusedPlace(wanted, error == null ? ContractError.CORRUPTED : error);
      }
      return;
    }
    if ((inPlace && !moving) || size <= block.size() || block.fixed()) {
      assertThat(place).as("the place after resizing in place").isEqualTo(block.place);
    }
    int before = block.size();
    int left = block.place;
    if (place != left && !moving) {
      mayTake(place, size);
    }
    block.bytes = bytes;
    block.place = place;
    block.lastPlace = place;
    assertThat(free()).as("free").isNotNegative();
    if (size > before) {
      request.granted(wanted);
    }
    if (place != left) {
      released(left, before);
    } else if (size < before) {
      released(place + size, before - size);
    }
  }

  /** What is free now is divided by fixed blocks: nothing more can be done for that request. */
  void blocked(Wanted wanted) {
    boolean pinned = wanted.pinned();
    int most = 0;
    int free = 0;
    int at = 0;
    for (Block block : sorted()) {
      free += block.place - at;
      at = block.place + block.size();
      if (block.fixed()) {
        if (!pinned || block.pinned) {
          most = Math.max(most, free);
        }
        free = 0;
      }
    }
    most = Math.max(most, free + granules - at);
    assertThat(most).as("the most between two fixed blocks").isLessThan(wanted.size());
  }

  int largestGap() {
    return gaps().stream().mapToInt(g -> g.size).max().orElse(0);
  }

  private int pinnedRoom() {
    return gaps().stream()
        .filter(g -> g.end() == lowestPinned)
        .mapToInt(g -> g.size)
        .findFirst()
        .orElse(0);
  }

  // ---- Places ----

  /** Where a block stands now, -1 in two parts; only steps change that. */
  void moved(Block block, int place) {
    if (place != block.place) {
      assertThat(block.fixed()).as("a fixed block moved").isFalse();
    }
    block.place = place;
    if (place >= 0) {
      block.lastPlace = place;
    }
  }

  /** No two blocks share a granule, and all are inside. */
  void checkPlaces() {
    int at = 0;
    int split = 0;
    for (Block block : sorted()) {
      assertThat(block.lastPlace).as("start of a block").isGreaterThanOrEqualTo(at);
      at = block.lastPlace + block.size();
      split += block.inTwoParts() ? 1 : 0;
    }
    assertThat(at).isLessThanOrEqualTo(granules);
    assertThat(split).as("blocks in two parts").isLessThanOrEqualTo(moving ? 1 : 0);
  }

  private record Gap(int start, int size) {
    int end() {
      return start + size;
    }
  }

  private List<Gap> gaps() {
    List<Gap> gaps = new ArrayList<>();
    int at = 0;
    for (Block block : sorted()) {
      if (block.lastPlace > at) {
        gaps.add(new Gap(at, block.lastPlace - at));
      }
      at = block.lastPlace + block.size();
    }
    if (granules > at) {
      gaps.add(new Gap(at, granules - at));
    }
    return gaps;
  }

  private List<Block> sorted() {
    List<Block> sorted = new ArrayList<>(blocks.values());
    sorted.sort(Comparator.comparingInt(b -> b.lastPlace));
    return sorted;
  }
}
