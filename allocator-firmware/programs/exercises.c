/*
 * What a controller does all day: a list is sorted, matrices are multiplied, a signal is filtered by a table, a text is
 * parsed by a state machine, and all of it is put through a CRC. Each part checks its result by another way.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "exercises.h"

#define NODES 64
#define SIZE 8
#define SAMPLES 64
#define TAPS 8

static uint32_t state;

/* A linear congruential generator; the high half of its state is the better one. */
static uint16_t next(void) {
  state = state * 1664525U + 1013904223U;
  return (uint16_t)(state >> 16);
}

/* ---- CRC-16 with the polynomial 0x1021, from the highest bit on ---- */

__attribute__((noinline)) static uint16_t crc_byte(uint16_t crc, uint8_t byte) {
  crc = (uint16_t)(crc ^ byte << 8);
  for (int bit = 0; bit < 8; bit++) {
    crc = (uint16_t)((crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1);
  }
  return crc;
}

static uint16_t crc_word(uint16_t crc, uint32_t word) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    crc = crc_byte(crc, (uint8_t)(word >> shift));
  }
  return crc;
}

/* The check value of this CRC, over the digits from 1 to 9. */
static bool crc_ok(void) {
  uint16_t crc = 0xFFFF;
  for (uint8_t digit = '1'; digit <= '9'; digit++) {
    crc = crc_byte(crc, digit);
  }
  return crc == 0x29B1;
}

/* ---- A linked list ---- */

struct node {
  struct node *next;
  uint16_t key;
};

static struct node nodes[NODES];

static struct node *merge(struct node *a, struct node *b) {
  struct node *merged = NULL;
  struct node **end = &merged;
  while (a != NULL && b != NULL) {
    struct node **smaller = a->key <= b->key ? &a : &b;
    *end = *smaller;
    end = &(*end)->next;
    *smaller = *end;
  }
  *end = a != NULL ? a : b;
  return merged;
}

/* Lists of 1, 2, 4, ... nodes wait in `parts`, and two of the same length merge. */
__attribute__((noinline)) static struct node *sort(struct node *list) {
  struct node *parts[16] = {NULL};
  while (list != NULL) {
    struct node *run = list;
    list = list->next;
    run->next = NULL;
    size_t level = 0;
    for (; parts[level] != NULL; level++) {
      run = merge(parts[level], run);
      parts[level] = NULL;
    }
    parts[level] = run;
  }
  struct node *sorted = NULL;
  for (size_t level = 0; level < 16; level++) {
    sorted = merge(parts[level], sorted);
  }
  return sorted;
}

static uint16_t lists(uint16_t crc, bool *ok) {
  uint32_t sum = 0;
  for (size_t i = 0; i < NODES; i++) {
    nodes[i].key = next();
    nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : NULL;
    sum += nodes[i].key;
  }
  size_t count = 0;
  uint16_t last = 0;
  for (const struct node *n = sort(nodes); n != NULL; n = n->next) {
    *ok = *ok && last <= n->key;
    last = n->key;
    sum -= n->key;
    count++;
    crc = crc_word(crc, n->key);
  }
  *ok = *ok && count == NODES && sum == 0;
  return crc;
}

/* ---- Matrices, modulo 2^32 ---- */

typedef uint32_t matrix[SIZE][SIZE];
typedef uint32_t vector[SIZE];

static matrix left, right, product;

__attribute__((noinline)) static void multiply(matrix out, matrix a, matrix b) {
  for (size_t row = 0; row < SIZE; row++) {
    for (size_t column = 0; column < SIZE; column++) {
      uint32_t sum = 0;
      for (size_t i = 0; i < SIZE; i++) {
        sum += a[row][i] * b[i][column];
      }
      out[row][column] = sum;
    }
  }
}

static void apply(vector out, matrix m, const vector v) {
  for (size_t row = 0; row < SIZE; row++) {
    out[row] = 0;
    for (size_t i = 0; i < SIZE; i++) {
      out[row] += m[row][i] * v[i];
    }
  }
}

/* The product, applied to a vector, is what both do to it one after the other. */
static uint16_t matrices(uint16_t crc, bool *ok) {
  vector v, once, twice, direct;
  for (size_t row = 0; row < SIZE; row++) {
    v[row] = next();
    for (size_t column = 0; column < SIZE; column++) {
      left[row][column] = next();
      right[row][column] = next();
    }
  }
  multiply(product, left, right);
  apply(once, right, v);
  apply(twice, left, once);
  apply(direct, product, v);
  for (size_t row = 0; row < SIZE; row++) {
    *ok = *ok && twice[row] == direct[row];
    for (size_t column = 0; column < SIZE; column++) {
      crc = crc_word(crc, product[row][column]);
    }
  }
  return crc;
}

