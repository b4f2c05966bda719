package io.defragsim.report.film;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a film is shown on, and where its keys come from. */
public interface Screen {

  /** What its user may ask for. */
  enum Key {
    PLAY_OR_PAUSE,
    FORWARD,
    BACK,
    NEXT_STOP,
    PREVIOUS_STOP,
    NEXT_FAILURE,
    PREVIOUS_FAILURE,
    NEXT_PAUSE,
    PREVIOUS_PAUSE,
    START,
    END,
    FASTER,
    SLOWER,
    /** What the keys are. */
    HELP,
    QUIT,
    /** The screen has another size now. */
    RESIZED
  }

  /** In characters. */
  int width();

  /** In lines. */
  int height();

  /** Shows these lines and nothing else; none is longer than the screen is wide. */
  void show(List<String> lines);

  /**
   * The next key that means something.
   *
   * @param millis how long to wait for one; negative for ever
   * @return null if there was none; {@link Key#QUIT} where no more will come
   */
  @Nullable Key read(long millis);
}
