/* The library as a program calls it: each public function out of line, with the flags, the bounds of loops and the masking of
 * the image `defrag`. It is no allocator image: `defrag-sim bounds --function` has its worst cases.
 *
 * SPDX-License-Identifier: MIT
 */
#include "measured_defrag.h"
