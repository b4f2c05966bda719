package io.defragsim.report.section;

import io.defragsim.emulator.McuConfig;
import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.Certificate.Wait;
import io.defragsim.lab.guarantee.CertifiedPool;
import io.defragsim.lab.guarantee.OtherAllocator;
import io.defragsim.lab.guarantee.OtherAllocator.Claim;
import io.defragsim.lab.guarantee.ProgramContract;
import io.defragsim.lab.guarantee.Question;
import io.defragsim.lab.guarantee.check.Checked;
import io.defragsim.lab.image.Guarantee;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.Guaranteed;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Chart;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.OutcomeLine;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Report.Head;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import io.defragsim.words.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is certified of an image, found in a run, and cited of others, each under its name. */
public final class GuaranteeReport {
  private static final String CERTIFIED = "certified";
  private static final String FOUND = "found";

  /** Locked blocks at the end of the curve, at least. */
  private static final int MOST_LOCKED = 8;

  /** Points of the curve of waits, up to a pool that is twice as large. */
  private static final int POINTS = 40;

  private final Guaranteed guaranteed;
  private final Certificate certificate;
  private final Question question;
  private final ProgramContract contract;

  private GuaranteeReport(Guaranteed guaranteed) {
    this.guaranteed = guaranteed;
    this.certificate = guaranteed.certificate();
    this.question = certificate.question();
    this.contract = question.contract();
  }

  /** All that is known; the outcomes say whether pool and waits are as they should be. */
  public static Report of(Guaranteed guaranteed) {
    GuaranteeReport report = new GuaranteeReport(guaranteed);
    List<Section> details = new ArrayList<>();
    details.add(report.memory());
    details.add(report.others());
    details.add(report.waits());
    report.found(details);
    Checked checked = guaranteed.checked();
    if (checked != null) {
      details.add(CheckSection.of(checked));
    }
    details.add(report.notCovered());
    return new Report(
        new Head(
            guaranteed.title().isEmpty() ? "Guarantee" : "Guarantee for " + guaranteed.title(),
            "",
            guaranteed.producer(),
            report.description()),
        List.of(SubjectSection.of(report.subject())),
        details,
        List.of(),
        report.outcomes(),
        "");
  }

  private String description() {
    return "Certified is what is proved for this image, for every program within the contract. Found"
        + " is what was run. Cited is a theorem of others.";
  }

  private Facts subject() {
    McuConfig part = certificate.part();
    Facts facts =
        new Facts()
            .add("image", RunWords.image(certificate.image(), certificate.sha256()))
            .add(
                "proof",
                "docs/design/guarantee.md and waiting.md, with the constants that the image exports")
            .add("contract", contractWords() + guaranteed.from())
            .add("part", RunWords.part(part))
            .add("cycles", part.cycleModel() + ", the static bounds of each call");
    guaranteed.notes().forEach(note -> facts.add("note", note));
    if (!part.zeroWaitStates()) {
      facts.add(
          "note",
          "flash wait states are not counted, and this part needs them at its clock: cycles and times"
              + " are at zero wait states");
    }
    return facts;
  }

  private String contractWords() {
    return String.format(
        Locale.ROOT,
        "at most %s alive at once, in at most %s of %s to %s, at most %s locked or pinned%s",
        Numbers.count(contract.alive(), "byte"),
        Numbers.count(contract.blocks(), "block"),
        Numbers.plain((long) contract.smallest()),
        Numbers.count(contract.largest(), "byte"),
        Numbers.plain((long) contract.locked()),
        contract.grows()
            ? "; a resize may make a block larger"
            : "; no resize makes a block larger");
  }

