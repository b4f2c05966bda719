package io.defragsim.report.json;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.defragsim.lab.result.ProgramHeap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The heap of a program. */
public record JsonProgramHeap(
    @JsonPropertyDescription("For example malloc.") String name,
    @JsonPropertyDescription("What it is, for people.") String title,
    @JsonPropertyDescription("By whose calls it was seen.") List<String> functions,
    @JsonPropertyDescription("How it is known where the heap is, for people.") String extent,
    @JsonPropertyDescription("How many stacks called it, handlers included.") int threads,
    @JsonPropertyDescription("The sites of the blocks alive when the most bytes were.")
        List<Use> atPeak,
    @JsonPropertyDescription("Those of all requests that were served.") List<Use> churn,
    @JsonPropertyDescription("Those of all requests that were refused.") List<Use> refused,
    @JsonPropertyDescription("Those of the blocks alive at the end.") List<Use> leaks,
    Findings findings) {

  /** What was asked for at one site; in each list those with the most bytes first. */
  public record Use(
      @JsonPropertyDescription("How many blocks.") long blocks,
      @JsonPropertyDescription("Requested for them in all.") long bytes,
      @JsonPropertyDescription("Of the most of these bytes: innermost first.") List<Frame> stack,
      @JsonPropertyDescription("The same by who called the site.") List<Caller> callers) {}

  /** What was asked for at a site on behalf of one caller; those with the most bytes first. */
  public record Caller(
      @JsonPropertyDescription("How many blocks.") long blocks,
      @JsonPropertyDescription("Requested for them in all.") long bytes,
      @JsonPropertyDescription("Of the most of these bytes: innermost first.") List<Frame> stack) {}

  /** A function on a stack. */
  public record Frame(
      @JsonPropertyDescription("Its name, its address where it has none.") String function,
      @JsonPropertyDescription("FILE:LINE; empty where it is not known.") String place) {}

  /** What cannot be right. */
  public record Findings(
      @JsonPropertyDescription("How many there are.") long count,
      @JsonPropertyDescription("The first 1000 of them, in order.") List<Finding> events) {}

  /** Something that cannot be right. */
  public record Finding(
      ProgramHeap.Finding.Kind kind,
      @JsonPropertyDescription("The function of the heap in whose call it was seen.")
          String function,
      @JsonPropertyDescription("Of the block; 0 for none.") long address,
      @JsonPropertyDescription("Of the block; 0 where they are not known.") long bytes,
      @JsonPropertyDescription("From reset.") long cycle,
      @JsonPropertyDescription("What made the call, innermost first.") List<Frame> stack,
      @JsonPropertyDescription(
              "Of a double free that of the first free, of an overlap that of the block that lives"
                  + " there; null for none.")
          @Nullable List<Frame> other) {}

  static JsonProgramHeap of(ProgramHeap heap) {
    return new JsonProgramHeap(
        heap.name(),
        heap.title(),
        heap.functions(),
        heap.extent(),
        heap.threads(),
        uses(heap.atPeak()),
        uses(heap.churn()),
        uses(heap.refused()),
        uses(heap.leaks()),
        new Findings(
            heap.findings().count(),
            heap.findings().kept().stream().map(JsonProgramHeap::finding).toList()));
  }

  private static List<Use> uses(List<ProgramHeap.SiteUse> uses) {
    return uses.stream()
        .map(
            use ->
                new Use(
                    use.blocks(),
                    use.bytes(),
                    frames(use.site()),
                    use.callers().stream()
                        .map(one -> new Caller(one.blocks(), one.bytes(), frames(one.site())))
                        .toList()))
        .toList();
  }

  private static List<Frame> frames(ProgramHeap.Site site) {
    return site.stack().stream().map(frame -> new Frame(frame.function(), frame.place())).toList();
  }

  private static Finding finding(ProgramHeap.Finding finding) {
    ProgramHeap.Site other = finding.other();
    return new Finding(
        finding.kind(),
        finding.function(),
        finding.address(),
        finding.bytes(),
        finding.cycle(),
        frames(finding.site()),
        other == null ? null : frames(other));
  }
}
