package io.defragsim.workload.trace;

import io.defragsim.emulator.file.FileTrouble;
import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.file.UnreadableFileException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a trace line by line, gzip or not, and holds it against the rules of the format. What it
 * keeps is what is alive and the frames of stacks, however long the trace is.
 */
public final class TraceReader implements Closeable {
  /** The most frames that a trace may have; so the numbers of frames end. */
  public static final int MOST_FRAMES = 1_000_000;

  /** The most phases that a trace may begin. */
  public static final int MOST_PHASES = 100_000;

  /** The most that one request may ask for. */
  public static final long MOST_BYTES = 0xFFFF_FFFFL;

  /** The longest time of one line, in cycles. */
  public static final long LONGEST_WAIT = 1L << 48;

  /** The largest alignment, in bytes. */
  public static final int LARGEST_ALIGN = 1 << 30;

  private static final int LONGEST_NAME = 200;

  /** The most characters that all frames may have together. */
  private static final int MOST_TEXT = 1 << 26;

  private static final String ALLOCATED = "a ID BYTES [align=N] [@N]";
  private static final String RESIZED = "r ID BYTES [@N]";
  private static final String FREED = "f ID";
  private static final String REFUSED = "x BYTES [@N]";
  private static final String LOCKED = "l ID";
  private static final String UNLOCKED = "u ID";
  private static final String WAITED = "w CYCLES";
  private static final String PHASE = "p NAME";
  private static final String FRAME = "s N PARENT<tab>FUNCTION<tab>FILE:LINE";

  private final String name;
  private final LineInput in;
  private final LineCursor cursor;

  /** A block that is alive. */
  private static final class Life {
    final int since;
    int locks;

    Life(int since) {
      this.since = since;
    }
  }

  private final Map<Integer, Life> alive = new HashMap<>();

  /** By number. */
  private @Nullable CallStack[] stacks = new CallStack[16];

  private int framesText;
  private int phases;
  private int line;
  private boolean begun;
  private boolean content;
  private boolean over;

  private TraceReader(InputStream in, String name) {
    this.name = name;
    this.in = new LineInput(in);
    this.cursor = new LineCursor(name);
  }

  /**
   * Opens a file.
   *
   * @throws UnreadableFileException if there is none that can be read
   */
  public static TraceReader open(Path file) throws UnreadableFileException {
    return of(InputKind.TRACE.open(file), String.valueOf(file.getFileName()));
  }

  /**
   * Of a stream, which {@link #close} closes.
   *
   * @param name what messages call it
   */
  public static TraceReader of(InputStream in, String name) {
    return new TraceReader(in, name);
  }

  /**
   * The next line that says something; null at the end.
   *
   * @throws TraceProblemException if a line is wrong; the next call goes on behind it, or gives
   *     null if nothing can be read behind it
   */
  public @Nullable TraceLine next() throws TraceProblemException {
    while (nextLine()) {
      cursor.goTo(in, line);
      try {
        check();
      } catch (TraceProblemException e) {
        takeOver();
        throw e;
      }
      byte first = cursor.peek();
      if (first != 0 && first != '#') {
        return line();
      }
    }
    return null;
  }

  /** Goes to the next line; false if there is none. */
  private boolean nextLine() throws TraceProblemException {
    if (over) {
      return false;
    }
    try {
      if (!begun) {
        begun = true;
        in.begin();
        checkBeginning();
      }
      if (line == Integer.MAX_VALUE) {
        throw whole(String.format(Locale.ROOT, "has more than %,d lines", Integer.MAX_VALUE));
      }
      over = !in.next();
      line++;
      return !over;
    } catch (EOFException e) {
      throw broken("the gzip file is cut off: what comes next is missing");
    } catch (ZipException e) {
      throw broken("the gzip file is damaged: " + FileTrouble.reason(e));
    } catch (IOException e) {
      throw broken("cannot be read: " + FileTrouble.reason(e));
    }
  }

  /** A problem behind what could be read last. */
  private TraceProblemException broken(String message) {
    over = true;
    line++;
    cursor.goTo(in, line);
    return cursor.problemAt(in.end(), message);
  }

  /**
   * Goes on to the end, whatever the lines say: what keeps the file from being read, null if
   * nothing.
   */
  @Nullable TraceProblemException damage() {
    try {
      while (nextLine()) {
        // only whether it comes counts
      }
      return null;
    } catch (TraceProblemException e) {
      return e;
    }
  }