/* ---- A filter with a table: a * b = q(a + b) - q(a - b), where q(n) = n * n / 4, for parts that multiply slowly ---- */

static uint16_t quarter_squares[UINT8_MAX + UINT8_MAX + 1];

static void fill_table(void) {
  for (uint32_t n = 0; n < sizeof quarter_squares / sizeof *quarter_squares; n++) {
    quarter_squares[n] = (uint16_t)(n * n / 4);
  }
}

static uint32_t product_by_table(uint8_t a, uint8_t b) {
  return (uint32_t)(quarter_squares[a + b] - quarter_squares[a > b ? a - b : b - a]);
}

__attribute__((noinline)) static uint32_t filtered(const uint8_t *samples, const uint8_t *taps) {
  uint32_t sum = 0;
  for (size_t i = 0; i < TAPS; i++) {
    sum += product_by_table(samples[i], taps[i]);
  }
  return sum;
}

static uint16_t signals(uint16_t crc, bool *ok) {
  uint8_t samples[SAMPLES], taps[TAPS];
  for (size_t i = 0; i < SAMPLES; i++) {
    samples[i] = (uint8_t)next();
  }
  for (size_t i = 0; i < TAPS; i++) {
    taps[i] = (uint8_t)next();
  }
  uint32_t total = 0;
  for (size_t at = 0; at + TAPS <= SAMPLES; at++) {
    uint32_t sum = filtered(&samples[at], taps);
    uint32_t expected = 0;
    for (size_t i = 0; i < TAPS; i++) {
      expected += (uint32_t)samples[at + i] * taps[i];
    }
    *ok = *ok && sum == expected;
    total += sum;
  }
  return crc_word(crc, total);
}

/* ---- A state machine that adds up the numbers in a text ---- */

enum scan { BETWEEN, SIGN, NUMBER, WORD };

__attribute__((noinline)) static enum scan scan(enum scan now, char c) {
  bool digit = c >= '0' && c <= '9';
  switch (now) {
    case BETWEEN:
    case SIGN:
      return digit ? NUMBER : c == '-' && now == BETWEEN ? SIGN : c == ' ' ? BETWEEN : WORD;
    case NUMBER:
      return digit ? NUMBER : c == ' ' ? BETWEEN : WORD;
    case WORD:
    default:
      return c == ' ' ? BETWEEN : WORD;
  }
}

static int32_t sum_of(const char *text) {
  int32_t sum = 0;
  int32_t value = 0;
  bool negative = false;
  enum scan now = BETWEEN;
  for (; *text != '\0'; text++) {
    enum scan before = now;
    now = scan(now, *text);
    if (now == SIGN || (now == NUMBER && before == BETWEEN)) {
      value = 0;
      negative = now == SIGN;
    }
    if (now == NUMBER) {
      value = value * 10 + (*text - '0');
    } else if (now == BETWEEN && before == NUMBER) {
      sum += negative ? -value : value;
    }
  }
  return sum;
}

static uint16_t texts(uint16_t crc, bool *ok) {
  char text[64];
  char *end = text;
  int32_t expected = 0;
  for (int i = 0; i < 6; i++) {
    uint16_t number = next() % 1000;
    bool minus = (next() & 1) != 0;
    expected += minus ? -(int32_t)number : number;
    if (minus) {
      *end++ = '-';
    }
    *end++ = (char)('0' + number / 100);
    *end++ = (char)('0' + number / 10 % 10);
    *end++ = (char)('0' + number % 10);
    *end++ = ' ';
    *end++ = 'x'; /* a word, whose digit does not count */
    *end++ = '7';
    *end++ = ' ';
  }
  *end = '\0';
  int32_t sum = sum_of(text);
  *ok = *ok && sum == expected;
  return crc_word(crc, (uint32_t)sum);
}

/* ---- All of it ---- */

int exercises(int iterations) {
  bool ok = crc_ok();
  uint16_t crc = 0xFFFF;
  state = 1;
  fill_table();
  for (int i = 0; i < iterations; i++) {
    crc = lists(crc, &ok);
    crc = matrices(crc, &ok);
    crc = signals(crc, &ok);
    crc = texts(crc, &ok);
  }
  printf("%d iterations, CRC 0x%04x: %s\n", iterations, crc, ok ? "ok" : "WRONG");
  return ok ? 0 : 1;
}
