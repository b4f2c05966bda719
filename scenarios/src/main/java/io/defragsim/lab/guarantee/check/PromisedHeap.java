package io.defragsim.lab.guarantee.check;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.ProgramContract;
import io.defragsim.lab.guarantee.Sizing;
import io.defragsim.lab.image.HeapWalk;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.play.HeapPlayer;
import io.defragsim.lab.play.HeapPlayer.Live;
import io.defragsim.lab.play.PlayedScenario;
import io.defragsim.lab.result.ContractError;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Scenario;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The heap of a program that keeps the promises of a contract, on an image. What would break one is
 * not played. At most one request waits at a time, and only smaller ones are made meanwhile: so
 * every answer of a step speaks of it. Sizes are granules, headers included; a block has the fewest
 * bytes that take so many.
 */
final class PromisedHeap implements AutoCloseable {

  /** A block that is alive. */
  record Held(int block, int handle, int granules, int locks) {}

  private final Certificate certificate;
  private final ProgramContract contract;
  private final Sizing sizing;
  private final HeapPlayer player;
  private final Work work;
  private final long granules;
  private final Map<Integer, Held> held = new LinkedHashMap<>();
  private long alive;
  private int locked;
  private @Nullable Waiting waiting;
  private @Nullable ContractError refusal;
  private boolean alone;

  /** The blocks that steps of this wait may meet locked: no more than may be locked at once. */
  private final Set<Integer> obstacles = new HashSet<>();

  private int pending;
  private int refused;
  private int locksRefused;

  /**
   * An empty heap.
   *
   * @param pool bytes without the table
   */
  PromisedHeap(
      Certificate certificate,
      ImageReference reference,
      FirmwareImage image,
      long pool,
      Work work) {
    this.certificate = certificate;
    this.work = work;
    contract = certificate.question().contract();
    sizing = Sizing.of(certificate.constants());
    granules = sizing.poolGranules(pool);
    player =
        new HeapPlayer(
            new PlayedScenario(reference, certificate.part(), certificate.question().budget())
                .empty(scenarioPool(certificate, pool)),
            image);
  }

  static Scenario.Pool scenarioPool(Certificate certificate, long pool) {
    return new Scenario.Pool(
        (int) (pool + certificate.tableBytes()), certificate.question().entries());
  }

  PlayedMoment moment() {
    return new PlayedMoment(
        player.state(),
        List.copyOf(held.values()),
        alive,
        locked,
        waiting,
        alone,
        Set.copyOf(obstacles),
        pending,
        refused,
        locksRefused);
  }

  void goTo(PlayedMoment moment) {
    player.goTo(moment.state());
    held.clear();
    moment.held().forEach(block -> held.put(block.block(), block));
    alive = moment.alive();
    locked = moment.locked();
    waiting = moment.waiting();
    alone = moment.alone();
    obstacles.clear();
    obstacles.addAll(moment.obstacles());
    pending = moment.pending();
    refused = moment.refused();
    locksRefused = moment.locksRefused();
  }

  /** Granules of the largest request that was refused, and nothing as large granted since; or 0. */
  int pending() {
    return pending;
  }

  /** Calls that were played since the check began. */
  long calls() {
    return work.calls();
  }

  /** What was played up to now. */
  PlayedCalls played() {
    return new PlayedCalls(sizing.poolBytes(granules), player.operations(), refused, locksRefused);
  }

  /** All blocks and holes by address; only if the image {@link #walks}. */
  List<HeapWalk.Piece> walk() {
    work.looked(2 * held.size());
    return player.walk().stream().filter(piece -> piece.kind() != HeapWalk.Kind.LISTED).toList();
  }

  Collection<Held> held() {
    return held.values();
  }

  /** The block of that number as it is now. */
  Held now(Held block) {
    return Objects.requireNonNull(held.get(block.block()));
  }

  boolean isHeld(Held block) {
    return held.containsKey(block.block());
  }

  /** Granules of the pool. */
  long granules() {
    return granules;
  }

  /** Granules of the pool that no block has. */
  long free() {
    return granules - held.values().stream().mapToLong(Held::granules).sum();
  }

  /** What waits, or has last waited. */
  Waiting waiting() {
    return Objects.requireNonNull(waiting);
  }

  /** Bytes of a block of so many granules. */
  long bytes(int size) {
    return sizing.fewestBytes(size, contract.smallest());
  }

  int smallest() {
    return sizing.granules(contract.smallest());
  }