  private TraceProblemException whole(String message) {
    over = true;
    return new TraceProblemException(name, 0, 0, message);
  }

  private void checkBeginning() throws TraceProblemException {
    if (in.beginsWith(0x7f, 'E', 'L', 'F')) {
      throw whole("is an ELF image, not a trace");
    }
    if (in.beginsWith(0xff, 0xfe) || in.beginsWith(0xfe, 0xff)) {
      throw whole("is in UTF-16: save it as UTF-8");
    }
    if (in.beginsWith(0x28, 0xb5, 0x2f, 0xfd)) {
      throw whole("is packed by zstd: unpack it, or pack it by gzip");
    }
    if (in.beginsWith(0xfd, '7', 'z', 'X')) {
      throw whole("is packed by xz: unpack it, or pack it by gzip");
    }
    if (in.beginsWith('P', 'K', 3, 4)) {
      throw whole("is a zip archive: unpack it, or pack it by gzip");
    }
  }

  /** A problem unless the line is a text that is not too long. */
  private void check() throws TraceProblemException {
    if (in.isTooLong()) {
      throw new TraceProblemException(
          name,
          line,
          1,
          String.format(Locale.ROOT, "the line has more than %,d bytes", LineInput.LONGEST));
    }
    if (!in.isAscii()) {
      cursor.checkText();
    }
    if (in.control() >= 0) {
      throw cursor.problemAt(
          in.control(),
          String.format(
              Locale.ROOT,
              "a control character, 0x%02x: a trace is text",
              in.bytes()[in.control()]));
    }
  }

  /** Takes what can be read of a line that is no text: lines behind it may name what it says. */
  private void takeOver() {
    if ("arflus".indexOf(cursor.peek()) >= 0) {
      try {
        line();
      } catch (TraceProblemException e) {
        // what is wrong with the line is known already
      }
    }
  }

  private TraceLine line() throws TraceProblemException {
    TraceLine read =
        switch (cursor.letter()) {
          case 'a' -> allocated();
          case 'r' -> resized();
          case 'f' -> freed();
          case 'x' -> refused();
          case 'l' -> locked();
          case 'u' -> unlocked();
          case 'w' -> waited();
          case 'p' -> phase();
          case 's' -> frame();
          default -> throw unknown();
        };
    content = true;
    return read;
  }

  private TraceProblemException unknown() {
    String word = cursor.quoted();
    if (!content && word.matches("\"[0-9]+\"") && cursor.isAtEnd()) {
      return whole(
          "looks like a .rep file of malloclab, which begins with four lines of a number each:"
              + " without these it is a trace");
    }
    if (!content && (word.startsWith("\"{") || word.startsWith("\"["))) {
      return whole("looks like JSON, not like a trace");
    }
    return cursor.problem(
        word + " begins no line of a trace: expected a, r, f, x, l, u, w, p, s or #");
  }

  private TraceLine allocated() throws TraceProblemException {
    int id = id(ALLOCATED);
    Life life = alive.putIfAbsent(id, new Life(line));
    if (life != null) {
      throw cursor.problem(
          String.format(Locale.ROOT, "id %d is alive already, since line %d", id, life.since));
    }
    long bytes = bytes(ALLOCATED);
    int align = TraceLine.Allocated.USUAL_ALIGN;
    if (cursor.skip("align=")) {
      align = (int) cursor.digits("align", 1, LARGEST_ALIGN, ALLOCATED);
      if (Integer.bitCount(align) != 1) {
        throw cursor.problem("align " + align + " is no power of two");
      }
    }
    return new TraceLine.Allocated(id, bytes, align, stack(ALLOCATED));
  }

  private TraceLine resized() throws TraceProblemException {
    int id = id(RESIZED);
    checkUnlocked(id, alive(id));
    return new TraceLine.Resized(id, bytes(RESIZED), stack(RESIZED));
  }

  private TraceLine freed() throws TraceProblemException {
    int id = id(FREED);
    Life life = alive(id);
    alive.remove(id);
    checkUnlocked(id, life);
    cursor.end(FREED);
    return new TraceLine.Freed(id);
  }

  private TraceLine refused() throws TraceProblemException {
    return new TraceLine.Refused(bytes(REFUSED), stack(REFUSED));
  }

  private TraceLine locked() throws TraceProblemException {
    int id = id(LOCKED);
    alive(id).locks++;
    cursor.end(LOCKED);
    return new TraceLine.Locked(id);
  }

