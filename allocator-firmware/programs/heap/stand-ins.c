/*
 * Functions with the names and parameters of many heaps, each over the same first-fit of this project's own: stand-ins. They
 * show that a recording takes size, block and heap from where each of them has it. stand-ins.expected says what comes of them.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "system.h"

/* A function that the compiler knows as little of as if it were linked from somewhere else. */
#define OF_A_LIBRARY __attribute__((noipa))

/* ---- The one heap that all are ---- */

enum { ARENA_WORDS = 256, HEADER_WORDS = 2 };

/* Chunks of a header and a payload, in words of 8 bytes; the last one is followed by the end of the arena. */
struct arena {
  uint64_t words[ARENA_WORDS];
  bool used[ARENA_WORDS]; /* of the chunk that begins there */
};

static uint32_t *words_of(struct arena *arena, uint32_t chunk) { return (uint32_t *)&arena->words[chunk]; }

/* A block of so many bytes whose address is a multiple of `align`, at least 8; a null pointer if there is no room. */
__attribute__((noinline)) static void *take(struct arena *arena, size_t bytes, size_t align) {
  if (bytes > sizeof arena->words) {
    return NULL;
  }
  if (!*words_of(arena, 0)) {
    *words_of(arena, 0) = ARENA_WORDS;
  }
  uint32_t needed = 1u + (uint32_t)((bytes + 7u) / 8u);
  for (uint32_t at = 0; at < ARENA_WORDS; at += *words_of(arena, at)) {
    if (arena->used[at]) {
      continue;
    }
    uint32_t *room = words_of(arena, at);
    while (at + *room < ARENA_WORDS && !arena->used[at + *room]) {
      *room += *words_of(arena, at + *room);
    }
    uint32_t before = 0;
    while ((uintptr_t)&arena->words[at + before + 1u] % align) {
      before++;
    }
    if (before + needed > *room) {
      continue;
    }
    uint32_t rest = *room - before - needed;
    if (before) {
      *room = before;
      at += before;
    }
    *words_of(arena, at) = needed;
    if (rest) {
      *words_of(arena, at + needed) = rest;
      arena->used[at + needed] = false;
    }
    arena->used[at] = true;
    words_of(arena, at)[1] = (uint32_t)bytes;
    return &arena->words[at + 1u];
  }
  return NULL;
}

__attribute__((noinline)) static void give(struct arena *arena, void *block) {
  if (block) {
    arena->used[(uint64_t *)block - arena->words - 1] = false;
  }
}

__attribute__((noinline)) static void *change(struct arena *arena, void *block, size_t bytes) {
  void *other = take(arena, bytes, 8);
  if (block && other) {
    size_t old = ((uint32_t *)block)[-1];
    memcpy(other, block, old < bytes ? old : bytes);
    give(arena, block);
  }
  return other;
}

static void *cleared(void *block, size_t bytes) { return block ? memset(block, 0, bytes) : NULL; }

/* ---- Zephyr ---- */

struct sys_heap {
  struct arena arena;
};

struct k_heap {
  struct sys_heap heap;
};

typedef struct {
  int64_t ticks;
} k_timeout_t;

OF_A_LIBRARY void *sys_heap_alloc(struct sys_heap *heap, size_t bytes);
OF_A_LIBRARY void sys_heap_free(struct sys_heap *heap, void *mem);
OF_A_LIBRARY void *k_heap_alloc(struct k_heap *h, size_t bytes, k_timeout_t timeout);
OF_A_LIBRARY void k_heap_free(struct k_heap *h, void *mem);
OF_A_LIBRARY void *k_malloc(size_t size);
OF_A_LIBRARY void k_free(void *ptr);

static struct k_heap system_heap, own_heap;
static struct sys_heap plain_heap;

void *sys_heap_alloc(struct sys_heap *heap, size_t bytes) { return take(&heap->arena, bytes, 8); }
void sys_heap_free(struct sys_heap *heap, void *mem) { give(&heap->arena, mem); }

void *k_heap_alloc(struct k_heap *h, size_t bytes, k_timeout_t timeout) {
  void *block = sys_heap_alloc(&h->heap, bytes);
  while (!block && timeout.ticks-- > 0) {
    block = sys_heap_alloc(&h->heap, bytes);
  }
  return block;
}
void k_heap_free(struct k_heap *h, void *mem) { sys_heap_free(&h->heap, mem); }

void *k_malloc(size_t size) { return k_heap_alloc(&system_heap, size, (k_timeout_t){0}); }
void k_free(void *ptr) { k_heap_free(&system_heap, ptr); }

