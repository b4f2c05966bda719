/*
 * Says how often a loop can run, for the analysis of worst-case cycles (`defrag-sim bounds`).
 *
 * SPDX-License-Identifier: MIT
 *
 *   for (uint32_t i = 0; i < 8; i++) {
 *     LOOP_BOUND(8);
 *     ...
 *   }
 *
 * Put it first in the loop's body. It makes no instruction: it notes the address of the one that comes next in a section of
 * the ELF file that is not loaded, and that is named after the source file. Each time the loop is entered, that instruction may run at most `count` times; with
 * LOOP_BOUND_BYTES, at most count + ceil(budget / bytes_per) times, where budget is the argument of the image's function
 * that is called, in bytes. All numbers are constants. The word is believed by the analysis and checked whenever a program runs
 * under the checker.
 *
 * A loop that the compiler unrolls away leaves its word in the loop around it, which has its own: the analysis then cannot
 * tell which is meant, and says so. Such a loop needs no word, or `#pragma GCC unroll 1`.
 */
#ifndef LOOP_BOUND_H
#define LOOP_BOUND_H

#define LOOP_BOUND(count) LOOP_BOUND_BYTES(count, 0)

#if defined(__GNUC__) && defined(__arm__) && defined(__ELF__)
#if defined(__FILE_NAME__)
#define LOOP_BOUND_SECTION ".loop_bounds." __FILE_NAME__
#else
#define LOOP_BOUND_SECTION ".loop_bounds"
#endif
/* Four words: the address, count, bytes_per, and which place in the source this is, since compilers copy loops. Linked
 * ("o") to the section of the code, so that a linker that discards the code discards the word with it. */
#define LOOP_BOUND_BYTES(count, bytes_per)                                                                       \
  __asm__ volatile(".Lloop_bound%=: .pushsection \"" LOOP_BOUND_SECTION "\",\"o\",%%progbits,.Lloop_bound%=\n\t" \
                   ".word .Lloop_bound%=, %c0, %c1, %c2\n\t"                                                     \
                   ".popsection"                                                                                 \
                   :                                                                                             \
                   : "i"(count), "i"(bytes_per), "i"(__COUNTER__ << 16 | __LINE__))
#else
#define LOOP_BOUND_BYTES(count, bytes_per) ((void)0)
#endif

#endif