  int largest() {
    return sizing.granules(contract.largest());
  }

  /** Other calls that the program may still make before the next step. */
  int callsLeft() {
    return alone ? 0 : certificate.question().calls() - waiting().calls();
  }

  /** Whether the contract has room for one block more, beside the request that waits. */
  boolean hasRoom(int size) {
    return hasRoom(size, waiting == null ? 0 : waiting.granules());
  }

  /** The same beside a request that will wait. */
  boolean hasRoom(int size, int request) {
    long reserved = request == 0 ? 0 : bytes(request);
    int more = request == 0 ? 1 : 2;
    return size >= smallest()
        && size <= largest()
        && held.size() + more <= contract.blocks()
        && alive + reserved + bytes(size) <= contract.alive();
  }

  /** The largest block, smaller than the request that waits, that the contract has room for. */
  int mostRoom() {
    int size = waiting().granules() - 1;
    while (size > smallest() && !hasRoom(size)) {
      size--;
    }
    return size;
  }

  /**
   * Asks for a block, no smaller than those that were refused before: so answers speak of this one.
   *
   * @return whether it is waited for from now on, because it was refused as fragmented
   */
  boolean ask(int size, boolean onlySteps) {
    if (!hasRoom(size)) {
      throw new PromiseException("no room for a request of " + bytes(size) + " bytes");
    }
    if (size < pending || (onlySteps && pending > 0)) {
      throw new PromiseException("another request was refused before");
    }
    Answer answer = asked(size);
    refusal = answer.isError() ? answer.error() : null;
    if (refusal == null) {
      keep(answer, size);
      return false;
    }
    if (refusal == ContractError.FRAGMENTED) {
      waiting = new Waiting(size, 0, 0, 0);
      obstacles.clear();
      held.values().stream()
          .filter(block -> block.locks() > 0)
          .forEach(block -> obstacles.add(block.block()));
      alone = onlySteps;
      return true;
    }
    if (suffices()) {
      throw violation(size, "is refused: " + refusal);
    }
    return false;
  }

  /** How the last request that was asked for was refused in the end; null if it was not. */
  @Nullable ContractError refusal() {
    return refusal;
  }

  /**
   * Asks for a block that must be there at once or never.
   *
   * @return null if it is refused
   */
  @Nullable Held alloc(int size) {
    if (!hasRoom(size)) {
      throw new PromiseException("no room for " + bytes(size) + " bytes");
    }
    if (waiting != null && size >= waiting.granules()) {
      throw new PromiseException("a request as large as the one that waits");
    }
    mayCall();
    Answer answer = asked(size);
    counted(answer);
    if (answer.isError()) {
      return null;
    }
    return keep(answer, size);
  }

  private Answer asked(int size) {
    Answer answer = player.alloc(bytes(size));
    work.called();
    if (answer.isError()) {
      refused++;
      pending = Math.max(pending, size);
    } else if (size >= pending) {
      pending = 0;
    }
    return answer;
  }

  private Held keep(Answer answer, int size) {
    List<Live> live = player.live();
    Held block = new Held(live.get(live.size() - 1).block(), answer.value(), size, 0);
    held.put(block.block(), block);
    alive += bytes(size);
    return block;
  }

  void free(Held block) {
    mayCall();
    Held old = now(block);
    Answer answer = player.free(live(old));
    work.called();
    counted(answer);
    held.remove(old.block());
    alive -= bytes(old.granules());
  }

  /** Makes a block smaller, unless it is on its way. */
  Held shrink(Held block, int size) {
    Held old = now(block);
    if (size < smallest() || size > old.granules()) {
      throw new PromiseException("no block of " + size + " granules");
    }
    if (size == old.granules()) {
      return old;
    }
    if (!resizes()) {
      throw new PromiseException("the image cannot resize");
    }
    mayCall();
    Answer answer = player.resize(live(old), bytes(size));
    work.called();
    counted(answer);
    if (answer.isError()) {
      if (answer.error() != ContractError.MOVING) {
        throw new ViolationException("a block was not made smaller: " + answer.error());
      }
      return old;
    }
    alive -= bytes(old.granules()) - bytes(size);
    Held now = new Held(old.block(), old.handle(), size, old.locks());
    held.put(now.block(), now);
    return now;
  }

  /** How many blocks more may be locked. */
  int locksLeft() {
    return contract.locked() - locked;
  }