  private Section memory() {
    Table table = new Table("<|pool|with table|<|<");
    pool(table, "every request is served in", certificate.pool().bytes(), CERTIFIED, null);
    if (question.pool() != null) {
      pool(
          table,
          "yours",
          question.pool(),
          "",
          certificate.holds()
              ? Cell.of("holds", Tone.GOOD)
              : Cell.of(
                  Numbers.plain(certificate.pool().bytes() - question.pool()) + " too few",
                  guaranteed.poolIsGate() ? Tone.BAD : Tone.WARN));
    }
    if (certificate.oneLockLess() != null) {
      pool(table, "with one lock less", certificate.oneLockLess().bytes(), CERTIFIED, null);
    }
    if (certificate.growing() != null) {
      pool(table, "if resizes make blocks larger", certificate.growing().bytes(), CERTIFIED, null);
    }
    List<Part> parts = new ArrayList<>(List.of(table, new Sentence(whatDecides())));
    parts.add(new Sentence(leastWords()));
    parts.add(poolByLocked());
    return new Section("memory", "How much memory", "bytes", false, parts);
  }

  private Chart poolByLocked() {
    int most = Math.min(contract.blocks(), Math.max(MOST_LOCKED, 2 * contract.locked()));
    List<Chart.Point> points = new ArrayList<>();
    for (int locked = 0; locked <= most; locked++) {
      long bytes = certificate.withLocked(locked).bytes();
      points.add(
          new Chart.Point(
              locked,
              bytes,
              Numbers.count(locked, "locked block") + ": " + Numbers.count(bytes, "byte")));
    }
    return new Chart.Curve(
        "The certified pool, in bytes, by blocks that are locked at once", points);
  }

  private Chart waitByPool() {
    long least = Math.min(certificate.pool().bytes(), certificate.poolInUse());
    long granule = certificate.constants().granule();
    List<Chart.Point> points = new ArrayList<>();
    for (int i = 0; i <= POINTS; i++) {
      long bytes = (least + least * i / POINTS) / granule * granule;
      Wait wait = certificate.ofSteps(certificate.in(bytes).alone());
      points.add(
          new Chart.Point(
              bytes,
              wait.cycles(),
              Numbers.count(bytes, "byte")
                  + ": "
                  + Numbers.count(wait.steps(), "step")
                  + ", "
                  + Numbers.count(wait.cycles(), "cycle")));
    }
    return new Chart.Curve(
        "The longest wait if the program only steps, in cycles, by the pool in bytes", points);
  }

  private void pool(Table table, String what, long bytes, String kind, @Nullable Cell verdict) {
    table.row(what, bytes, bytes + certificate.tableBytes(), kind, verdict == null ? "" : verdict);
  }

  private String whatDecides() {
    CertifiedPool pool = certificate.pool();
    long request = largestOf(pool.deciding());
    if (pool.obstacles() == 0 && !contract.grows()) {
      return "what decides: all that is alive, and one request for "
          + Numbers.count(request, "byte")
          + " of it";
    }
    int stretches =
        pool.obstacles() + 1 + (contract.grows() && request > contract.smallest() ? 1 : 0);
    String dividing =
        Numbers.count(pool.obstacles(), "locked block")
            + (stretches > pool.obstacles() + 1
                ? " and the block that grows leave "
                : pool.obstacles() == 1 ? " leaves " : " leave ");
    return "what decides: "
        + Numbers.count(request, "byte")
        + " are asked for while "
        + dividing
        + Numbers.count((pool.deciding() - 1L) * certificate.constants().granule(), "byte")
        + " free in each of "
        + stretches
        + " stretches";
  }

  /** The most bytes that take so many granules, and that the program may ask for. */
  private long largestOf(int granules) {
    Guarantee constants = certificate.constants();
    return Math.min(contract.largest(), (long) granules * constants.granule() - constants.header());
  }

  private String leastWords() {
    if (certificate.pool().least()) {
      return "8 bytes less are not enough: there is a program within the contract that is refused then";
    }
    return "a smaller pool may be enough: the program that proves the opposite "
        + (contract.grows()
            ? "is not known for blocks that grow"
            : certificate.resizes()
                ? "has no room in this contract"
                : "resizes blocks, and this image cannot");
  }

