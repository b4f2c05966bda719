package io.defragsim.report.text;

import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.Call.Function;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.workload.OperationKind;
import org.jspecify.annotations.Nullable;

/** An operation as far as it has gone, with the steps that a policy made after it. */
final class Told {
  private final long number;
  private final String words;
  private final Plot.Waiting waiting = new Plot.Waiting();
  private @Nullable OperationKind kind;
  private @Nullable Failure failure;
  private boolean skipped;
  private long cycles;
  private long otherSteps;
  private long otherBytes;
  private long compacted;

  Told(long number, String words) {
    this.number = number;
    this.words = words;
  }

  void called(Call call) {
    waiting.called(call);
    compacted += Plot.compacts(call) ? 1 : 0;
    long moved = call.moves().stream().mapToLong(Call.Move::bytes).sum();
    if (call.function() == Function.STEP && call.cause() != Cause.FAILURE) {
      otherSteps++;
      otherBytes += moved;
    } else if (kind == null) {
      cycles += call.cycles();
    }
  }

  void done(OperationKind what, @Nullable Failure why, boolean isSkipped) {
    kind = what;
    failure = why;
    skipped = isSkipped;
  }

  long number() {
    return number;
  }

  String words() {
    return words;
  }

  Plot.Waiting waiting() {
    return waiting;
  }

  /** Null while it is not over. */
  @Nullable OperationKind kind() {
    return kind;
  }

  @Nullable Failure failure() {
    return failure;
  }

  boolean isSkipped() {
    return skipped;
  }

  /** Steps that no request waited for. */
  long otherSteps() {
    return otherSteps;
  }

  /** What those moved. */
  long otherBytes() {
    return otherBytes;
  }

  /** Whether more happened than what it asks for: it was refused, had to wait, or others moved. */
  boolean isEventful() {
    return failure != null || waiting.steps() > 0 || compacted > 0;
  }

  /** What became of it, in a few words; of what went well its cycles, without other steps. */
  String outcome(Explanation of) {
    if (skipped) {
      return "skipped: never served";
    }
    Failure why = failure;
    if (why != null) {
      return "refused: " + why.error().words();
    }
    return cycles == 0 ? "" : of.cycles(cycles);
  }
}
