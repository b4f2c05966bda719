/*
 * A logger that keeps the newest readings in blocks of their own sizes. Lines grow while they are read, alarms stay for good,
 * and so the heap is full of small holes when the report is to be made: it is refused though enough is free in all. A damaged
 * line is never freed. readings-pool.c does the same work without either.
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
  char note[]; /* with its '\0' */
};

static struct reading *kept[KEPT];
static uint32_t readings;

/* Alarms are kept to the end, in an array that grows. */
static struct reading **alarms;
static uint32_t alarm_count;

/* A line on the heap, which grows with it; null after the last one. */
static char *read_line(void) {
  size_t room = 16;
  size_t length = 0;
  char *line = malloc(room);
  char c = line ? next_character() : '\0';
  while (c && c != '\n') {
    if (length + 1 == room) {
      room += 16;
      char *larger = realloc(line, room);
      if (!larger) {
        break;
      }
      line = larger;
    }
    line[length++] = c;
    c = next_character();
  }
  if (!c) {
    free(line);
    return NULL;
  }
  line[length] = '\0';
  return line;
}

static struct reading *parse(const char *line) {
  const char *note = line + 5;
  struct reading *reading = malloc(sizeof *reading + strlen(note) + 1);
  if (reading) {
    reading->sensor = line[0];
    reading->value = (uint8_t)strtoul(line + 2, NULL, 10);
    strcpy(reading->note, note);
  }
  return reading;
}

static bool is_alarm(const struct reading *reading) { return reading->value >= 180; }

static void remember_alarm(struct reading *reading) {
  struct reading **more = realloc(alarms, (alarm_count + 1) * sizeof *alarms);
  if (more) {
    alarms = more;
    alarms[alarm_count++] = reading;
  }
}

/* Puts a reading in the place of the oldest one. */
static void keep(struct reading *reading) {
  struct reading **place = &kept[readings++ % KEPT];
  if (*place && !is_alarm(*place)) {
    free(*place);
  }
  *place = reading;
  if (is_alarm(reading)) {
    remember_alarm(reading);
  }
}

/* The report is of alarms alone: the others make room for it. */
static void forget_readings(void) {
  for (uint32_t i = 0; i < KEPT; i++) {
    if (kept[i] && !is_alarm(kept[i])) {
      free(kept[i]);
    }
    kept[i] = NULL;
  }
}

static bool report(void) {
  char *text = malloc(REPORT_BYTES);
  if (!text) {
    return false;
  }
  size_t length = 0;
  for (uint32_t i = 0; i < alarm_count; i++) {
    length += (size_t)snprintf(text + length, REPORT_BYTES - length, "alarm %c %u%s\n", alarms[i]->sensor, alarms[i]->value,
                               alarms[i]->note);
  }
  fputs(text, stdout);
  free(text);
  return true;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  for (char *line = read_line(); line; line = read_line()) {
    if (strlen(line) < 5 || line[2] < '0' || line[2] > '9') {
      continue; /* the leak */
    }
    struct reading *reading = parse(line);
    free(line);
    if (reading) {
      keep(reading);
    }
  }
  printf("%lu readings, %lu alarms\n", (unsigned long)readings, (unsigned long)alarm_count);
  forget_readings();
  if (!report()) {
    puts("no memory for the report");
  }
  return 0;
}