__attribute__((noinline)) static void zephyr(void) {
  void *a = k_malloc(24);
  void *b = k_malloc(100);
  k_free(a);
  void *c = k_heap_alloc(&own_heap, 40, (k_timeout_t){0});
  (void)k_heap_alloc(&own_heap, 4000, (k_timeout_t){2});
  void *d = sys_heap_alloc(&plain_heap, 12);
  k_heap_free(&own_heap, c);
  sys_heap_free(&plain_heap, d);
  k_free(b);
}

/* ---- TLSF ---- */

typedef void *tlsf_t;

OF_A_LIBRARY void *tlsf_malloc(tlsf_t tlsf, size_t bytes);
OF_A_LIBRARY void *tlsf_memalign(tlsf_t tlsf, size_t align, size_t bytes);
OF_A_LIBRARY void *tlsf_realloc(tlsf_t tlsf, void *ptr, size_t size);
OF_A_LIBRARY void tlsf_free(tlsf_t tlsf, void *ptr);

static struct arena tlsf_arena;

void *tlsf_malloc(tlsf_t tlsf, size_t bytes) { return take(tlsf, bytes, 8); }
void *tlsf_memalign(tlsf_t tlsf, size_t align, size_t bytes) { return take(tlsf, bytes, align); }
void *tlsf_realloc(tlsf_t tlsf, void *ptr, size_t size) { return change(tlsf, ptr, size); }
void tlsf_free(tlsf_t tlsf, void *ptr) { give(tlsf, ptr); }

__attribute__((noinline)) static void tlsf(void) {
  void *a = tlsf_malloc(&tlsf_arena, 20);
  void *b = tlsf_memalign(&tlsf_arena, 64, 50);
  a = tlsf_realloc(&tlsf_arena, a, 200);
  tlsf_free(&tlsf_arena, b);
  tlsf_free(&tlsf_arena, a);
}

/* ---- o1heap ---- */

typedef struct O1HeapInstance O1HeapInstance;

OF_A_LIBRARY void *o1heapAllocate(O1HeapInstance *const handle, const size_t amount);
OF_A_LIBRARY void o1heapFree(O1HeapInstance *const handle, void *const pointer);

static struct arena o1heap_arena;

void *o1heapAllocate(O1HeapInstance *const handle, const size_t amount) { return take((struct arena *)handle, amount, 8); }
void o1heapFree(O1HeapInstance *const handle, void *const pointer) { give((struct arena *)handle, pointer); }

__attribute__((noinline)) static void o1heap(void) {
  O1HeapInstance *heap = (O1HeapInstance *)&o1heap_arena;
  void *a = o1heapAllocate(heap, 33);
  void *b = o1heapAllocate(heap, 64);
  o1heapFree(heap, a);
  o1heapFree(heap, b);
}

/* ---- umm_malloc ---- */

OF_A_LIBRARY void *umm_malloc(size_t size);
OF_A_LIBRARY void *umm_calloc(size_t num, size_t size);
OF_A_LIBRARY void *umm_realloc(void *ptr, size_t size);
OF_A_LIBRARY void umm_free(void *ptr);

static struct arena umm_arena;

void *umm_malloc(size_t size) { return take(&umm_arena, size, 8); }
void *umm_calloc(size_t num, size_t size) { return cleared(take(&umm_arena, num * size, 8), num * size); }
void *umm_realloc(void *ptr, size_t size) { return change(&umm_arena, ptr, size); }
void umm_free(void *ptr) { give(&umm_arena, ptr); }

__attribute__((noinline)) static void umm(void) {
  void *a = umm_malloc(10);
  void *b = umm_calloc(5, 12);
  (void)umm_malloc(5000);
  a = umm_realloc(a, 70);
  umm_free(b);
  umm_free(a);
}

/* ---- LVGL ---- */

OF_A_LIBRARY void *lv_malloc(size_t size);
OF_A_LIBRARY void *lv_realloc(void *data_p, size_t new_size);
OF_A_LIBRARY void lv_free(void *data);

static struct arena lv_arena;

void *lv_malloc(size_t size) { return take(&lv_arena, size, 8); }
void *lv_realloc(void *data_p, size_t new_size) { return change(&lv_arena, data_p, new_size); }
void lv_free(void *data) { give(&lv_arena, data); }

__attribute__((noinline)) static void lvgl(void) {
  void *a = lv_malloc(48);
  a = lv_realloc(a, 96);
  void *b = lv_realloc(NULL, 16);
  lv_free(a);
  lv_free(b);
}

/* ---- lwIP: a heap, and pools, whose sizes stand in their descriptions ---- */

typedef uint16_t u16_t;
typedef uint8_t u8_t;
typedef u16_t mem_size_t;
typedef enum { MEMP_UDP_PCB, MEMP_PBUF_POOL, MEMP_MAX } memp_t;

struct memp {
  struct memp *next;
};

struct memp_desc {
  u16_t size; /* bytes of an element */
  u16_t num;
  u8_t *base;
  struct memp **tab; /* the first free one */
};

