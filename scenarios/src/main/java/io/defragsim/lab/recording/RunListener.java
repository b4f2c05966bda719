package io.defragsim.lab.recording;

/**
 * Told of a run while it goes, in the order that {@link RunEvent} states, all in one thread. A view
 * has a method for each event that it is about; one that takes them as they come, to write them to
 * a file, say, has {@link #happened} alone.
 *
 * <p>Nothing that a listener asks of the heap changes the run, nor any figure of its result. What
 * it throws ends the run and comes out of it.
 */
public interface RunListener {

  /** One that listens to nothing. */
  RunListener NONE =
      new RunListener() {
        @Override
        public void happened(RunEvent event, HeapView heap) {}
      };

  /**
   * Something has happened.
   *
   * @param heap as it is now; to be asked until this returns, and no longer
   */
  default void happened(RunEvent event, HeapView heap) {
    event.tell(this, heap);
  }

  default void started(RunEvent.Started event, HeapView heap) {}

  default void phaseStarted(RunEvent.PhaseStarted event, HeapView heap) {}

  default void phaseEnded(RunEvent.PhaseEnded event, HeapView heap) {}

  default void began(RunEvent.Began event, HeapView heap) {}

  default void called(RunEvent.Called event, HeapView heap) {}

  default void broke(RunEvent.Broke event, HeapView heap) {}

  default void done(RunEvent.Done event, HeapView heap) {}

  default void ended(RunEvent.Ended event, HeapView heap) {}
}