  private Section others() {
    Table table = new Table("<|bytes|<|<|+<where it stands");
    for (OtherAllocator other : certificate.others()) {
      table.row(
          other.name(),
          other.bytes(),
          other.claim() == Claim.SURE_WITH ? "always enough" : "needs at least that",
          "cited: " + other.author(),
          other.source());
    }
    return new Section(
        "others",
        "What others need to be as sure",
        "bytes for blocks; headers and rounding as here",
        table);
  }

  private Section waits() {
    Table table = new Table("<|steps|cycles|time|<");
    int calls = question.calls();
    wait(table, "only steps, nothing else pending", certificate.alone());
    wait(table, "only steps, others were refused", certificate.fromAnyState());
    if (calls > 0) {
      wait(
          table, "with " + Numbers.count(calls, "other call") + " a step", certificate.withCalls());
    }
    if (question.larger() > 0) {
      wait(
          table,
          "and " + Numbers.plain((long) question.larger()) + " larger ones served first",
          certificate.withLarger(question.larger()));
    }
    wait(
        table,
        "only steps, in " + Numbers.plain(certificate.largerPool()) + " bytes",
        certificate.aloneInLargerPool());
    List<Part> parts = new ArrayList<>(List.of(table));
    if (!certificate.holds()) {
      parts.add(
          new Sentence(
              "in "
                  + Numbers.count(certificate.poolInUse(), "byte")
                  + " the answer may be that the request is blocked"));
    }
    if (calls > 0) {
      parts.add(
          new Sentence(
              Numbers.count(certificate.withCalls().ofCalls(), "cycle")
                  + " of that are in the other calls"
                  + (question.resizes() ? "" : ", with no resize among them")
                  + ", each as long as the longest "
                  + certificate.cycles().longest().kind().key()
                  + ", "
                  + Numbers.count(certificate.cycles().between(), "cycle")));
    }
    parts.add(
        new Sentence(
            "a lock may be answered \"moving\" for at most "
                + Numbers.count(certificate.waits().moving(), "step")
                + ": "
                + Numbers.count(contract.largest(), "byte")
                + ", "
                + Numbers.plain((long) question.budget())
                + " a step"));
    if (question.larger() == 0) {
      parts.add(
          new Sentence(
              "each larger request that is granted meanwhile adds at most one such wait, from any"
                  + " state (--larger counts them)"));
    }
    parts.add(waitByPool());
    return new Section(
        "waits",
        "The longest wait, from the refusal to the answer",
        "a step takes at most "
            + Numbers.count(certificate.cycles().step(), "cycle")
            + ", asking again at most "
            + Numbers.plain(certificate.cycles().again()),
        false,
        parts);
  }

  private void wait(Table table, String when, Wait wait) {
    table.row(
        when,
        wait.steps(),
        wait.cycles(),
        Numbers.time(wait.cycles(), certificate.part().clockHz()),
        CERTIFIED);
  }

  /** How far a run stayed below what is certified. */
  private void found(List<Section> sections) {
    RunResult run = guaranteed.run();
    if (run == null) {
      return;
    }
    Long steps = run.stalls().steps().max();
    Table table = new Table("<|found|certified|<");
    table.row(
        "longest stall, steps",
        steps == null ? 0L : steps,
        certificate.fromAnyState().steps(),
        "on " + run.subject().image().name() + ", its own policy");
    long refused = run.failures().count();
    String unlike =
        guaranteed.poolIsGate()
            ? "the run has its own pool"
            : !certificate.holds()
                ? "the pool is not certified"
                : guaranteed.steps() ? "" : "it does not step until it is served";
    boolean promised = unlike.isEmpty();
    table.row(
        "requests refused in the end",
        refused,
        promised ? (Long) 0L : null,
        promised && refused > 0 ? Cell.of("MORE THAN CERTIFIED", Tone.BAD) : unlike);
    sections.add(new Section(FOUND, "What the scenario's own run found", "not a promise", table));
  }

