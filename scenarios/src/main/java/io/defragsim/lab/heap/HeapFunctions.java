package io.defragsim.lab.heap;

import static io.defragsim.lab.heap.HeapFunction.Action.ALLOCATE;
import static io.defragsim.lab.heap.HeapFunction.Action.FREE;
import static io.defragsim.lab.heap.HeapFunction.Action.GROW;
import static io.defragsim.lab.heap.HeapFunction.Action.LOCK;
import static io.defragsim.lab.heap.HeapFunction.Action.RESIZE;
import static io.defragsim.lab.heap.HeapFunction.Action.TAKE;
import static io.defragsim.lab.heap.HeapFunction.Action.UNLOCK;

import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.heap.HeapFunction.Action;
import io.defragsim.lab.heap.HeapFunction.Answer;
import io.defragsim.scenario.Unreadable;
import io.defragsim.words.Printable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The functions of heaps that are known by their symbols, and those of one program. */
public final class HeapFunctions {

  /** Beginnings of the names of what only passes a request on. */
  private static final List<String> WRAPPERS = List.of("__wrap_", "__real_", "__rg_", "__rdl_");

  /** What a compiler adds to the name of a function whose arguments are as they were. */
  private static final Pattern UNCHANGED =
      Pattern.compile("(\\.(lto_priv|llvm)\\.\\d+|\\.localalias(\\.\\d+)?)+$");

  /** And of one that has other arguments, or is a piece. */
  private static final Pattern CHANGED = Pattern.compile("\\.(constprop|isra|part)\\.\\d+");

  private static final List<HeapFunction> KNOWN = known();

  private final Map<Long, HeapFunction> byAddress;
  private final Set<String> inside;
  private final List<String> notes;

  private HeapFunctions(Map<Long, HeapFunction> byAddress, Set<String> inside, List<String> notes) {
    this.byAddress = byAddress;
    this.inside = inside;
    this.notes = notes;
  }

  /**
   * Those that a program has. A heap that is known by its names is there if one of its functions
   * allocates; else a name that it has is another's.
   *
   * @param given heaps that somebody names besides, as {@code malloc=NAME:size=r1,free=NAME}; each
   *     comes before what is known
   * @throws Unreadable if one of them names what the program does not have
   */
  public static HeapFunctions of(Program program, List<String> given) {
    Map<Long, HeapFunction> found = new LinkedHashMap<>();
    for (String heap : given) {
      int number = given.indexOf(heap) + 1;
      String name = given.size() == 1 ? "heap" : "heap" + number;
      GivenHeap.of(heap, name, program).forEach(found::putIfAbsent);
    }
    Symbols symbols = new Symbols(program.image());
    Set<Family> there = new LinkedHashSet<>();
    for (HeapFunction function : KNOWN) {
      if (allocates(function.action()) && !symbols.of(function).isEmpty()) {
        there.add(function.family());
      }
    }
    if (there.contains(Family.LIBC)) {
      there.add(Family.BREAK);
    }
    Set<String> inside = new HashSet<>();
    for (HeapFunction function : KNOWN) {
      if (there.contains(function.family())) {
        inside.add(function.name());
        symbols.of(function).forEach(address -> found.putIfAbsent(address, function));
      }
    }
    found.values().forEach(function -> inside.add(function.name()));
    return new HeapFunctions(found, inside, symbols.notes(found, there));
  }

  /** The addresses of a program's functions by their names. */
  private static final class Symbols {
    private final Map<String, Set<Long>> byName = new LinkedHashMap<>();

    Symbols(FirmwareImage image) {
      for (FirmwareImage.Symbol symbol : image.functions()) {
        byName
            .computeIfAbsent(plain(symbol.name()), name -> new LinkedHashSet<>())
            .add(symbol.address());
      }
    }

