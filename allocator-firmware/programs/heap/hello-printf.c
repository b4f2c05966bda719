/*
 * What the first printf() of a program takes of the heap: a table of files and a buffer for the output.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>

static void greet(const char *whom) { printf("hello, %s\n", whom); }

int main(void) {
  char *name = malloc(8);
  if (!name) {
    return 1;
  }
  snprintf(name, 8, "heap");
  greet(name);
  free(name);
  return 0;
}
