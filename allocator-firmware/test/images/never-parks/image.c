/* An image that never gets as far as its breakpoint.
 *
 * SPDX-License-Identifier: MIT
 */
#include "trivial.h"

void image_park(void);

void image_park(void) {
  for (;;) {
  }
}
