package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The request that the allocator of this project refused and works for, as its header specifies it:
 * which of several it is, when smaller ones may be refused for its sake, and when a step has to
 * answer 0. It is told of every call, and sees no heap.
 */
final class ModelledRequest {
  /**
   * What was asked for.
   *
   * @param size granules
   */
  record Wanted(int size, boolean pinned) {
    /** Whether it stays where both were refused: a pinned one is larger than all others. */
    boolean outweighs(Wanted other) {
      return pinned == other.pinned ? size >= other.size : pinned;
    }

    /** Whether {@code other} is over once this one is granted. */
    boolean ends(Wanted other) {
      return size >= other.size && (pinned || !other.pinned);
    }
  }

  private enum Phase {
    NONE,
    /** Steps work for it. */
    PENDING,
    /** A step has said that it is blocked. */
    BLOCKED,
    /** A step has answered 0, and it was not asked for again. */
    ANSWERED,
    /** It or a smaller one is pending or blocked: which, depends on how steps have worked. */
    IT_OR_SMALLER
  }

  /** Granules that a step, or the begin of a pass, takes of patience at most. */
  private static final int FULL_STEP = 8;

  private final int patience;
  private final int passes;
  private Phase phase = Phase.NONE;
  private Wanted wanted = new Wanted(0, false);

  /** Granules of budgets that were spent on it, at most. */
  private int spent;

  /** Passes that were begun anew for it, at most. */
  private int spoilt;

  /** Nothing is remembered of an earlier one. */
  private boolean fresh = true;

  /** It came after one that was blocked, so that no larger one takes its place. */
  private boolean hasTurn;

  /** Another call came since the last step. */
  private boolean disturbed;

  /** Something was released while it was pending. */
  private boolean released;

  /** The next step has to answer 0. */
  private boolean told;

  /** The next attempt has to be granted. */
  private boolean promised;

  /**
   * @param patience granules of budgets until smaller requests have to wait for it
   * @param passes that are begun at most until then; 0: as many as it takes
   */
  ModelledRequest(int patience, int passes) {
    this.patience = patience;
    this.passes = passes;
  }

  /** What the next verdict is on, if that is known. */
  boolean isFor(Wanted other) {
    return waits() && wanted.equals(other);
  }

  Wanted wanted() {
    return wanted;
  }

  /** Whether it is known that steps work for it, or would if it were not blocked. */
  boolean waits() {
    return phase == Phase.PENDING || phase == Phase.BLOCKED;
  }

  /** Whether a step may answer 0 while a block moves: of a hole that a free has made. */
  boolean mayBeTold() {
    return released || (phase == Phase.ANSWERED && mayBeExclusive());
  }

  /** Whether {@code other} may be refused although a hole serves it. */
  boolean mayHoldBack(Wanted other) {
    boolean works = phase != Phase.NONE && phase != Phase.BLOCKED;
    return works && mayBeExclusive() && !other.ends(wanted);
  }

  /** Whether what it needs may be kept for it by now. */
  boolean mayBeExclusive() {
    return spent >= patience || (passes > 0 && spoilt >= passes);
  }

  /** Whether a refusal of {@code other} would break the promise of the last answer. */
  boolean isPromised(Wanted other) {
    return promised && wanted.equals(other);
  }

  // ---- Calls ----

  /** It did not take place because no hole was found, or may be had. */
  void refused(Wanted other) {
    switch (phase) {
      case NONE -> begin(other, false);
      case PENDING -> {
        if (!hasTurn && !wanted.outweighs(other)) {
          // an exclusive pass either goes on for the larger one, or first for this one
          phase = mayBeExclusive() ? Phase.IT_OR_SMALLER : Phase.PENDING;
          wanted = other;
          pass();
          told = false;
        }
      }
      case BLOCKED -> {
        if (!wanted.equals(other)) {
          begin(other, true);
        }
      }
      case ANSWERED -> {
        promised = false;
        if (mayBeExclusive()) {
          phase = Phase.IT_OR_SMALLER;
          wanted = wanted.outweighs(other) ? wanted : other;
        } else {
          begin(other, false);
        }
      }
      case IT_OR_SMALLER -> wanted = wanted.outweighs(other) ? wanted : other;
    }
  }

  private void begin(Wanted other, boolean turn) {
    wanted = other;
    phase = Phase.PENDING;
    spent = fresh ? 0 : spent;
    spoilt = -1;
    fresh = false;
    hasTurn = turn;
    told = false;
    released = false;
    pass();
  }

  /** A pass begins, or may. */
  private void pass() {
    spoilt++;
    spent += FULL_STEP;
  }

  /** A block of that size was placed, or has grown to it. */
  void granted(Wanted other) {
    disturbed = true;
    told = false;
    promised = false;
    if (phase != Phase.NONE && other.ends(wanted)) {
      phase = Phase.NONE;
      fresh = true;
    }
  }

  /** Something else was called that changes the heap or what may be moved in it. */
  void disturbed() {
    disturbed = true;
  }

  /**
   * A block was freed or has shrunk.
   *
   * @param serves whether the hole that this has made serves the request
   */
  void released(boolean serves) {
    disturbed = true;
    released = true;
    if (serves && waits()) {
      told = true;
      phase = Phase.PENDING;
    }
    promised &= !wanted.pinned; // the room below a pinned block is another one if that is freed
  }

  // ---- Steps ----

  /** A step of so many granules has answered 1. */
  void more(int granules) {
    assertThat(told).as("a free has made a hole, and the step says nothing of it").isFalse();
    stepped(granules);
    if (phase == Phase.BLOCKED) {
      phase = Phase.PENDING;
    } else if (phase == Phase.ANSWERED) {
      phase = Phase.NONE;
    }
  }

  /** It has answered 0. */
  void answered(int granules) {
    stepped(granules);
    released = false;
    promised = waits();
    phase = promised || phase == Phase.IT_OR_SMALLER ? Phase.ANSWERED : Phase.NONE;
  }

  /** It has said why there is nothing more to do. */
  void verdict(boolean blocked) {
    assertThat(told).as("a free has made a hole, and the step says nothing of it").isFalse();
    stepped(0);
    if (!blocked) {
      phase = Phase.NONE;
    } else if (phase != Phase.IT_OR_SMALLER) {
      phase = waits() ? Phase.BLOCKED : Phase.NONE;
    }
    spent = 0;
    spoilt = 0;
    fresh = !blocked;
  }

  private void stepped(int granules) {
    spent += Math.min(granules, FULL_STEP);
    if (disturbed) {
      pass();
    }
    disturbed = false;
    told = false;
    promised = false;
  }
}
