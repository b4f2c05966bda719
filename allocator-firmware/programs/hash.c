/*
 * SHA-256 (FIPS 180-4) of a million letters "a", one of the standard's examples, six times; 590 million instructions: a
 * program of few hot loops, long enough to measure how fast a simulator can be. On a computer:
 *
 *   head -c 1000000 /dev/zero | tr '\0' a | sha256sum
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define TIMES 6
#define LETTERS 1000000
#define ROUNDS 64
#define WORDS 8 /* of a digest */
#define BLOCK_WORDS 16
#define BLOCK_BYTES 64

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t round_constants[ROUNDS] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static const uint32_t initial[WORDS] = {
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* What the standard's examples say. */
static const uint32_t expected[WORDS] = {
  0xcdc76e5c, 0x9914fb92, 0x81a1c7e2, 0x84d73e67, 0xf1809a48, 0xa497200e, 0x046d39cc, 0xc7112cd0};

static uint32_t rotated(uint32_t x, int places) {
  return x >> places | x << (32 - places);
}

static void schedule(uint32_t w[ROUNDS], const uint32_t block[BLOCK_WORDS]) {
  for (int t = 0; t < BLOCK_WORDS; t++) {
    w[t] = block[t];
  }
  for (int t = BLOCK_WORDS; t < ROUNDS; t++) {
    uint32_t s0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ w[t - 15] >> 3;
    uint32_t s1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = s1 + w[t - 7] + s0 + w[t - 16];
  }
}

static void compress(uint32_t hash[WORDS], const uint32_t block[BLOCK_WORDS]) {
  uint32_t w[ROUNDS];
  schedule(w, block);
  uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3];
  uint32_t e = hash[4], f = hash[5], g = hash[6], h = hash[7];
  for (int t = 0; t < ROUNDS; t++) {
    uint32_t s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    uint32_t one = h + s1 + ((e & f) ^ (~e & g)) + round_constants[t] + w[t];
    uint32_t s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    uint32_t two = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + one;
    d = c, c = b, b = a, a = one + two;
  }
  hash[0] += a, hash[1] += b, hash[2] += c, hash[3] += d;
  hash[4] += e, hash[5] += f, hash[6] += g, hash[7] += h;
}

/* Their number of letters fills whole blocks; the padding, 1 bit and the length of the message in bits, is one more. */
_Static_assert(LETTERS % BLOCK_BYTES == 0, "the padding is a block of its own");

static void hash_letters(uint32_t hash[WORDS]) {
  static const uint32_t padding[BLOCK_WORDS] = {0x80000000, [BLOCK_WORDS - 1] = 8 * LETTERS};
  uint32_t block[BLOCK_WORDS];
  for (int i = 0; i < BLOCK_WORDS; i++) {
    block[i] = 0x61616161; /* aaaa */
  }
  for (int i = 0; i < WORDS; i++) {
    hash[i] = initial[i];
  }
  for (int i = 0; i < LETTERS / BLOCK_BYTES; i++) {
    compress(hash, block);
  }
  compress(hash, padding);
}

int main(void) {
  bool ok = true;
  for (int time = 0; time < TIMES; time++) {
    uint32_t hash[WORDS];
    hash_letters(hash);
    for (int i = 0; i < WORDS; i++) {
      printf("%08lx", (unsigned long)hash[i]);
      ok = ok && hash[i] == expected[i];
    }
    printf(": %s\n", ok ? "ok" : "WRONG");
  }
  return ok ? 0 : 1;
}
