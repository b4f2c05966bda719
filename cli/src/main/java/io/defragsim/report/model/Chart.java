package io.defragsim.report.model;

import io.defragsim.emulator.exec.Profile;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.RunResult;
import java.util.List;

/** A picture, by its data. */
public sealed interface Chart extends Part {

  /** Fragmentation over the operations of a run, with its phases and what was refused. */
  record Fragmentation(RunResult run) implements Chart {
    @Override
    public void to(Renderer out) {
      out.chart(this);
    }
  }

  /** The same of several runs, small. */
  record Sparklines(List<RunResult> runs) implements Chart {
    @Override
    public void to(Renderer out) {
      out.chart(this);
    }
  }

  /**
   * The pool at some moments.
   *
   * @param heaps none of them empty
   * @param ofProgram whether they are a program's own heap, in which nothing is locked or moves
   */
  record Heaps(List<Heap> heaps, boolean ofProgram) implements Chart {
    @Override
    public void to(Renderer out) {
      out.chart(this);
    }
  }

  /**
   * The pool at one moment.
   *
   * @param words which moment, or whose pool
   * @param address of the pool's first byte
   */
  record Heap(String words, HeapImage image, long address) {}

  /** How often which values occurred. */
  record Histograms(List<Histogram> list) implements Chart {
    @Override
    public void to(Renderer out) {
      out.chart(this);
    }
  }

  /**
   * How often which number of cycles occurred.
   *
   * @param noun one of what was counted, for example {@code pause}
   */
  record Histogram(String title, Distribution cycles, String noun) {}

  /**
   * How one number depends on another.
   *
   * @param title what it is, with both units
   * @param points from the least {@code x} to the greatest; at least one
   */
  record Curve(String title, List<Point> points) implements Chart {
    public Curve {
      points = List.copyOf(points);
    }

    @Override
    public void to(Renderer out) {
      out.chart(this);
    }
  }

  /**
   * A point of a curve.
   *
   * @param words both numbers, for who points at it
   */
  record Point(long x, long y, String words) {}

  /** What called what, as wide as the cycles. */
  record Flame(Profile profile) implements Chart {
    @Override
    public void to(Renderer out) {
      out.chart(this);
    }
  }
}