  /** Locks a block for longer, unless it is on its way, or has as many locks as it can have. */
  boolean lock(Held block) {
    Held old = now(block);
    if (old.locks() == 0 && locked == contract.locked()) {
      throw new PromiseException("too many locked blocks");
    }
    boolean met = waiting == null || obstacles.contains(old.block());
    if (!met && obstacles.size() == contract.locked()) {
      throw new PromiseException("too many blocks that are locked in a wait");
    }
    boolean locks = tryLock(old);
    if (locks && !met) {
      obstacles.add(old.block());
    }
    return locks;
  }

  /** A lock as a handler takes it, which is given back at once. */
  boolean touch(Held block) {
    if (!tryLock(now(block))) {
      return false;
    }
    unlock(block);
    return true;
  }

  private boolean tryLock(Held old) {
    mayCall();
    Answer answer = player.lock(live(old));
    work.called();
    counted(answer);
    if (answer.isError()) {
      if (answer.error() != ContractError.MOVING
          && answer.error() != ContractError.TOO_MANY_LOCKS) {
        throw new ViolationException("a lock was refused: " + answer.error());
      }
      locksRefused++;
      return false;
    }
    locked += old.locks() == 0 ? 1 : 0;
    held.put(old.block(), new Held(old.block(), old.handle(), old.granules(), old.locks() + 1));
    return true;
  }

  void unlock(Held block) {
    mayCall();
    Held old = now(block);
    counted(player.unlock(live(old)));
    work.called();
    locked -= old.locks() == 1 ? 1 : 0;
    held.put(old.block(), new Held(old.block(), old.handle(), old.granules(), old.locks() - 1));
  }

  boolean walks() {
    return player.walks();
  }

  boolean resizes() {
    return player.resizes();
  }

  /** Whether the program waits for a request. */
  boolean waits() {
    return waiting != null;
  }

  private static Live live(Held block) {
    return new Live(block.block(), block.handle(), block.locks(), false);
  }

  private void mayCall() {
    if (waiting != null && callsLeft() <= 0) {
      throw new PromiseException("too many calls between two steps");
    }
  }

  private void counted(Answer answer) {
    if (waiting != null) {
      waiting = waiting.called(answer);
    }
  }

  /**
   * A step of the wait.
   *
   * @return 1 if there is more to do; 0 if the request is served now: {@link #claim}; else the
   *     error, and the wait is over
   */
  int step() {
    Answer answer = player.step();
    work.called();
    Waiting now = waiting().stepped(answer);
    waiting = now;
    long certified = alone ? certificate.waits().alone() : certificate.waits().any();
    if (now.steps() > certified || (now.steps() == certified && answer.value() == 1)) {
      throw violation(
          now.granules(), "waits for more than the " + certified + " steps that are certified");
    }
    if (answer.isError()) {
      if (suffices()) {
        throw violation(now.granules(), "is not served: a step answers " + answer.error());
      }
      refusal = answer.error();
      waiting = null;
    }
    return answer.value();
  }

  /**
   * Steps until the wait is over.
   *
   * @return steps that were taken
   */
  long stepToTheEnd(Longest found) {
    long steps = 0;
    int answer;
    do {
      answer = step();
      steps++;
    } while (answer == 1);
    endOf(answer, found);
    return steps;
  }

  /** The wait is over: what was answered last is true. */
  void endOf(int answer, Longest found) {
    if (answer == 0) {
      found.note(claim(), this);
    }
  }

  /** Whether every request must be served in this pool. */
  private boolean suffices() {
    return granules >= certificate.pool().granules();
  }

  /**
   * Asks again for what waits, after a step has answered 0: the wait that is over. In a pool that
   * is too small it may be refused: the answer may speak of a smaller request, which came after one
   * that was found blocked.
   */
  Waiting claim() {
    Waiting now = waiting();
    Answer answer = asked(now.granules());
    if (answer.isError() && !suffices()) {
      refusal = answer.error();
      waiting = null;
      return now;
    }
    if (answer.isError()) {
      throw violation(now.granules(), "is refused after a step's 0: " + answer.error());
    }
    waiting = null;
    refusal = null;
    keep(answer, now.granules());
    return new Waiting(now.granules(), now.steps(), 0, now.cycles() + answer.cycles());
  }

  private ViolationException violation(int size, String how) {
    return new ViolationException("a request of " + bytes(size) + " bytes " + how);
  }

  @Override
  public void close() {
    player.close();
  }
}
