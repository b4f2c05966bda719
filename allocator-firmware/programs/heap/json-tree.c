/*
 * A JSON document as a tree of small blocks: made as text, parsed, thinned out, printed again, and freed. More than a thousand
 * blocks are alive at once.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"

enum { DEVICES = 96 };

/* ---- Text that grows ---- */

struct text {
  char *bytes;
  size_t length;
  size_t room;
};

static void append(struct text *text, const char *more) {
  size_t length = strlen(more);
  if (text->length + length + 1 > text->room) {
    text->room = (text->length + length + 1) * 3 / 2;
    text->bytes = realloc(text->bytes, text->room);
    if (!text->bytes) {
      system_print("out of memory\n");
      system_exit(1);
    }
  }
  memcpy(text->bytes + text->length, more, length + 1);
  text->length += length;
}

static void append_number(struct text *text, long number) {
  char digits[12];
  snprintf(digits, sizeof digits, "%ld", number);
  append(text, digits);
}

/* ---- The tree ---- */

enum kind { NUMBER, STRING, ARRAY, OBJECT };

struct node {
  struct node *next;  /* the one behind it in its array or object */
  struct node *first; /* of an array or object */
  char *key;          /* in an object */
  char *string;
  long number;
  enum kind kind;
};

static void *allocate(size_t bytes) {
  void *block = malloc(bytes);
  if (!block) {
    system_print("out of memory\n");
    system_exit(1);
  }
  return block;
}

static void free_tree(struct node *node) {
  while (node) {
    struct node *next = node->next;
    free_tree(node->first);
    free(node->key);
    free(node->string);
    free(node);
    node = next;
  }
}

/* ---- Parsing; of what print() and describe() write ---- */

static struct node *parse(const char **at);

static char *parse_string(const char **at) {
  const char *end = strchr(*at + 1, '"');
  size_t length = (size_t)(end - *at) - 1;
  char *string = allocate(length + 1);
  memcpy(string, *at + 1, length);
  string[length] = '\0';
  *at = end + 1;
  return string;
}

static struct node *parse_members(const char **at, bool keys) {
  struct node *first = NULL;
  struct node **last = &first;
  do {
    ++*at; /* the bracket, or a comma */
    char *key = NULL;
    if (keys) {
      key = parse_string(at);
      ++*at; /* the colon */
    }
    *last = parse(at);
    (*last)->key = key;
    last = &(*last)->next;
  } while (**at == ',');
  ++*at;
  return first;
}

static struct node *parse(const char **at) {
  struct node *node = allocate(sizeof *node);
  *node = (struct node){0};
  switch (**at) {
  case '"':
    node->kind = STRING;
    node->string = parse_string(at);
    break;
  case '[':
    node->kind = ARRAY;
    node->first = parse_members(at, false);
    break;
  case '{':
    node->kind = OBJECT;
    node->first = parse_members(at, true);
    break;
  default: {
    char *end;
    node->number = strtol(*at, &end, 10);
    *at = end;
    break;
  }
  }
  return node;
}

/* ---- Printing ---- */

static void print(struct text *text, const struct node *node) {
  if (node->key) {
    append(text, "\"");
    append(text, node->key);
    append(text, "\":");
  }
  switch (node->kind) {
  case NUMBER:
    append_number(text, node->number);
    break;
  case STRING:
    append(text, "\"");
    append(text, node->string);
    append(text, "\"");
    break;
  case ARRAY:
  case OBJECT:
    append(text, node->kind == ARRAY ? "[" : "{");
    for (const struct node *member = node->first; member; member = member->next) {
      print(text, member);
      if (member->next) {
        append(text, ",");
      }
    }
    append(text, node->kind == ARRAY ? "]" : "}");
    break;
  }
}

/* ---- The document ---- */

/* Devices with names of different lengths and some readings each. */
static void describe(struct text *text) {
  static const char *const places[] = {"hall", "kitchen", "north-facing balcony", "attic", "garage"};
  append(text, "{\"devices\":[");
  for (long i = 0; i < DEVICES; i++) {
    append(text, i ? ",{\"id\":" : "{\"id\":");
    append_number(text, i);
    append(text, ",\"place\":\"");
    append(text, places[i % 5]);
    append(text, "\",\"readings\":[");
    for (long j = 0; j <= i % 4; j++) {
      append(text, j ? "," : "");
      append_number(text, (i * 7 + j * 13) % 50 - 10);
    }
    append(text, "]}");
  }
  append(text, "]}");
}

/* Takes every third device out of the tree. */
static void thin_out(struct node *devices) {
  struct node **place = &devices->first;
  for (uint32_t i = 0; *place; i++) {
    struct node *device = *place;
    if (i % 3 == 1) {
      *place = device->next;
      device->next = NULL;
      free_tree(device);
    } else {
      place = &device->next;
    }
  }
}

static uint32_t checksum(const char *text) {
  uint32_t sum = 0;
  for (; *text; text++) {
    sum = sum * 31u + (uint8_t)*text;
  }
  return sum % 1000000u;
}

int main(void) {
  struct text document = {0};
  describe(&document);
  const char *at = document.bytes;
  struct node *tree = parse(&at);

  struct text again = {0};
  print(&again, tree);
  system_print(strcmp(document.bytes, again.bytes) == 0 ? "same, " : "different, ");
  free(document.bytes);
  free(again.bytes);

  thin_out(tree->first);
  struct text rest = {0};
  print(&rest, tree);
  at = rest.bytes;
  struct node *copy = parse(&at); /* into the holes of the first */
  system_print_number((uint32_t)rest.length);
  system_print(" bytes, checksum ");
  system_print_number(checksum(rest.bytes));
  system_print("\n");
  free(rest.bytes);
  free_tree(tree);
  free_tree(copy);
  return 0;
}
