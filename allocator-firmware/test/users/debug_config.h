/* The configuration of debug.c: all hooks, and the debug mode. SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "config.h"

void test_trace(int event, int32_t handle, int32_t value);
void test_assert(const char *condition, const char *file, int line);

#define DEFRAG_DEBUG_MOVE 1
#define DEFRAG_TRACE(event, handle, value) test_trace((event), (handle), (value))
#define DEFRAG_ASSERT(condition) ((condition) ? (void)0 : test_assert(#condition, __FILE__, __LINE__))
