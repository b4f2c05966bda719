package io.defragsim.lab.recording;

import io.defragsim.lab.result.Subject;

/**
 * Something that happens in a run: all that a view of a run is made of, in one stream.
 *
 * <p>A run that starts is {@code Started}; of each phase {@code PhaseStarted} and {@code
 * PhaseEnded}; of each operation {@code Began}, {@code Called} for each call of the allocator that
 * it makes, and {@code Done}; and in the end {@code Ended}. Steps that a policy makes by itself are
 * {@code Called} as well: after the operation that was done last, before the next one begins, and
 * before the phase ends. Where the run ends in the middle of an operation, {@code Done} is missing;
 * where it ends because of what a call answered or did, that call is {@code Broke} and not {@code
 * Called}. An allocator that does not start is not told of at all.
 *
 * <p>Operations, calls and moves say nothing of a pool, and of a policy only why it made a step: a
 * block has a name that is its own while it lives, a place is an address of the machine, a size is
 * in bytes of requested payload, time is in cycles of the core. What a program does to a heap that
 * no scenario has laid out, seen at its {@code malloc} and {@code free}, comes as the same events:
 * each call an operation of one call, blocks by where they were asked for, no phases.
 *
 * <p>All events are values: a listener may keep them.
 */
public sealed interface RunEvent {

  /** Tells {@code listener} by its method for this event. */
  void tell(RunListener listener, HeapView heap);

  /**
   * The pool of a scenario is there and empty.
   *
   * @param tableBytes at the pool's bottom that the allocator has taken for itself, before the
   *     first allocation
   */
  record Started(Subject subject, int tableBytes) implements RunEvent {
    @Override
    public void tell(RunListener listener, HeapView heap) {
      listener.started(this, heap);
    }
  }

  /** A phase of the program begins. */
  record PhaseStarted(String name) implements RunEvent {
    @Override
    public void tell(RunListener listener, HeapView heap) {
      listener.phaseStarted(this, heap);
    }
  }

  /** The phase that began last is over, with the steps that a policy makes between phases. */
  record PhaseEnded(String name) implements RunEvent {
    @Override
    public void tell(RunListener listener, HeapView heap) {
      listener.phaseEnded(this, heap);
    }
  }

  /**
   * An operation begins.
   *
   * @param account in which nothing stands yet
   */
  record Began(Account account) implements RunEvent {
    @Override
    public void tell(RunListener listener, HeapView heap) {
      listener.began(this, heap);
    }
  }

  /**
   * A call of the allocator has returned, and what it answered and did is right.
   *
   * @param account of the operation under way, or of the one done last, this call in it
   */
  record Called(Account account, Call call) implements RunEvent {
    @Override
    public void tell(RunListener listener, HeapView heap) {
      listener.called(this, heap);
    }
  }

  /**
   * A call of the allocator has returned, and what it answered or did breaks the contract: it ends
   * the run. The heap is shown as it was before.
   *
   * @param account as it was before
   * @param call its moves are not known
   */
  record Broke(Account account, Call call) implements RunEvent {
    @Override
    public void tell(RunListener listener, HeapView heap) {
      listener.broke(this, heap);
    }
  }

  /**
   * An operation is over; steps of a policy may still come before the next one.
   *
   * @param account with what became of it
   */
  record Done(Account account) implements RunEvent {
    @Override
    public void tell(RunListener listener, HeapView heap) {
      listener.done(this, heap);
    }
  }

  /**
   * The run is over. The machine may have stopped for good: the heap can be asked for its blocks
   * alone.
   *
   * @param account of the last operation; of one that is not over, the run ended in its middle
   */
  record Ended(Account account) implements RunEvent {
    @Override
    public void tell(RunListener listener, HeapView heap) {
      listener.ended(this, heap);
    }
  }
}
