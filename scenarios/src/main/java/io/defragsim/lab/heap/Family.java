package io.defragsim.lab.heap;

/**
 * Functions that serve one heap. What a function calls of its own family is how it does its work.
 *
 * @param name of the heap, for people and for the names of files
 * @param title what it is, for people
 * @param isPool whether it hands out elements of pools, so that another heap below is one of its
 *     own
 * @param sweeps whether a collector frees what nobody uses any more, and makes no call for that
 * @param front the most bytes that it may keep in front of its first block, in memory that is all
 *     its own
 */
record Family(String name, String title, boolean isPool, boolean sweeps, int front) {
  private static final int USUAL_FRONT = 64;

  /** The lists of TLSF: some thousand pointers. */
  private static final int LISTS = 4096;

  /** A list for each power of two, and what else is known of the heap. */
  private static final int BINS = 512;

  static final Family LIBC = of("malloc", "malloc of the C library");
  static final Family FREERTOS = of("freertos", "FreeRTOS");
  static final Family ZEPHYR = of("zephyr", "Zephyr", BINS);
  static final Family TLSF = of("tlsf", "TLSF", LISTS);
  static final Family O1HEAP = of("o1heap", "o1heap", BINS);
  static final Family UMM = of("umm", "umm_malloc");
  static final Family LVGL = of("lvgl", "LVGL", LISTS); // it has TLSF below
  static final Family LWIP = of("lwip", "lwIP's mem_malloc");
  static final Family LWIP_POOLS = new Family("memp", "lwIP's pools", true, false, USUAL_FRONT);
  static final Family RUST = of("rust", "Rust's global allocator");
  static final Family DEFRAG = of("defrag", "defrag");
  static final Family MICROPYTHON =
      new Family("micropython", "MicroPython", false, true, USUAL_FRONT);

  /** What makes a C library's heap grow. */
  static final Family BREAK = of("break", "the break");

  /** One of plain functions. */
  static Family of(String name, String title) {
    return of(name, title, USUAL_FRONT);
  }

  private static Family of(String name, String title, int front) {
    return new Family(name, title, false, false, front);
  }
}
