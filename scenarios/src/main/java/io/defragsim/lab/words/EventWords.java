package io.defragsim.lab.words;

import io.defragsim.lab.recording.Account;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Fragmentation.Sample;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.lab.result.Pauses.Pause;
import io.defragsim.lab.result.Stalls.Stall;
import io.defragsim.words.Printable;
import io.defragsim.workload.Operation;
import io.defragsim.workload.TraceElement;
import io.defragsim.workload.trace.CallStack;
import io.defragsim.workload.trace.TraceLine;
import java.util.stream.Collectors;

/** What happened at one moment of a run, in words. */
public final class EventWords {
  /** So many frames of a stack are said. */
  private static final int MOST_FRAMES = 12;

  private EventWords() {}

  /**
   * What the program does, for example {@code alloc a (24 bytes)} or {@code the end of phase
   * "send"}.
   *
   * @param block what the block of the operation is called
   */
  public static String element(TraceElement element, String block) {
    StringBuilder words = new StringBuilder();
    element.accept(
        new TraceElement.Visitor() {
          @Override
          public void operation(Operation operation) {
            words.append(EventWords.operation(operation, block));
          }

          @Override
          public void phaseStart(String name) {
            words.append("the start of phase \"").append(name).append('"');
          }

          @Override
          public void phaseEnd(String name) {
            words.append("the end of phase \"").append(name).append('"');
          }
        });
    return words.toString();
  }

  /** The operation, for example {@code alloc a (24 bytes)}; empty before the first. */
  public static String operation(Account account) {
    Operation operation = account.operation();
    return operation == null ? "" : operation(operation, account.block());
  }

  private static String operation(Operation operation, String block) {
    return operation.kind().key()
        + " "
        + switch (operation.kind()) {
          case FREE, LOCK, UNLOCK, WRITE -> block;
          case ALLOC ->
              block
                  + " ("
                  + Numbers.count(operation.amount(), "byte")
                  + (operation.pinned() ? ", pinned)" : ")");
          case GROW, RESIZE -> block + " (to " + Numbers.count(operation.amount(), "byte") + ")";
          case STEP -> "at most " + Numbers.count(operation.amount(), "time");
          case WAIT -> Numbers.count(operation.amount(), "cycle");
        };
  }

  /**
   * A stack from the inside, for example {@code parse_value (cJSON.c:123), called from cJSON_Parse
   * (cJSON.c:400), main (main.c:12)}; of a deep one the innermost frames.
   */
  public static String stack(CallStack stack) {
    StringBuilder words = new StringBuilder(frame(stack.innermost()));
    String before = ", called from ";
    int said = 1;
    for (CallStack each = stack.caller(); each != null; each = each.caller()) {
      if (said++ == MOST_FRAMES) {
        return words.append(", and so on").toString();
      }
      words.append(before).append(frame(each.innermost()));
      before = ", ";
    }
    return words.toString();
  }

  private static String frame(TraceLine.Frame frame) {
    return Printable.of(frame.function())
        + (frame.place().isBlank() ? "" : " (" + Printable.of(frame.place()) + ")");
  }

  /** Why compaction ran and what it moved, for example {@code after a failure: moved 2 blocks}. */
  public static String pause(Pause pause) {
    return pause.cause().words()
        + ": "
        + (pause.blocksMoved() == 0
            ? "no block arrived"
            : "moved "
                + Numbers.count(pause.blocksMoved(), "block")
                + " ("
                + Numbers.count(pause.bytesMoved(), "byte")
                + ")")
        + answer(pause);
  }

  private static String answer(Pause pause) {
    if (pause.cause() == Cause.INSIDE_CALL) {
      return "";
    }
    if (pause.result() >= 0) {
      return pause.result() == 0 ? ", then nothing to do" : ", then more to do";
    }
    ContractError error = ContractError.of(pause.result());
    return ", then " + (error == null ? "error " + pause.result() : error.words());
  }

  /**
   * What a call that compacts did, for example {@code b (24 bytes) moved down by 8 bytes}.
   *
   * @param underWay whether a block is in two parts after it
   * @param from whether to say where blocks stood
   */
  public static String call(Call call, boolean underWay, boolean from) {
    ContractError error = call.error();
    if (!call.moves().isEmpty()) {
      return call.moves().stream().map(move -> move(move, from)).collect(Collectors.joining("; "));
    }
    if (error != null) {
      return "can do nothing: " + error.words();
    }
    if (underWay) {
      return "moved part of a block, which has not arrived yet";
    }
    return call.result() == 0 ? "found nothing to do" : "looked at the heap and moved nothing";
  }

  private static String move(Call.Move move, boolean from) {
    return move.block()
        + " ("
        + Numbers.count(move.bytes(), "byte")
        + ") moved "
        + (from ? "from " + Numbers.hex(move.from()) + " " : "")
        + (move.isDown() ? "down" : "up")
        + " by "
        + Numbers.count(move.distance(), "byte");
  }

  /** What a request waited for, for example {@code for 296 bytes: 7 steps, 640 bytes moved}. */
  public static String stall(Stall stall) {
    return "for "
        + Numbers.count(stall.requestedBytes(), "byte")
        + ": "
        + Numbers.count(stall.steps(), "step")
        + ", "
        + Numbers.count(stall.bytesMoved(), "byte")
        + " moved";
  }

  /** Why a request could not be served although there may be room; empty where that is no news. */
  public static String refusal(Failure failure) {
    String blocker = failure.blocker();
    if (blocker != null) {
      return "in the way: " + Printable.of(blocker);
    }
    return failure.catastrophic() ? "enough free, but in pieces" : "";
  }

  /** The same of a program's heap, of which is known what lies between its blocks. */
  public static String holes(Sample sample) {
    return Numbers.count(sample.freeBytes(), "byte")
        + " in holes, the largest "
        + Numbers.plain(sample.largestRequest());
  }

  /** The heap at a sample, for example {@code 1,853 bytes free, largest request 1,285}. */
  public static String free(Sample sample) {
    return Numbers.count(sample.freeBytes(), "byte")
        + " free, largest request "
        + Numbers.plain(sample.largestRequest());
  }
}
