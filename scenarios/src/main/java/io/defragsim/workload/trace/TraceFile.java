package io.defragsim.workload.trace;

import io.defragsim.emulator.file.UnreadableFileException;
import java.io.File;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A trace file that has been read through once, and what it comes to.
 *
 * @param operations that a replay makes of it: one a line, two of a refused request, none of one
 *     that no heap could serve
 * @param waited cycles of all its waits; Long.MAX_VALUE for more than that
 * @param refused requests that the program was refused and a replay asks for
 * @param leftOut those that no heap could serve
 * @param aligned blocks whose alignment a replay makes room for, because images align to 8
 */
public record TraceFile(
    Path path,
    Version version,
    long operations,
    long waited,
    long refused,
    long leftOut,
    long aligned) {

  /**
   * What tells a file from one that was written over it.
   *
   * @param bytes 0 if there is no file
   * @param modified in milliseconds
   */
  public record Version(long bytes, long modified) {
    private static Version of(Path path) {
      File file = path.toFile();
      return new Version(file.length(), file.lastModified());
    }
  }

  /**
   * Reads a file through.
   *
   * @param problems told of each line that is wrong; of nothing else if the file is damaged,
   *     because then any line may be
   * @throws UnreadableFileException if there is none that can be read
   */
  public static TraceFile check(Path file, Consumer<TraceProblemException> problems)
      throws UnreadableFileException {
    Totals totals = new Totals();
    boolean sound = true;
    try (TraceReader reader = TraceReader.open(file)) {
      Version version = Version.of(file);
      while (true) {
        try {
          TraceLine line = reader.next();
          if (line == null) {
            return totals.of(file, version);
          }
          line.accept(totals);
        } catch (TraceProblemException e) {
          TraceProblemException damage = sound ? damage(file) : null;
          problems.accept(damage == null ? e : damage);
          if (damage != null) {
            return totals.of(file, version);
          }
          sound = false;
        }
      }
    }
  }

  private static @Nullable TraceProblemException damage(Path file) throws UnreadableFileException {
    try (TraceReader reader = TraceReader.open(file)) {
      return reader.damage();
    }
  }

  /**
   * Opens it again.
   *
   * @throws TraceChangedException if it is not what it was
   */
  public TraceReader open() {
    checkUnchanged();
    try {
      return TraceReader.open(path);
    } catch (UnreadableFileException e) {
      throw changed();
    }
  }

  /**
   * Looks whether it is what it was.
   *
   * @throws TraceChangedException if it is not
   */
  public void checkUnchanged() {
    if (!Version.of(path).equals(version)) {
      throw changed();
    }
  }

  /** To be thrown where something shows that it is not what it was. */
  public TraceChangedException changed() {
    return new TraceChangedException(String.valueOf(path.getFileName()));
  }

  private static final class Totals implements TraceLine.Visitor {
    private long operations;
    private long waited;
    private long refused;
    private long leftOut;
    private long aligned;

    private TraceFile of(Path file, Version version) {
      return new TraceFile(file, version, operations, waited, refused, leftOut, aligned);
    }

    @Override
    public void allocated(TraceLine.Allocated line) {
      operations++;
      aligned += line.roomToAlign() > 0 ? 1 : 0;
    }

    @Override
    public void resized(TraceLine.Resized line) {
      operations++;
    }

    @Override
    public void freed(TraceLine.Freed line) {
      operations++;
    }

    @Override
    public void refused(TraceLine.Refused line) {
      if (line.isReplayed()) {
        operations += 2;
        refused++;
      } else {
        leftOut++;
      }
    }

    @Override
    public void locked(TraceLine.Locked line) {
      operations++;
    }

    @Override
    public void unlocked(TraceLine.Unlocked line) {
      operations++;
    }

    @Override
    public void waited(TraceLine.Waited line) {
      operations++;
      long sum = waited + line.cycles();
      waited = sum < 0 ? Long.MAX_VALUE : sum;
    }
  }
}