  private TraceLine unlocked() throws TraceProblemException {
    int id = id(UNLOCKED);
    Life life = alive(id);
    if (life.locks == 0) {
      throw cursor.problem("id " + id + " is not locked");
    }
    life.locks--;
    cursor.end(UNLOCKED);
    return new TraceLine.Unlocked(id);
  }

  private TraceLine waited() throws TraceProblemException {
    long cycles = cursor.number("CYCLES", 1, LONGEST_WAIT, WAITED);
    cursor.end(WAITED);
    return new TraceLine.Waited(cycles);
  }

  private TraceLine phase() throws TraceProblemException {
    String phase = cursor.rest();
    if (phase.isBlank()) {
      throw cursor.problem("NAME is missing: expected " + PHASE);
    }
    if (phase.length() > LONGEST_NAME) {
      throw cursor.problem("the name of a phase has at most " + LONGEST_NAME + " characters");
    }
    if (++phases > MOST_PHASES) {
      throw cursor.problem("too many phases: at most " + MOST_PHASES);
    }
    return new TraceLine.Phase(phase);
  }

  private TraceLine frame() throws TraceProblemException {
    int number = (int) cursor.number("N", 1, MOST_FRAMES, FRAME);
    if (stackOf(number) != null) {
      throw cursor.problem("frame " + number + " has been said before");
    }
    CallStack stack = new CallStack(new TraceLine.Frame(number, 0, "?", ""), null);
    try {
      stack = called(number);
      return stack.innermost();
    } finally {
      // Also a wrong one is said: what names it has no problem of its own.
      if (number >= stacks.length) {
        stacks = Arrays.copyOf(stacks, Math.max(number + 1, 2 * stacks.length));
      }
      stacks[number] = stack;
    }
  }

  /** The frame of that number behind its caller. */
  private CallStack called(int number) throws TraceProblemException {
    int parent = (int) cursor.number("PARENT", 0, MOST_FRAMES, FRAME);
    CallStack caller = stackOf(parent);
    if (parent != 0 && caller == null) {
      throw cursor.problem("the parent, frame " + parent + ", has not been said before");
    }
    String function = cursor.column();
    if (function == null || function.isBlank()) {
      throw cursor.problem("FUNCTION is missing behind a tab: expected " + FRAME);
    }
    String place = cursor.column();
    if (place == null) {
      throw cursor.problem(
          "FILE:LINE, which may be empty, is missing behind a tab: expected " + FRAME);
    }
    cursor.end(FRAME);
    framesText += function.length() + place.length();
    if (framesText > MOST_TEXT) {
      over = true;
      throw cursor.problem(
          "the frames have more than " + MOST_TEXT + " characters together: at most so many");
    }
    return new CallStack(new TraceLine.Frame(number, parent, function, place), caller);
  }

  private int id(String grammar) throws TraceProblemException {
    return (int) cursor.number("ID", 0, Integer.MAX_VALUE, grammar);
  }

  private long bytes(String grammar) throws TraceProblemException {
    return cursor.number("BYTES", 0, MOST_BYTES, grammar);
  }

  /** The stack at the end of the line, if one is named. */
  private int stack(String grammar) throws TraceProblemException {
    int number = TraceLine.NO_STACK;
    if (cursor.skip("@")) {
      number = (int) cursor.digits("N", 1, MOST_FRAMES, grammar);
      if (stackOf(number) == null) {
        throw cursor.problem("frame " + number + " has not been said before");
      }
    }
    cursor.end(grammar);
    return number;
  }

  private Life alive(int id) throws TraceProblemException {
    Life life = alive.get(id);
    if (life == null) {
      throw cursor.problem("id " + id + " is not alive");
    }
    return life;
  }

  private void checkUnlocked(int id, Life life) throws TraceProblemException {
    if (life.locks > 0) {
      throw cursor.problem("id " + id + " is locked: expected an unlock before");
    }
  }

  /** The stack whose innermost frame has that number; null if no line so far has said it. */
  public @Nullable CallStack stackOf(int number) {
    return number >= 0 && number < stacks.length ? stacks[number] : null;
  }

  /**
   * The frame of that number.
   *
   * @throws IllegalArgumentException if no line so far has said it
   */
  public TraceLine.Frame frame(int number) {
    CallStack stack = stackOf(number);
    if (stack == null) {
      throw new IllegalArgumentException("no frame " + number);
    }
    return stack.innermost();
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      over = true; // nothing is lost with a file that was only read
    }
  }
}
