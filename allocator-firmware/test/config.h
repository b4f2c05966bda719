/* The library's configuration in its tests: a "handler" that runs where a commit is about to look, and with TEST_ASSERTS what
 * must hold inside the library. Mutations and coverage are without, since they judge the tests.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_TEST_CONFIG_H
#define DEFRAG_TEST_CONFIG_H

void interrupt_before_commit(void);

#define DEFRAG_CRITICAL_ENTER() interrupt_before_commit()
#define DEFRAG_CRITICAL_LEAVE() ((void)0)

#ifdef TEST_ASSERTS
void library_assert(const char *file, int line, const char *condition);
#define DEFRAG_ASSERT(condition) ((condition) ? (void)0 : library_assert(__FILE__, __LINE__, #condition))
#endif

#endif
