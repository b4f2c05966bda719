package io.defragsim.emulator.exec;

import io.defragsim.emulator.board.LiveBoard;
import io.defragsim.emulator.system.CoreSystem;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a program's serial line. It types by events of the core's queue; to
 * end the run it asks the core to stop, and says why.
 */
public interface Correspondent {

  /** Takes up the board of a run that has not begun. */
  void connect(LiveBoard board, CoreSystem system, long clockHz);

  /** How the run is to end by what it waited for, null while it is not. */
  default @Nullable Ending ending() {
    return null;
  }

  /** Whether it has left, so that the run is to end. */
  default boolean hasEnded() {
    return false;
  }
}
