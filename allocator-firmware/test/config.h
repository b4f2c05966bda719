/* The library's configuration in its tests: a "handler" that runs where a commit is about to look.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_TEST_CONFIG_H
#define DEFRAG_TEST_CONFIG_H

void interrupt_before_commit(void);

#define DEFRAG_CRITICAL_ENTER() interrupt_before_commit()
#define DEFRAG_CRITICAL_LEAVE() ((void)0)

#endif
