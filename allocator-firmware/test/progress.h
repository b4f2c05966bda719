/*
 * Heaps on which a request is refused, and what its patience is.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_TEST_PROGRESS_H
#define DEFRAG_TEST_PROGRESS_H

#include "harness.h"

/* A pool that blocks of these sizes fill, in granules. */
void fill_pool(defrag_handle *h, const uint32_t *sizes, uint32_t count);

/* Three holes of 6 granules, one of them at the top, with two blocks of 1, and one of 2 between them. */
void three_holes(defrag_handle *h);

/* Holes of 4 granules, a block of 4 above the second, one of 12 at the top, all between locked ones. */
void nearly_served(defrag_handle *h);

/* A request for a block of so many granules, which steps have to work for. */
void refuse(uint32_t size);
void refuse_pinned(uint32_t size);

/* What a pass costs of a request's patience when it begins, granules. */
enum { PASS = 8 };

/* What a request has of it, once its first pass has begun. */
uint32_t fresh_patience(void);

/* From here on a request has no patience: what steps gather is kept for it from the first one on. */
void be_impatient(void);

#endif
