package io.defragsim.emulator.exec;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.Memory;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves the calls that a program makes to its debugger by {@code BKPT 0xAB}: the operation in R0,
 * its argument or the address of its parameters in R1, the result in R0 (Arm, "Semihosting for
 * AArch32 and AArch64"). Calls cost no cycles.
 *
 * <p>A program reaches its console and the emulated time, nothing else of the host: of files only
 * {@code :tt} and {@code :semihosting-features} open. Time counts emulated cycles from reset, which
 * is the beginning of 1970.
 *
 * <p>Since a call costs no cycles, no budget ends what it takes of the host. So what it prints is
 * limited, what is read in one call and what is remembered of refused calls.
 */
final class Semihosting {
  /** The number in the BKPT. */
  static final int IMMEDIATE = 0xAB;

  private static final int OPEN = 0x01;
  private static final int CLOSE = 0x02;
  private static final int WRITEC = 0x03;
  private static final int WRITE0 = 0x04;
  private static final int WRITE = 0x05;
  private static final int READ = 0x06;
  private static final int READC = 0x07;
  private static final int ISERROR = 0x08;
  private static final int ISTTY = 0x09;
  private static final int SEEK = 0x0A;
  private static final int FLEN = 0x0C;
  private static final int TMPNAM = 0x0D;
  private static final int REMOVE = 0x0E;
  private static final int RENAME = 0x0F;
  private static final int CLOCK = 0x10;
  private static final int TIME = 0x11;
  private static final int SYSTEM = 0x12;
  private static final int ERRNO = 0x13;
  private static final int GET_CMDLINE = 0x15;
  private static final int HEAPINFO = 0x16;
  private static final int EXIT = 0x18;
  private static final int EXIT_EXTENDED = 0x20;
  private static final int ELAPSED = 0x30;
  private static final int TICKFREQ = 0x31;

  /** ADP_Stopped_ApplicationExit. */
  private static final int ORDINARY_EXIT = 0x20026;

  private static final int NO_ENTRY = 2; // ENOENT
  private static final int BAD_FILE = 9; // EBADF
  private static final int INVALID = 22; // EINVAL
  private static final int TOO_MANY_FILES = 24; // EMFILE
  private static final int NO_SEEK = 29; // ESPIPE
  private static final int NOT_SUPPORTED = 95; // EOPNOTSUPP

  private static final int OPEN_WRITE = 4; // modes 4 to 7 write, 8 to 11 append, below 4 read
  private static final int OPEN_APPEND = 8;
  private static final int OPEN_MODES = 12;

  /** Longer than the name of any file that opens; of others so much is told. */
  private static final int LONGEST_NAME = 64;

  private static final int MOST_FILES = 256;

  /** Of calls that were refused, so many different ones are told. */
  private static final int MOST_REFUSED = 16;

  /** The most bytes that one call reads; a program asks again for more. */
  private static final int MOST_READ = 64 << 10;

  private static final int PIECE = 4096; // of output

  /** SH_EXT_EXIT_EXTENDED and SH_EXT_STDOUT_STDERR behind the magic number. */
  private static final byte[] FEATURES = {'S', 'H', 'F', 'B', 3};

  private enum File {
    INPUT,
    OUTPUT,
    ERROR,
    FEATURES
  }

  private final Memory memory;
  private final long vectors;
  private final Console console;
  private final String commandLine;
  private final long clockHz;
  private final List<@Nullable File> files = new ArrayList<>(); // handle - 1
  private final List<Integer> positions = new ArrayList<>(); // in FEATURES
  private final Set<String> refused = new LinkedHashSet<>();
  private long refusedMore;
  private long outputLeft;
  private boolean full;
  private boolean inputGiven;
  private boolean inputMissing;
  private int errno;

  /**
   * @param memory the program's, which parameters are read from and results written to
   * @param vectors where its first vector table is
   * @param commandLine what SYS_GET_CMDLINE gives
   * @param mostOutput bytes that the program may write
   */
  Semihosting(
      Memory memory,
      long vectors,
      Console console,
      String commandLine,
      long clockHz,
      long mostOutput) {
    this.memory = memory;
    this.vectors = vectors;
    this.console = console;
    this.commandLine = commandLine;
    this.clockHz = clockHz;
    outputLeft = mostOutput;
  }

  /** The calls that were not served, each once, in words; the first {@value #MOST_REFUSED}. */
  List<String> refused() {
    return List.copyOf(refused);
  }

  /** How many calls were not served that {@link #refused} does not name. */
  long refusedMore() {
    return refusedMore;
  }

  /** Whether the program wrote more than it may. What it may was passed on. */
  boolean full() {
    return full;
  }

  /** Whether the program read input, and there was none at all. */
  boolean inputMissing() {
    return inputMissing;
  }

  /**
   * Serves the call that {@code core} makes, and puts its result into R0.
   *
   * @param cycles since reset
   * @return how the program ended, null if it goes on
   * @throws AccessFault if the parameters are not in its memory
   */
  Ending.@Nullable Exited serve(CoreState core, long cycles) throws AccessFault {
    int operation = core.register(0);
    int argument = core.register(1);
    if (operation == EXIT) {
      return new Ending.Exited(argument == ORDINARY_EXIT ? 0 : 1, argument);
    }
    if (operation == EXIT_EXTENDED) {
      int reason = word(argument, 0);
      return new Ending.Exited(reason == ORDINARY_EXIT ? word(argument, 1) : 1, reason);
    }
    core.setRegister(0, result(operation, argument, cycles));
    return null;
  }

  private int result(int operation, int argument, long cycles) throws AccessFault {
    return switch (operation) {
      case OPEN -> open(argument);
      case CLOSE -> close(word(argument, 0));
      case WRITEC -> {
        print(new byte[] {(byte) read(argument)}, false);
        yield operation; // R0 is not specified: as it was
      }
      case WRITE0 -> {
        printString(argument);
        yield operation;
      }
      case WRITE -> write(word(argument, 0), word(argument, 1), word(argument, 2));
      case READ -> read(word(argument, 0), word(argument, 1), word(argument, 2));
      case READC -> input();
      case ISERROR -> word(argument, 0) < 0 ? 1 : 0;
      case ISTTY -> {
        File file = file(word(argument, 0));
        yield file == null ? failed(BAD_FILE) : file == File.FEATURES ? 0 : 1;
      }
      case SEEK -> seek(word(argument, 0), word(argument, 1));
      case FLEN -> {
        File file = file(word(argument, 0));
        yield file == null ? failed(BAD_FILE) : file == File.FEATURES ? FEATURES.length : 0;
      }
      case CLOCK -> (int) scaled(cycles, 100);
      case TIME -> (int) scaled(cycles, 1);
      case ERRNO -> errno;
      case GET_CMDLINE -> commandLine(argument);
      case HEAPINFO -> heapInfo(word(argument, 0));
      case ELAPSED -> {
        store(argument, (int) cycles);
        store(argument + 4, (int) (cycles >>> 32));
        yield 0;
      }
      case TICKFREQ -> (int) clockHz;
      default -> {
        refuse(name(operation));
        yield failed(NOT_SUPPORTED);
      }
    };
  }

  /**
   * The stack begins where the vector table says. The rest is 0, which means not known: the program
   * takes its linker's word.
   */
  private int heapInfo(int block) throws AccessFault {
    int[] fields = {0, 0, memory.read(vectors, 4), 0}; // heap base and limit, stack base and limit
    for (int i = 0; i < fields.length; i++) {
      store(block + 4 * i, fields[i]);
    }
    return 0;
  }

  private static String name(int operation) {
    return switch (operation) {
      case TMPNAM -> "SYS_TMPNAM";
      case REMOVE -> "SYS_REMOVE";
      case RENAME -> "SYS_RENAME";
      case SYSTEM -> "SYS_SYSTEM";
      default -> String.format(Locale.ROOT, "operation 0x%02x", operation);
    };
  }

  private void refuse(String call) {
    if (refused.size() < MOST_REFUSED) {
      refused.add(call);
    } else if (!refused.contains(call)) {
      refusedMore++;
    }
  }

  private int failed(int error) {
    errno = error;
    return -1;
  }

  private int open(int parameters) throws AccessFault {
    int mode = word(parameters, 1);
    long length = Integer.toUnsignedLong(word(parameters, 2));
    String name =
        new String(
            bytes(word(parameters, 0), (int) Math.min(length, LONGEST_NAME)),
            StandardCharsets.UTF_8);
    if (mode < 0 || mode >= OPEN_MODES) {
      return failed(INVALID);
    }
    File file;
    if (name.equals(":tt")) {
      file = mode < OPEN_WRITE ? File.INPUT : mode < OPEN_APPEND ? File.OUTPUT : File.ERROR;
    } else if (name.equals(":semihosting-features") && mode < OPEN_WRITE) {
      file = File.FEATURES;
    } else {
      refuse("SYS_OPEN of \"" + name + (length > LONGEST_NAME ? "..." : "") + "\"");
      return failed(NO_ENTRY);
    }
    int handle = files.indexOf(null) + 1;
    if (handle == 0) {
      if (files.size() == MOST_FILES) {
        return failed(TOO_MANY_FILES);
      }
      files.add(file);
      positions.add(0);
      return files.size();
    }
    files.set(handle - 1, file);
    positions.set(handle - 1, 0);
    return handle;
  }

  private @Nullable File file(int handle) {
    return handle > 0 && handle <= files.size() ? files.get(handle - 1) : null;
  }

  private int close(int handle) {
    if (file(handle) == null) {
      return failed(BAD_FILE);
    }
    files.set(handle - 1, null);
    return 0;
  }

  /** Gives the number of bytes that were not written. */
  private int write(int handle, int address, int length) throws AccessFault {
    File file = file(handle);
    if (file != File.OUTPUT && file != File.ERROR) {
      failed(BAD_FILE);
      return length;
    }
    for (long at = 0, end = Integer.toUnsignedLong(length); at < end && !full; at += PIECE) {
      print(bytes((int) (address + at), (int) Math.min(PIECE, end - at)), file == File.ERROR);
    }
    return 0;
  }

  /** Prints up to a NUL. */
  private void printString(int address) throws AccessFault {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    for (int at = address; !full; at++) {
      int octet = read(at);
      if (octet != 0) {
        piece.write(octet);
      }
      if (octet == 0 || piece.size() == PIECE) {
        print(piece.toByteArray(), false);
        piece.reset();
      }
      if (octet == 0) {
        return;
      }
    }
  }

  private void print(byte[] bytes, boolean error) {
    boolean all = bytes.length <= outputLeft;
    byte[] allowed = all ? bytes : Arrays.copyOf(bytes, (int) outputLeft);
    outputLeft -= allowed.length;
    full |= !all;
    if (allowed.length > 0) {
      console.write(allowed, error);
    }
  }

  /** The next byte of input, -1 at its end. */
  private int input() {
    int octet = console.read();
    inputGiven |= octet >= 0;
    inputMissing = !inputGiven;
    return octet;
  }

  /** Gives the number of bytes that were not read. */
  private int read(int handle, int address, int length) throws AccessFault {
    File file = file(handle);
    if (file == null) {
      failed(BAD_FILE);
      return -1;
    }
    if (file == File.INPUT) {
      return readLine(address, length);
    }
    if (file != File.FEATURES) {
      failed(BAD_FILE);
      return length;
    }
    int position = positions.get(handle - 1);
    int done = 0;
    while (done < Integer.toUnsignedLong(length) && position < FEATURES.length) {
      memory.write(Integer.toUnsignedLong(address + done), 1, FEATURES[position]);
      position++;
      done++;
    }
    positions.set(handle - 1, position);
    return length - done;
  }

  /**
   * Reads up to the end of a line, as from a terminal: so what one call gives does not depend on
   * how the input comes.
   */
  private int readLine(int address, int length) throws AccessFault {
    long most = Math.min(Integer.toUnsignedLong(length), MOST_READ);
    int done = 0;
    int octet = 0;
    while (done < most && octet != '\n') {
      octet = input();
      if (octet < 0) {
        break;
      }
      memory.write(Integer.toUnsignedLong(address + done), 1, octet);
      done++;
    }
    return length - done;
  }

  private int seek(int handle, int position) {
    File file = file(handle);
    if (file != File.FEATURES) {
      return failed(file == null ? BAD_FILE : NO_SEEK);
    }
    if (position < 0 || position > FEATURES.length) {
      return failed(INVALID);
    }
    positions.set(handle - 1, position);
    return 0;
  }

  private int commandLine(int parameters) throws AccessFault {
    byte[] bytes = commandLine.getBytes(StandardCharsets.UTF_8);
    int address = word(parameters, 0);
    if (bytes.length >= Integer.toUnsignedLong(word(parameters, 1))) {
      return -1;
    }
    byte[] terminated = Arrays.copyOf(bytes, bytes.length + 1);
    for (int i = 0; i < terminated.length; i++) {
      memory.write(Integer.toUnsignedLong(address + i), 1, terminated[i]);
    }
    store(parameters + 4, bytes.length);
    return 0;
  }

  private long scaled(long cycles, long perSecond) {
    return cycles / clockHz * perSecond + cycles % clockHz * perSecond / clockHz;
  }

  /**
   * @param length at most {@link #PIECE}
   */
  private byte[] bytes(int address, int length) throws AccessFault {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) read(address + i);
    }
    return bytes;
  }

  private int read(int address) throws AccessFault {
    return memory.read(Integer.toUnsignedLong(address), 1);
  }

  private int word(int block, int index) throws AccessFault {
    long at = aligned(block + 4 * index);
    return memory.read(at, 4);
  }

  private void store(int address, int value) throws AccessFault {
    memory.write(aligned(address), 4, value);
  }

  private static long aligned(int address) throws AccessFault {
    long at = Integer.toUnsignedLong(address);
    if (at % 4 != 0) {
      throw new AccessFault(
          Fault.Kind.UNALIGNED_ACCESS,
          at,
          String.format(Locale.ROOT, "a parameter at 0x%08x, which is no multiple of 4", at));
    }
    return at;
  }
}