    /** All that have its name: several files may each have one. */
    Set<Long> of(HeapFunction function) {
      Set<Long> own = byName.getOrDefault(function.name(), Set.of());
      if (!function.family().equals(Family.RUST)) {
        return own;
      }
      Set<Long> all = new LinkedHashSet<>(own);
      byName.forEach(
          (name, addresses) -> {
            if (isMangled(name, function)) {
              all.addAll(addresses);
            }
          });
      return all;
    }

    /** What a reader must know of names, for people. */
    List<String> notes(Map<Long, HeapFunction> found, Set<Family> there) {
      List<String> notes = new ArrayList<>();
      byName.forEach(
          (name, addresses) -> {
            if (addresses.size() > 1 && found.keySet().containsAll(addresses)) {
              notes.add(
                  String.format(
                      Locale.ROOT,
                      "%d functions are called %s: all of them are watched",
                      addresses.size(),
                      Printable.of(name)));
            }
          });
      for (HeapFunction function : KNOWN) {
        byName.forEach(
            (name, addresses) -> {
              if (name.startsWith(function.name() + ".")
                  && CHANGED.matcher(name).find()
                  && addresses.stream().noneMatch(found::containsKey)) {
                notes.add(
                    Printable.of(name)
                        + " is not watched: the compiler made it of "
                        + function.name()
                        + ", with arguments that nobody knows (--heap may say them)");
              }
            });
        if (!there.contains(function.family())
            && !function.family().equals(Family.BREAK)
            && of(function).stream().anyMatch(address -> !found.containsKey(address))) {
          notes.add(
              function.name()
                  + " is not watched: the program has no function that allocates for "
                  + function.family().title()
                  + "; one whose code the compiler has put into its callers makes no call to see");
        }
      }
      return notes;
    }
  }

  /** Without what a compiler adds to the name of a function that it leaves as it is. */
  private static String plain(String symbol) {
    return UNCHANGED.matcher(symbol).replaceAll("");
  }

  /** Rust mangles the names of its allocator. */
  private static boolean isMangled(String symbol, HeapFunction function) {
    return symbol.startsWith("_R") && symbol.endsWith("_" + function.name());
  }

  /** The addresses of all of them, without the Thumb bit. */
  public Set<Long> addresses() {
    return byAddress.keySet();
  }

  /** What a reader must know of their names, for people. */
  public List<String> notes() {
    return notes;
  }

  /** The one at an address, null if none is. */
  @Nullable HeapFunction at(long address) {
    return byAddress.get(address);
  }

  /** The names of those by which a program asks for memory or gives it back. */
  public List<String> names() {
    return byAddress.values().stream()
        .filter(function -> function.action() != GROW)
        .map(HeapFunction::name)
        .distinct()
        .toList();
  }

  /** Whether no program could allocate by them. */
  public boolean areNone() {
    return byAddress.values().stream().noneMatch(function -> allocates(function.action()));
  }

  private static boolean allocates(Action action) {
    return action == ALLOCATE || action == TAKE;
  }

  /** Whether the program has one that gives blocks of a heap back. */
  boolean free(Family family) {
    return byAddress.values().stream()
        .anyMatch(function -> function.family().equals(family) && function.action() == FREE);
  }

  /** Of a heap, those that the program has, in the order of the table. */
  List<String> of(Family family) {
    return byAddress.values().stream()
        .filter(function -> function.family().equals(family))
        .map(HeapFunction::name)
        .distinct()
        .toList();
  }

  /** Whether a function is part of a heap, so that what calls it is more to the point. */
  boolean isInside(String function) {
    return inside.contains(function)
        || inside.contains(before(function))
        || KNOWN.stream()
            .anyMatch(one -> one.family().equals(Family.RUST) && isMangled(function, one))
        || WRAPPERS.stream().anyMatch(function::startsWith);
  }

  /** Without what a compiler adds to a name, whatever it has done to the function. */
  private static String before(String function) {
    int dot = function.indexOf('.', 1);
    return dot < 0 ? function : function.substring(0, dot);
  }

