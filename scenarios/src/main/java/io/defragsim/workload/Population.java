package io.defragsim.workload;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The generated blocks alive, and the count of generated operations that their lives go by. */
final class Population {

  /** A block alive. */
  static final class Member {
    final int block;
    final long dies;
    long bytes;
    private final Roll ofKind;
    private final int[] places = new int[2];
    private final List<Hold> holds = new ArrayList<>();

    private Member(int block, Roll ofKind, long bytes, long dies) {
      this.block = block;
      this.ofKind = ofKind;
      this.bytes = bytes;
      this.dies = dies;
    }

    int locks() {
      return holds.size();
    }
  }

  /** Blocks in a list from which each is taken at once: the last one takes its place. */
  static final class Roll {
    private final int number;
    private final List<Member> members = new ArrayList<>();

    private Roll(int number) {
      this.number = number;
    }

    int size() {
      return members.size();
    }

    Member at(int place) {
      return members.get(place);
    }

    private void add(Member member) {
      member.places[number] = members.size();
      members.add(member);
    }

    private void remove(Member member) {
      Member last = members.remove(members.size() - 1);
      if (last != member) {
        members.set(member.places[number], last);
        last.places[number] = member.places[number];
      }
    }
  }

  /** One lock of a block, and when it is to be released. */
  private record Hold(long ends, long order, Member member) {}

  private final Roll all = new Roll(0);
  private final Map<String, Roll> kinds = new LinkedHashMap<>();
  private final TreeSet<Member> byDeath =
      new TreeSet<>(Comparator.<Member>comparingLong(m -> m.dies).thenComparingInt(m -> m.block));
  private final TreeSet<Hold> byEnd =
      new TreeSet<>(Comparator.<Hold>comparingLong(Hold::ends).thenComparingLong(Hold::order));

  /** Of each member with a kind that has a name, and of those that left last. */
  private final Map<Integer, String> names = new HashMap<>();

  private int left = Operation.NO_BLOCK;
  private long now;
  private long locksTaken;
  private long bytes;
  private int nextBlock;

  Population(int firstBlock) {
    nextBlock = firstBlock;
  }

  /** Operations of generated phases so far. */
  long now() {
    return now;
  }

  void tick() {
    now++;
  }

  /** Requested payload of all members, in bytes. */
  long bytes() {
    return bytes;
  }

  /** All members. */
  Roll all() {
    return all;
  }

  /** The members of a kind, by its name. */
  Roll kind(String name) {
    return kinds.computeIfAbsent(name, any -> new Roll(1));
  }

  /**
   * Takes in a new block.
   *
   * @param kind the name of its kind
   */
  Member add(String kind, long size, long lifetime) {
    if (all.size() == 0) {
      names.clear();
    }
    Member member = new Member(nextBlock++, kind(kind), size, after(lifetime));
    if (!kind.equals(Generator.Kind.UNNAMED)) {
      names.put(member.block, kind);
    }
    all.add(member);
    member.ofKind.add(member);
    byDeath.add(member);
    bytes += size;
    return member;
  }

  /** The name of the kind of a block that is a member, or was up to the latest operation. */
  String kindOf(int block) {
    return names.getOrDefault(block, Generator.Kind.UNNAMED);
  }

  /** Takes a member without locks out. */
  void remove(Member member) {
    if (member.locks() != 0) {
      throw new IllegalStateException("a locked block dies");
    }
    byDeath.remove(member);
    names.remove(left);
    left = member.block;
    all.remove(member);
    member.ofKind.remove(member);
    bytes -= member.bytes;
  }

  void grow(Member member, long by) {
    member.bytes += by;
    bytes += by;
  }

  void lock(Member member, long hold) {
    Hold taken = new Hold(after(hold), locksTaken++, member);
    member.holds.add(taken);
    byEnd.add(taken);
  }

  /** Releases the lock of {@code member} that was taken last. */
  void unlock(Member member) {
    byEnd.remove(member.holds.remove(member.holds.size() - 1));
  }

  /** Releases the lock whose hold ends first if it ends by {@code time}; null if none does. */
  @Nullable Member unlockDue(long time) {
    if (byEnd.isEmpty() || byEnd.first().ends() > time) {
      return null;
    }
    Hold hold = byEnd.pollFirst();
    hold.member().holds.removeIf(each -> each.order() == hold.order());
    return hold.member();
  }

  boolean hasLocks() {
    return !byEnd.isEmpty();
  }

  /** The member whose life ends first; null if none ever does. */
  @Nullable Member firstToDie() {
    if (byDeath.isEmpty()) {
      return null;
    }
    Member first = byDeath.first();
    return first.dies == Variate.FOREVER ? null : first;
  }

  /** Forgets all members: they were freed by other means. */
  void clear() {
    all.members.clear();
    kinds.clear();
    byDeath.clear();
    byEnd.clear();
    bytes = 0;
  }

  private long after(long span) {
    return span == Variate.FOREVER ? Variate.FOREVER : now + span;
  }
}
