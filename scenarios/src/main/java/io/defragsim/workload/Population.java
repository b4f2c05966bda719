package io.defragsim.workload;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The generated blocks alive, and the count of generated operations that their lives go by. */
final class Population {

  /** A block alive. */
  static final class Member {
    final int block;
    final long dies;
    long bytes;
    private int place;
    private final List<Hold> holds = new ArrayList<>();

    private Member(int block, long bytes, long dies) {
      this.block = block;
      this.bytes = bytes;
      this.dies = dies;
    }

    int locks() {
      return holds.size();
    }
  }

  /** One lock of a block, and when it is to be released. */
  private record Hold(long ends, long order, Member member) {}

  private final List<Member> members = new ArrayList<>();
  private final TreeSet<Member> byDeath =
      new TreeSet<>(Comparator.<Member>comparingLong(m -> m.dies).thenComparingInt(m -> m.block));
  private final TreeSet<Hold> byEnd =
      new TreeSet<>(Comparator.<Hold>comparingLong(Hold::ends).thenComparingLong(Hold::order));

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

  int size() {
    return members.size();
  }

  Member at(int place) {
    return members.get(place);
  }

  Member add(long size, long lifetime) {
    Member member = new Member(nextBlock++, size, after(lifetime));
    member.place = members.size();
    members.add(member);
    byDeath.add(member);
    bytes += size;
    return member;
  }

  /** Takes a member without locks out. */
  void remove(Member member) {
    if (member.locks() != 0) {
      throw new IllegalStateException("a locked block dies");
    }
    byDeath.remove(member);
    Member last = members.remove(members.size() - 1);
    if (last != member) {
      members.set(member.place, last);
      last.place = member.place;
    }
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
    members.clear();
    byDeath.clear();
    byEnd.clear();
    bytes = 0;
  }

  private long after(long span) {
    return span == Variate.FOREVER ? Variate.FOREVER : now + span;
  }
}
