package io.defragsim.report.film;

import io.defragsim.report.film.Moment.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plays a film: time goes on by itself or by keys, forwards and backwards. */
public final class Player {
  /** Moments a second. */
  static final List<Integer> SPEEDS = List.of(1, 2, 5, 10, 20, 50, 100);

  /** Where nothing is said. */
  public static final int USUAL_SPEED = 5;

  private final Film film;
  private final Screen screen;
  private final Frames frames;
  private int speed;
  private boolean playing;
  private boolean help;

  /** Makes the picture of a moment. */
  @FunctionalInterface
  public interface Frames {

    /** No more lines than {@code height}, none longer than {@code width}. */
    List<String> frame(Moment moment, State state, int width, int height);
  }

  /**
   * What the player does.
   *
   * @param speed moments a second
   * @param note for the user, empty for none
   * @param help whether the keys are shown in place of the moment
   */
  public record State(boolean playing, int speed, String note, boolean help) {}

  /**
   * @param speed moments a second
   */
  public Player(Film film, Screen screen, Frames frames, int speed) {
    this.film = film;
    this.screen = screen;
    this.frames = frames;
    this.speed = speed;
  }

  /**
   * Shows the film until its user has seen enough.
   *
   * @param first the moment to begin with
   */
  public void play(Moment first) {
    Moment now = first;
    String note = "";
    playing = true;
    while (true) {
      screen.show(
          frames.frame(
              now, new State(playing, speed, note, help), screen.width(), screen.height()));
      note = "";
      Screen.Key key = screen.read(playing && !help ? 1000L / speed : -1);
      if (key == Screen.Key.QUIT) {
        return;
      }
      if (key != Screen.Key.RESIZED && (help || key == Screen.Key.HELP)) {
        help = !help;
        continue;
      }
      Moment then = key == null ? film.at(now.index() + 1) : after(key, now);
      if (then != null) {
        now = then;
      } else {
        note = "There is nothing more this way.";
      }
      if (key == null && (then == null || now.kind() == Moment.Kind.END)) {
        playing = false;
        note = "";
      }
    }
  }

  /** Where a key leads; null where there is nothing. */
  private @Nullable Moment after(Screen.Key key, Moment now) {
    switch (key) {
      case PLAY_OR_PAUSE -> playing = !playing;
      case FASTER -> speed = SPEEDS.stream().filter(s -> s > speed).findFirst().orElse(speed);
      case SLOWER ->
          speed = SPEEDS.stream().filter(s -> s < speed).reduce((a, b) -> b).orElse(speed);
      case RESIZED, HELP, QUIT -> {}
      default -> {
        playing = false;
        return moved(key, now);
      }
    }
    return now;
  }

  private @Nullable Moment moved(Screen.Key key, Moment now) {
    return switch (key) {
      case FORWARD -> film.at(now.index() + 1);
      case BACK -> film.at(now.index() - 1);
      case NEXT_STOP -> film.next(now.index(), Kind::isStop);
      case PREVIOUS_STOP -> film.previous(now.index(), Kind::isStop);
      case NEXT_FAILURE -> film.next(now.index(), Kind.REFUSAL::equals);
      case PREVIOUS_FAILURE -> film.previous(now.index(), Kind.REFUSAL::equals);
      case NEXT_PAUSE -> film.next(now.index(), Kind.PAUSE::equals);
      case PREVIOUS_PAUSE -> film.previous(now.index(), Kind.PAUSE::equals);
      case START -> film.at(0);
      case END -> film.end();
      default -> throw new IllegalArgumentException(key.toString());
    };
  }
}
