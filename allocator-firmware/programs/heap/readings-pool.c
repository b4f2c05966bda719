/*
 * The logger of readings.c, repaired: all memory is asked for at the start, where a refusal would be noticed on the desk. Lines
 * are read into one buffer, readings live in a pool of equal slots, and alarms go into the report as they come.
 *
 * SPDX-License-Identifier: MIT
 */
#include "readings.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
  char sensor;
  uint8_t value;
  char note[LONGEST_NOTE + 1];
};

static struct reading *pool; /* of KEPT */
static uint32_t readings;

static char *report;
static size_t report_length;
static uint32_t alarm_count;

/* The next line; false after the last one. */
static bool read_line(char line[LONGEST_LINE + 1]) {
  size_t length = 0;
  char c = next_character();
  while (c && c != '\n' && length < LONGEST_LINE) {
    line[length++] = c;
    c = next_character();
  }
  line[length] = '\0';
  return c != '\0';
}

/* Puts a reading in the place of the oldest one. */
static struct reading *keep(const char *line) {
  struct reading *reading = &pool[readings++ % KEPT];
  reading->sensor = line[0];
  reading->value = (uint8_t)strtoul(line + 2, NULL, 10);
  size_t length = strlen(line + 5);
  length = length < LONGEST_NOTE ? length : LONGEST_NOTE;
  memcpy(reading->note, line + 5, length);
  reading->note[length] = '\0';
  return reading;
}

static void report_alarm(const struct reading *reading) {
  int length = snprintf(report + report_length, REPORT_BYTES - report_length, "alarm %c %u%s\n", reading->sensor, reading->value,
                        reading->note);
  if ((size_t)length < REPORT_BYTES - report_length) {
    report_length += (size_t)length;
  }
  alarm_count++;
}

int main(void) {
  static char line[LONGEST_LINE + 1];
  setvbuf(stdout, NULL, _IONBF, 0);
  pool = calloc(KEPT, sizeof *pool);
  report = calloc(1, REPORT_BYTES);
  if (!pool || !report) {
    puts("no memory to begin with");
    return 1;
  }
  while (read_line(line)) {
    if (strlen(line) < 5 || line[2] < '0' || line[2] > '9') {
      continue;
    }
    const struct reading *reading = keep(line);
    if (reading->value >= 180) {
      report_alarm(reading);
    }
  }
  printf("%lu readings, %lu alarms\n", (unsigned long)readings, (unsigned long)alarm_count);
  fputs(report, stdout);
  free(report);
  free(pool);
  return 0;
}
