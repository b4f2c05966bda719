package io.defragsim.lab.baseline;

import io.defragsim.lab.baseline.Baseline.FunctionCycles;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figure.Worse;
import io.defragsim.lab.result.Figures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A run held against its baseline.
 *
 * @param then the baseline
 * @param now the run
 * @param figures every figure, in the order of the registry; none with {@link #otherWorkload}
 * @param functions those whose cycles or calls differ, the largest difference first; none if one of
 *     the two does not say what its functions took
 * @param exact whether any difference fails
 */
public record Comparison(
    Baseline then,
    Baseline now,
    List<FigureChange> figures,
    List<FunctionChange> functions,
    boolean exact) {

  /** What is said of a figure. */
  public enum Judgement {
    EQUAL,
    BETTER,
    /** Worse, and within the tolerance. */
    TOLERATED,
    WORSE,
    /** Another value of which nobody can say that it is better or worse, or one of two missing. */
    OTHER
  }

  /**
   * A figure then and now; null where a run gave none.
   *
   * @param judgement of the difference
   */
  public record FigureChange(
      Figure figure, @Nullable Long then, @Nullable Long now, Judgement judgement) {

    /** Now less then; null where one of them is missing. */
    public @Nullable Long difference() {
      return then == null || now == null ? null : now - then;
    }
  }

  /** A function then and now. One that was not there had no calls and took no cycles. */
  public record FunctionChange(String function, FunctionCycles then, FunctionCycles now) {

    /** Cycles now less cycles then. */
    public long difference() {
      return now.cycles() - then.cycles();
    }
  }

  public Comparison {
    figures = List.copyOf(figures);
    functions = List.copyOf(functions);
  }

  /** Holds {@code now} against {@code then}. */
  public static Comparison of(Baseline then, Baseline now, Tolerance tolerance, boolean exact) {
    List<FigureChange> figures = new ArrayList<>();
    if (otherWorkload(then, now)) {
      return new Comparison(then, now, figures, List.of(), exact);
    }
    for (Figure figure : Figures.ALL) {
      Long old = then.figures().get(figure.name());
      Long recent = now.figures().get(figure.name());
      figures.add(new FigureChange(figure, old, recent, judge(figure, old, recent, tolerance)));
    }
    return new Comparison(then, now, figures, functions(then, now), exact);
  }

  private static Judgement judge(
      Figure figure, @Nullable Long then, @Nullable Long now, Tolerance tolerance) {
    if (Objects.equals(then, now)) {
      return Judgement.EQUAL;
    }
    if (then == null || now == null || figure.worse() == Worse.NEITHER) {
      return Judgement.OTHER;
    }
    if (now < then) {
      return Judgement.BETTER;
    }
    return now - then <= tolerance.of(figure.unit(), then) ? Judgement.TOLERATED : Judgement.WORSE;
  }

  private static List<FunctionChange> functions(Baseline then, Baseline now) {
    List<FunctionChange> changes = new ArrayList<>();
    if (then.functions().isEmpty() || now.functions().isEmpty()) {
      return changes;
    }
    TreeSet<String> names = new TreeSet<>(then.functions().keySet());
    names.addAll(now.functions().keySet());
    for (String name : names) {
      FunctionCycles old = then.functions().getOrDefault(name, FunctionCycles.NONE);
      FunctionCycles recent = now.functions().getOrDefault(name, FunctionCycles.NONE);
      if (!old.equals(recent)) {
        changes.add(new FunctionChange(name, old, recent));
      }
    }
    changes.sort(
        Comparator.comparingLong((FunctionChange change) -> -Math.abs(change.difference()))
            .thenComparing(FunctionChange::function));
    return changes;
  }

  /** The figures of that judgement. */
  public List<FigureChange> of(Judgement judgement) {
    return figures.stream().filter(change -> change.judgement() == judgement).toList();
  }

  /** The figures that are not what they were. */
  public List<FigureChange> differing() {
    return figures.stream().filter(change -> change.judgement() != Judgement.EQUAL).toList();
  }

  /** The figures that fail the gate. */
  public List<FigureChange> failing() {
    return exact ? differing() : of(Judgement.WORSE);
  }

  /**
   * Whether the two ran another workload, so that no figure of the one says anything of the other.
   */
  public boolean otherWorkload() {
    return otherWorkload(then, now);
  }

  private static boolean otherWorkload(Baseline then, Baseline now) {
    return then.setting() != null
        && now.setting() != null
        && !then.setting().workload().equals(now.setting().workload());
  }

  /**
   * Whether no figure is worse than it may be, or with {@link #exact} other than it was. What
   * cannot be compared does not hold.
   */
  public boolean holds() {
    return !otherWorkload() && failing().isEmpty();
  }

  /** Whether there is more to say than that nothing has changed. */
  public boolean hasNews() {
    return !differing().isEmpty() || !remarks().isEmpty() || !functions.isEmpty();
  }

  /** What the two did not have in common, besides figures; for people. */
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    settings(remarks);
    Baseline.Image old = then.image();
    Baseline.Image recent = now.image();
    if (!old.sha256().equals(recent.sha256())) {
      remarks.add(
          "another image: "
              + (old.name().equals(recent.name())
                  ? ""
                  : old.name() + " then, " + recent.name() + " now; ")
              + "SHA-256 "
              + old.sha256().substring(0, 12)
              + " then, "
              + recent.sha256().substring(0, 12)
              + " now");
    }
    other(remarks, "compiler", old.compiler(), recent.compiler());
    other(remarks, "image contract", contract(old), contract(recent));
    other(remarks, "cycle model", then.cycleModel(), now.cycleModel());
    other(remarks, "version of defrag-sim", then.producer(), now.producer());
    return remarks;
  }

  private void settings(List<String> remarks) {
    Setting old = then.setting();
    Setting recent = now.setting();
    if (recent == null) {
      return;
    }
    if (old == null) {
      remarks.add(
          "the baseline does not say of which workload it is; 'defrag-sim baseline update' renews"
              + " it");
      return;
    }
    if (otherWorkload()) {
      remarks.add(
          "another workload: SHA-256 of its operations "
              + old.workload().substring(0, 12)
              + " then, "
              + recent.workload().substring(0, 12)
              + " now");
    }
    other(remarks, "part", old.part(), recent.part());
    other(remarks, "pool", old.pool(), recent.pool());
    other(remarks, "stack reserve", old.stack(), recent.stack());
    other(remarks, "policy", old.policy(), recent.policy());
    other(remarks, "set of interrupts", old.interrupts(), recent.interrupts());
  }

  private static @Nullable String contract(Baseline.Image image) {
    return image.contract() == null ? null : String.valueOf(image.contract());
  }

  private static void other(
      List<String> remarks, String what, @Nullable String old, @Nullable String recent) {
    if (!Objects.equals(old, recent)) {
      remarks.add(
          "another "
              + what
              + ": "
              + Objects.requireNonNullElse(old, "none given")
              + " then, "
              + Objects.requireNonNullElse(recent, "none given")
              + " now");
    }
  }
}
