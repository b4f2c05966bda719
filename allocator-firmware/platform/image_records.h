/*
 * Writes the records of image_walk.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef IMAGE_RECORDS_H
#define IMAGE_RECORDS_H

#include "image_contract.h"

typedef struct image_records {
  uint32_t *buffer;
  uint32_t room;
  uint32_t skip;
  uint32_t written;
} image_records;

static inline image_records image_records_in(void *buffer, uint32_t bytes) {
  uint32_t *words = (uint32_t *)buffer;
  image_records records = {words, 0, words[0], 0};
  while (bytes >= 12u) {
    bytes -= 12u;
    records.room++;
  }
  return records;
}

static inline void image_record(image_records *records, uint32_t address, uint32_t bytes, uint32_t kind, uint32_t detail) {
  if (records->skip) {
    records->skip--;
  } else if (records->written < records->room) {
    uint32_t *record = records->buffer + 3u * records->written;
    record[0] = address;
    record[1] = kind << 28 | bytes;
    record[2] = detail;
    records->written++;
  }
}

#endif
