package io.defragsim.lab.image;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.result.ContractFunction;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the image contract demands of an image: each rule once, in words, in the order in which a
 * run comes to it. Whatever checks a rule names it, so that who breaks it is told which.
 *
 * <p>Two more rules are the part's own, and a breach is a fault with a name: R4 to R11, SP, PRIMASK
 * and CONTROL come back as they were ({@code CALLING_CONVENTION}), and the word at the bottom of
 * the stack reserve is never written to ({@code STACK_OVERFLOW}).
 */
public enum ContractRule {
  // ---- When the image is loaded: what breaks these is no allocator image. ----
  SYMBOLS("an allocator image has the constants and functions that are not optional"),
  VERSION(ImageContract.CONTRACT + " is " + ImageContract.VERSION),
  FEATURES(
      ImageContract.FEATURES
          + " is a sum of 1, 2, 4 and 8; with 1 there is "
          + ContractFunction.STEP),
  POINTERS(
      ImageContract.POINTERS
          + " is the bytes of an entry of the glue's table, 0 to "
          + ImageContract.MOST_POINTER_BYTES),
  GUARANTEE(
      ImageContract.GUARANTEE
          + " begins with its version, "
          + Guarantee.VERSION
          + ", and its number of words, "
          + Guarantee.WORDS
          + "; the others are above 0, but for passes and a patience that is fixed"),
  IN_MEMORY("constants, aligned to 4, and functions stand in what the image's segments load"),

  // ---- At the start. ----
  PARKS("from reset the image runs to bkpt #0, with SP in SRAM"),
  INIT(
      ContractFunction.INIT,
      "answers 0; with an error it refuses the pool: give it more bytes or fewer handles"),
  KEEP_READY(
      ContractFunction.KEEP_READY,
      "answers 0; with an error it refuses the hole: ask for a smaller one by \"ready\""),

  // ---- At every call. ----
  ERRORS("an error is one of -1 to -12"),
  SOUND_HEAP("an image never finds its heap corrupted"),

  // ---- What the calls of a program answer. ----
  ALLOC(
      ContractFunction.ALLOC,
      "answers a handle above 0, which no live block has, or an error from -1 to -5"),
  FREE(ContractFunction.FREE, "answers 0, or -8 where blocks move"),
  LOCK(
      ContractFunction.LOCK,
      "answers where the block is, or -8 where blocks move, or -10 for one more lock"),
  UNLOCK(ContractFunction.UNLOCK, "answers 0"),
  RESIZE(
      ContractFunction.RESIZE,
      "answers 0, or an error of "
          + ContractFunction.ALLOC
          + "'s but for -4, or -8 where blocks move"),
  STEP(ContractFunction.STEP, "answers 1, 0 or an error"),

  // ---- Where blocks are and what they hold. ----
  PLACE("a block stands inside the pool, aligned to 8, and overlaps no other"),
  STAYS("a block moves only in calls that may move it, and never while it is locked or pinned"),
  CONTENT("a block keeps every byte until the program writes to it"),
  WHOLE("a block is in two parts only while a move goes on"),

  // ---- Every 1000 operations and at the end: what the image says of its heap. ----
  OWN_MEMORY("an image writes to its data, its pool and its stack only"),
  FREE_BYTES(
      ContractFunction.FREE_BYTES,
      "is at most the pool less what is alive, and no larger request is served"),
  CHECK(ContractFunction.CHECK, "answers 0"),
  BLOCKER(ContractFunction.BLOCKER, "answers 0 or the handle of a live block"),
  LOCKS_ENFORCED("with feature 4 a locked block is not freed, and no unlock is one too many"),
  STALE_HANDLES("with feature 8 a handle is refused once its block was freed"),
  WALK(ContractFunction.WALK, "answers how many records it wrote, each of a kind that there is"),
  WALK_LENGTH("a walk has at most a record for each 8 bytes of the pool, and its lists as many"),
  WALK_ORDER("a walk's blocks and holes lie inside the pool, one above the other, none empty"),
  WALK_BLOCKS("a walk has each live block once, with its handle, around its payload"),
  WALK_LOCKS("with feature 4 a walk has as locked what is locked"),
  WALK_LISTS("a walk's lists are numbered below 4096 and have holes of the heap, each once");

  private final @Nullable ContractFunction function;
  private final String words;

  ContractRule(String words) {
    this.function = null;
    this.words = words;
  }

  /** One of what a function answers. */
  ContractRule(ContractFunction function, String words) {
    this.function = function;
    this.words = function + " " + words;
  }

  /**
   * Ends the run.
   *
   * @param what who did what, block and addresses included, with a place for each argument as in
   *     {@link String#format}
   */
  @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library of its own
  public RunStopped broken(String what, Object... arguments) {
    return RunStopped.violation(
        String.format(Locale.ROOT, what, arguments) + "; the contract: " + words);
  }

  /**
   * Ends the run in a call of {@code function}.
   *
   * @param what what it did, its name left out: as {@code " answered %d"}
   */
  @SuppressWarnings("AnnotateFormatMethod")
  public RunStopped broken(ContractFunction function, String what, Object... arguments) {
    return broken(function + what, arguments).in(function);
  }

  /** Ends the run in a call of the function that this rule is of. */
  public RunStopped answered(Object of, Object answer) {
    return broken(Objects.requireNonNull(function, words), " of %s answered %s", of, answer);
  }

  /** Refuses an image before it runs. */
  ImageRejectedException refused(FirmwareImage image, String why) {
    return new ImageRejectedException(
        image.name() + " is no allocator image: " + why + "; the contract: " + words);
  }
}