  private static List<HeapFunction> known() {
    List<HeapFunction> all = new ArrayList<>();
    Table newlib = new Table(all, Family.LIBC);
    newlib.row("_malloc_r", ALLOCATE, "- size");
    newlib.row("_calloc_r", ALLOCATE, "- count size");
    newlib.row("_memalign_r", ALLOCATE, "- align size");
    newlib.row("_aligned_alloc_r", ALLOCATE, "- align size");
    newlib.row("_realloc_r", RESIZE, "- block size");
    newlib.row("_reallocf_r", RESIZE, "- block size");
    newlib.row("_free_r", FREE, "- block");
    newlib.row("malloc", ALLOCATE, "size");
    newlib.row("calloc", ALLOCATE, "count size");
    newlib.row("memalign", ALLOCATE, "align size");
    newlib.row("aligned_alloc", ALLOCATE, "align size");
    newlib.row("posix_memalign", ALLOCATE, "block align size");
    newlib.row("realloc", RESIZE, "block size");
    newlib.row("reallocf", RESIZE, "block size");
    newlib.row("reallocarray", RESIZE, "block count size");
    newlib.row("free", FREE, "block");
    newlib.row("cfree", FREE, "block");
    for (String what : List.of("_Znwj", "_Znaj")) {
      newlib.row(what, ALLOCATE, "size");
      newlib.row(what + "RKSt9nothrow_t", ALLOCATE, "size");
      newlib.row(what + "St11align_val_t", ALLOCATE, "size align");
      newlib.row(what + "St11align_val_tRKSt9nothrow_t", ALLOCATE, "size align");
    }
    for (String what : List.of("_ZdlPv", "_ZdaPv")) {
      for (String form :
          List.of(
              "",
              "j",
              "RKSt9nothrow_t",
              "St11align_val_t",
              "jSt11align_val_t",
              "St11align_val_tRKSt9nothrow_t")) {
        newlib.row(what + form, FREE, "block");
      }
    }
    Table freertos = new Table(all, Family.FREERTOS);
    freertos.row("pvPortMalloc", ALLOCATE, "size");
    freertos.row("pvPortCalloc", ALLOCATE, "count size");
    freertos.row("vPortFree", FREE, "block");
    Table zephyr = new Table(all, Family.ZEPHYR);
    zephyr.row("k_malloc", ALLOCATE, "size");
    zephyr.row("k_calloc", ALLOCATE, "count size");
    zephyr.row("k_aligned_alloc", ALLOCATE, "align size");
    zephyr.row("k_realloc", RESIZE, "block size");
    zephyr.row("k_free", FREE, "block");
    zephyr.row("k_heap_alloc", ALLOCATE, "heap size");
    zephyr.row("k_heap_aligned_alloc", ALLOCATE, "heap align size");
    zephyr.row("k_heap_realloc", RESIZE, "heap block size");
    zephyr.row("k_heap_free", FREE, "heap block");
    zephyr.row("sys_heap_alloc", ALLOCATE, "heap size");
    zephyr.row("sys_heap_aligned_alloc", ALLOCATE, "heap align size");
    zephyr.row("sys_heap_realloc", RESIZE, "heap block size");
    zephyr.row("sys_heap_aligned_realloc", RESIZE, "heap block align size");
    zephyr.row("sys_heap_free", FREE, "heap block");
    Table tlsf = new Table(all, Family.TLSF);
    tlsf.row("tlsf_malloc", ALLOCATE, "heap size");
    tlsf.row("tlsf_memalign", ALLOCATE, "heap align size");
    tlsf.row("tlsf_realloc", RESIZE, "heap block size");
    tlsf.row("tlsf_free", FREE, "heap block");
    Table o1heap = new Table(all, Family.O1HEAP);
    o1heap.row("o1heapAllocate", ALLOCATE, "heap size");
    o1heap.row("o1heapReallocate", RESIZE, "heap block size");
    o1heap.row("o1heapFree", FREE, "heap block");
    Table umm = new Table(all, Family.UMM);
    umm.row("umm_malloc", ALLOCATE, "size");
    umm.row("umm_calloc", ALLOCATE, "count size");
    umm.row("umm_realloc", RESIZE, "block size");
    umm.row("umm_free", FREE, "block");
    Table lvgl = new Table(all, Family.LVGL);
    for (String name : List.of("lv_malloc", "lv_malloc_zeroed", "lv_zalloc", "lv_mem_alloc")) {
      lvgl.row(name, ALLOCATE, "size");
    }
    lvgl.row("lv_calloc", ALLOCATE, "count size");
    lvgl.row("lv_realloc", RESIZE, "block size");
    lvgl.row("lv_mem_realloc", RESIZE, "block size");
    lvgl.row("lv_free", FREE, "block");
    lvgl.row("lv_mem_free", FREE, "block");
    Table lwip = new Table(all, Family.LWIP);
    lwip.row("mem_malloc", ALLOCATE, "size");
    lwip.row("mem_calloc", ALLOCATE, "count size");
    lwip.row("mem_trim", RESIZE, "block size");
    lwip.row("mem_free", FREE, "block");
    Table pools = new Table(all, Family.LWIP_POOLS);
    pools.row("memp_malloc", TAKE, "size");
    pools.row("memp_free", FREE, "- block");
    Table rust = new Table(all, Family.RUST);
    rust.row("__rust_alloc", ALLOCATE, "size align");
    rust.row("__rust_alloc_zeroed", ALLOCATE, "size align");
    rust.row("__rust_realloc", RESIZE, "block - align size");
    rust.row("__rust_dealloc", FREE, "block");
    Table defrag = new Table(all, Family.DEFRAG);
    defrag.row("defrag_alloc", ALLOCATE, Answer.HANDLE, "heap size");
    defrag.row("defrag_alloc_pinned", ALLOCATE, Answer.HANDLE, "heap size");
    defrag.row("defrag_alloc_slice", ALLOCATE, Answer.HANDLE, "heap count size");
    defrag.row("defrag_resize", RESIZE, Answer.STATUS, "heap block size");
    defrag.row("defrag_free", FREE, Answer.STATUS, "heap block");
    defrag.row("defrag_try_lock", LOCK, Answer.STATUS, "heap block");
    defrag.row("defrag_unlock", UNLOCK, Answer.STATUS, "heap block");
    Table micropython = new Table(all, Family.MICROPYTHON);
    micropython.row("gc_alloc", ALLOCATE, "size");
    micropython.row("gc_realloc", RESIZE, "block size");
    micropython.row("gc_free", FREE, "block");
    Table grows = new Table(all, Family.BREAK);
    grows.row("_sbrk", GROW, "size");
    grows.row("sbrk", GROW, "size");
    return List.copyOf(all);
  }

  /** Adds the functions of a family. */
  private record Table(List<HeapFunction> all, Family family) {

    void row(String name, Action action, String arguments) {
      boolean stores = action == ALLOCATE && arguments.startsWith("block");
      Answer answer =
          action == FREE ? Answer.NOTHING : stores ? Answer.STORED_ADDRESS : Answer.ADDRESS;
      row(name, action, answer, arguments);
    }

    /** A {@code -} among the arguments is one that says nothing here. */
    void row(String name, Action action, Answer answer, String arguments) {
      List<String> words = List.of(arguments.split(" "));
      all.add(
          new HeapFunction(
              name,
              family,
              action,
              answer,
              at(words, "size"),
              at(words, "count"),
              at(words, "align"),
              at(words, "block"),
              at(words, "heap")));
    }

    private static @Nullable Argument at(List<String> words, String word) {
      int at = words.indexOf(word);
      return at < 0 ? null : new Argument(at);
    }
  }
}