  private Section notCovered() {
    List<Part> parts = new ArrayList<>();
    if (guaranteed.pinnedWhileLocked() > 0) {
      parts.add(
          new Sentence(
              Numbers.count(guaranteed.pinnedWhileLocked(), "request")
                  + " of this scenario for a pinned block, made while another block is locked: such a"
                  + " request may be refused in any pool",
              Tone.WARN));
    }
    parts.add(
        new Sentence(
            "requests whose program does not step until they are served; requests for pinned blocks while a block that is not pinned is locked; others wait one"
                + " such wait longer for each pinned block that is freed meanwhile"));
    parts.add(
        new Sentence(
            "locks beyond the contract, also one that a handler holds over a step, or that begins when"
                + " another one has ended while the request waits: each adds at most one wait, if its"
                + " owner asks again"));
    parts.add(
        new Sentence(
            "several tasks that wait at once: each larger request that is granted to another counts as"
                + " one of --larger"));
    parts.add(
        new Sentence(
            "work for a hole that is kept ready, which may begin before an answer; cycles of interrupts,"
                + " of the program itself, and of flash wait states"));
    parts.add(
        new Sentence("programs that write outside their blocks, or break the contract above"));
    return new Section("not-covered", "Not covered", "", false, parts);
  }

  private List<OutcomeLine> outcomes() {
    List<OutcomeLine> outcomes = new ArrayList<>(List.of(memoryOutcome(), waitOutcome()));
    Checked checked = guaranteed.checked();
    if (checked != null) {
      outcomes.add(
          new OutcomeLine(
              Printable.of(certificate.image())
                  + (checked.holds()
                      ? ": found: nothing that the certificate excludes"
                      : ": found: the image does what the certificate excludes, so its constants are"
                          + " wrong"),
              Tone.of(checked.holds())));
    }
    return outcomes;
  }

  private OutcomeLine memoryOutcome() {
    String image = Printable.of(certificate.image());
    long bytes = certificate.pool().bytes();
    if (question.pool() == null) {
      return new OutcomeLine(
          image
              + ": certified: a pool of "
              + Numbers.count(bytes, "byte")
              + " serves every request",
          Tone.GOOD);
    }
    long spare = question.pool() - bytes;
    if (certificate.holds()) {
      return new OutcomeLine(
          image
              + ": certified: the pool of "
              + Numbers.count(question.pool(), "byte")
              + " serves every request"
              + (spare == 0 ? "" : "; " + Numbers.plain(spare) + " fewer would do, too"),
          Tone.GOOD);
    }
    return new OutcomeLine(
        image
            + ": not certified: the pool of "
            + Numbers.count(question.pool(), "byte")
            + " is "
            + Numbers.count(-spare, "byte")
            + " too small",
        guaranteed.poolIsGate() ? Tone.BAD : Tone.WARN);
  }

  private OutcomeLine waitOutcome() {
    Wait longest = certificate.longest();
    long clock = certificate.part().clockHz();
    String wait =
        String.format(
            Locale.ROOT,
            "%s: certified: the longest wait%s is %s, %s (%s)",
            Printable.of(certificate.image()),
            certificate.holds() ? "" : " until served or blocked",
            Numbers.count(longest.steps(), "step"),
            Numbers.count(longest.cycles(), "cycle"),
            Numbers.time(longest.cycles(), clock));
    Long limit = guaranteed.longestWait();
    if (limit == null) {
      return new OutcomeLine(wait, certificate.holds() ? Tone.GOOD : Tone.WARN);
    }
    return new OutcomeLine(
        wait
            + (guaranteed.tooLong() ? ", above the limit of " : ", limit ")
            + Numbers.time(limit, clock),
        Tone.of(!guaranteed.tooLong()));
  }
}
