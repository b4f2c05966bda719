/*
 * What the two loggers share: the lines that arrive, and how much of them they keep.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef READINGS_H
#define READINGS_H

#include <stdint.h>

enum {
  LINES = 160,
  KEPT = 32,           /* so many readings, the newest, are in memory */
  LONGEST_LINE = 63,   /* characters */
  LONGEST_NOTE = 29,   /* characters */
  REPORT_BYTES = 1024, /* what the report at the end takes */
  DAMAGED_LINE = 90    /* this one has no value */
};

/* The next character of the lines, each of which ends in '\n': a sensor, a value, and now and then a note. 0 at their end. */
static inline char next_character(void) {
  static const char *const notes[] = {"", "", " calibrated", "", " door open", " battery low, change it soon", "", " ok"};
  static char line[LONGEST_LINE + 2];
  static const char *at = line;
  static uint32_t number;
  if (!*at) {
    if (number == LINES) {
      return '\0';
    }
    uint32_t value = number * 37u % 200u;
    char *to = line;
    *to++ = (char)('A' + number % 5u);
    *to++ = ' ';
    if (number != DAMAGED_LINE) {
      *to++ = (char)('0' + value / 100u);
      *to++ = (char)('0' + value / 10u % 10u);
      *to++ = (char)('0' + value % 10u);
    }
    for (const char *note = notes[number * 5u / 3u % 8u]; *note;) {
      *to++ = *note++;
    }
    *to++ = '\n';
    *to = '\0';
    number++;
    at = line;
  }
  return *at++;
}

#endif