OF_A_LIBRARY void *mem_malloc(mem_size_t size);
OF_A_LIBRARY void *mem_trim(void *mem, mem_size_t size);
OF_A_LIBRARY void mem_free(void *mem);
OF_A_LIBRARY void *memp_malloc(memp_t type);
OF_A_LIBRARY void memp_free(memp_t type, void *mem);

static struct arena mem_arena;

void *mem_malloc(mem_size_t size) { return take(&mem_arena, size, 8); }
void *mem_trim(void *mem, mem_size_t size) {
  ((uint32_t *)mem)[-1] = size;
  return mem;
}
void mem_free(void *mem) { give(&mem_arena, mem); }

enum { UDP_PCBS = 2, UDP_PCB_BYTES = 32, PBUFS = 2, PBUF_BYTES = 144 };

static u8_t __attribute__((aligned(4))) memp_memory_UDP_PCB_base[UDP_PCBS * UDP_PCB_BYTES];
static u8_t __attribute__((aligned(4))) memp_memory_PBUF_POOL_base[PBUFS * PBUF_BYTES];
static struct memp *memp_tab_UDP_PCB, *memp_tab_PBUF_POOL;
static const struct memp_desc memp_UDP_PCB = {UDP_PCB_BYTES, UDP_PCBS, memp_memory_UDP_PCB_base, &memp_tab_UDP_PCB};
static const struct memp_desc memp_PBUF_POOL = {PBUF_BYTES, PBUFS, memp_memory_PBUF_POOL_base, &memp_tab_PBUF_POOL};

extern const struct memp_desc *const memp_pools[MEMP_MAX];
const struct memp_desc *const memp_pools[MEMP_MAX] = {&memp_UDP_PCB, &memp_PBUF_POOL};

static void memp_init(void) {
  for (uint32_t type = 0; type < MEMP_MAX; type++) {
    const struct memp_desc *pool = memp_pools[type];
    for (uint32_t i = 0; i < pool->num; i++) {
      struct memp *element = (struct memp *)(void *)&pool->base[i * pool->size];
      element->next = *pool->tab;
      *pool->tab = element;
    }
  }
}

void *memp_malloc(memp_t type) {
  struct memp **tab = memp_pools[type]->tab;
  struct memp *element = *tab;
  if (element) {
    *tab = element->next;
  }
  return element;
}

void memp_free(memp_t type, void *mem) {
  struct memp *element = mem;
  element->next = *memp_pools[type]->tab;
  *memp_pools[type]->tab = element;
}

__attribute__((noinline)) static void lwip(void) {
  memp_init();
  void *a = mem_malloc(128);
  a = mem_trim(a, 60);
  void *b = memp_malloc(MEMP_PBUF_POOL);
  void *c = memp_malloc(MEMP_UDP_PCB);
  void *d = memp_malloc(MEMP_PBUF_POOL);
  (void)memp_malloc(MEMP_PBUF_POOL);
  memp_free(MEMP_PBUF_POOL, d);
  memp_free(MEMP_PBUF_POOL, b);
  memp_free(MEMP_UDP_PCB, c);
  mem_free(a);
}

/* ---- Rust ---- */

OF_A_LIBRARY void *__rust_alloc(size_t size, size_t align);
OF_A_LIBRARY void *__rust_alloc_zeroed(size_t size, size_t align);
OF_A_LIBRARY void *__rust_realloc(void *ptr, size_t old_size, size_t align, size_t new_size);
OF_A_LIBRARY void __rust_dealloc(void *ptr, size_t size, size_t align);

static struct arena rust_arena;

void *__rust_alloc(size_t size, size_t align) { return take(&rust_arena, size, align < 8 ? 8 : align); }
void *__rust_alloc_zeroed(size_t size, size_t align) { return cleared(take(&rust_arena, size, align < 8 ? 8 : align), size); }
void *__rust_realloc(void *ptr, size_t old_size, size_t align, size_t new_size) {
  (void)old_size;
  (void)align;
  return change(&rust_arena, ptr, new_size);
}
void __rust_dealloc(void *ptr, size_t size, size_t align) {
  (void)size;
  (void)align;
  give(&rust_arena, ptr);
}

__attribute__((noinline)) static void rust(void) {
  void *a = __rust_alloc(9, 1);
  void *b = __rust_alloc_zeroed(30, 4);
  void *c = __rust_alloc(16, 32);
  a = __rust_realloc(a, 9, 1, 18);
  __rust_dealloc(b, 30, 4);
  __rust_dealloc(c, 16, 32);
  __rust_dealloc(a, 18, 1);
}

int main(void) {
  zephyr();
  tlsf();
  o1heap();
  umm();
  lvgl();
  lwip();
  rust();
  system_print("done\n");
  return 0;
}
