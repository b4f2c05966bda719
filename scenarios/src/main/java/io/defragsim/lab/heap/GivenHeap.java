package io.defragsim.lab.heap;

import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.heap.HeapFunction.Action;
import io.defragsim.lab.heap.HeapFunction.Answer;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Unreadable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The functions of a heap as a person names them: {@code malloc=NAME:size=r1:heap=r0,free=NAME}.
 * What is left out is as in C.
 */
final class GivenHeap {
  private static final String EXAMPLE =
      "expected one like malloc=my_alloc:size=r1:heap=r0,free=my_free:block=r1";
  private static final List<String> ARGUMENTS = List.of("size", "count", "align", "block", "heap");

  private static final List<String> ROLES =
      List.of("malloc", "calloc", "memalign", "realloc", "free");

  /** The arguments of C's functions. */
  private static final Map<String, String> USUAL =
      Map.of(
          "malloc", "size",
          "calloc", "count size",
          "memalign", "align size",
          "realloc", "block size",
          "free", "block");

  private final Program program;
  private final Family family;
  private final Map<Long, HeapFunction> functions = new LinkedHashMap<>();

  private GivenHeap(Program program, String name) {
    this.program = program;
    family = Family.of(name, "the functions that --heap names");
  }

  /**
   * The functions by their addresses.
   *
   * @param name what to call the heap
   * @throws Unreadable if it names what the program does not have
   */
  static Map<Long, HeapFunction> of(String text, String name, Program program) {
    GivenHeap heap = new GivenHeap(program, name);
    for (String function : text.split(",", -1)) {
      heap.add(function.strip());
    }
    if (heap.functions.values().stream().noneMatch(one -> one.action() == Action.ALLOCATE)) {
      throw new Unreadable("nothing in \"%s\" allocates; %s", text, EXAMPLE);
    }
    return heap.functions;
  }

  private void add(String text) {
    int equals = text.indexOf('=');
    String[] parts = text.split(":", -1);
    String role = equals < 0 ? text : text.substring(0, equals);
    if (equals < 0 || parts[0].length() <= equals + 1) {
      throw new Unreadable("\"%s\" names no function; %s", text, EXAMPLE);
    }
    String usual = USUAL.get(role);
    if (usual == null) {
      throw new Unreadable("\"%s\" is nothing that a heap does%s", role, Nearest.hint(role, ROLES));
    }
    String name = parts[0].substring(equals + 1);
    Map<String, Argument> arguments = new LinkedHashMap<>();
    List<String> words = List.of(usual.split(" "));
    for (String word : words) {
      arguments.put(word, new Argument(words.indexOf(word)));
    }
    for (int i = 1; i < parts.length; i++) {
      argument(parts[i], text, arguments);
    }
    HeapFunction function =
        new HeapFunction(
            name,
            family,
            role.equals("free")
                ? Action.FREE
                : role.equals("realloc") ? Action.RESIZE : Action.ALLOCATE,
            role.equals("free") ? Answer.NOTHING : Answer.ADDRESS,
            arguments.get("size"),
            arguments.get("count"),
            arguments.get("align"),
            arguments.get("block"),
            arguments.get("heap"));
    functions.put(address(name), function);
    program.image().functions().stream()
        .filter(other -> other.name().equals(name))
        .forEach(other -> functions.put(other.address(), function));
  }

  private static void argument(String part, String text, Map<String, Argument> arguments) {
    int equals = part.indexOf('=');
    String what = equals < 0 ? part : part.substring(0, equals);
    if (!ARGUMENTS.contains(what)) {
      throw new Unreadable(
          "\"%s\" of \"%s\" is no argument of a heap's function%s",
          what, text, Nearest.hint(what, ARGUMENTS));
    }
    String where = equals < 0 ? "" : part.substring(equals + 1);
    Argument argument = Argument.named(where);
    if (argument == null) {
      throw new Unreadable(
          "\"%s\" of \"%s\" is no place of an argument: expected r0 to r3, stack, or stack+4, ...",
          where, text);
    }
    arguments.put(what, argument);
  }

  private long address(String name) {
    FirmwareImage image = program.image();
    OptionalLong place = image.place(name);
    if (place.isEmpty()) {
      throw new Unreadable(
          "no symbol \"%s\" in %s%s",
          name,
          image.name(),
          Nearest.hint(
              name,
              image.symbolNames(),
              "; expected a function, or an address such as 0x08000100"));
    }
    long address = place.getAsLong();
    boolean isFunction = image.function(name).isPresent();
    if (!isFunction && image.object(name).isPresent()) {
      throw new Unreadable("%s is a variable of %s, and no function", name, image.name());
    }
    if (!isFunction && !isCode(address)) {
      throw new Unreadable("%s: the program has no code at 0x%08x", name, address);
    }
    return address;
  }

  /** In SRAM code has a name. */
  private boolean isCode(long address) {
    boolean inSram = address >= program.part().sramBase() && address < program.part().sramEnd();
    if (inSram) {
      return program.image().locate(address).function() != null;
    }
    return program.image().segments().stream()
        .anyMatch(
            segment ->
                address >= segment.runAddress()
                    && address < segment.runAddress() + segment.stored().length);
  }
}
