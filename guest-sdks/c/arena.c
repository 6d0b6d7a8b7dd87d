/* The guest's heap and the few functions of a C library that the bindings need. Hand-written.
 *
 * An ordinary wasm allocator asks for pages of 64 KiB, and a module that does keeps whole pages for itself. This one
 * hands out parts of a static array of LOCKET_ARENA bytes, so that the engine can cut the container's memory down to
 * what the guest declared. Free blocks form one list in ascending order of address, first fit; a freed block merges
 * with free neighbours. A block in use has a head of 8 bytes, because `free` does not say how long it is. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef LOCKET_ARENA
#define LOCKET_ARENA 1024
#endif

/* The unit of every size and position, and what a block keeps in its first one. */
typedef struct {
  /* Length of the block, in granules, this one included. */
  uint32_t len;
  /* Position of the next free block, in granules; 0 ends the list. */
  uint32_t next;
} __attribute__((aligned(8))) granule;

_Static_assert(LOCKET_ARENA % sizeof(granule) == 0 && LOCKET_ARENA >= 3 * sizeof(granule),
               "an arena's size is a multiple of 8 bytes, and at least 24");

#define GRANULES (LOCKET_ARENA / sizeof(granule))

/* The first granule heads the list and belongs to no block; its `len` says whether the heap was set up. */
static granule heap[GRANULES];

void *malloc(size_t bytes) {
  if (bytes > LOCKET_ARENA) return NULL;
  uint32_t need = (uint32_t)((bytes + sizeof(granule) - 1) / sizeof(granule)) + 1;
  if (heap[0].len == 0) {
    heap[0] = (granule){1, 1};
    heap[1] = (granule){GRANULES - 1, 0};
  }
  for (uint32_t before = 0, at; (at = heap[before].next) != 0; before = at) {
    if (heap[at].len < need) continue;
    uint32_t next = heap[at].next;
    if (heap[at].len > need) {
      heap[at + need] = (granule){heap[at].len - need, next};
      next = at + need;
      heap[at].len = need;
    }
    heap[before].next = next;
    return &heap[at + 1];
  }
  return NULL;
}

void free(void *block) {
  if (block == NULL) return;
  uint32_t at = (uint32_t)((granule *)block - heap) - 1;
  uint32_t before = 0;
  while (heap[before].next != 0 && heap[before].next < at) before = heap[before].next;
  heap[at].next = heap[before].next;
  if (heap[at].next == at + heap[at].len) {
    granule following = heap[heap[at].next];
    heap[at] = (granule){heap[at].len + following.len, following.next};
  }
  /* The head never merges: it is not part of any block. */
  if (before != 0 && before + heap[before].len == at) {
    heap[before] = (granule){heap[before].len + heap[at].len, heap[at].next};
  } else {
    heap[before].next = at;
  }
}

void *realloc(void *block, size_t bytes) {
  if (block == NULL) return malloc(bytes);
  size_t old = (((granule *)block)[-1].len - 1) * sizeof(granule);
  if (bytes <= old) return block;
  void *moved = malloc(bytes);
  if (moved == NULL) return NULL;
  memcpy(moved, block, old);
  free(block);
  return moved;
}

void abort(void) { __builtin_trap(); }

size_t strlen(const char *text) {
  size_t len = 0;
  while (text[len] != '\0') len++;
  return len;
}

void *memcpy(void *restrict to, const void *restrict from, size_t len) {
  for (size_t at = 0; at < len; at++) ((uint8_t *)to)[at] = ((const uint8_t *)from)[at];
  return to;
}

void *memmove(void *to, const void *from, size_t len) {
  if ((uintptr_t)to <= (uintptr_t)from) {
    for (size_t at = 0; at < len; at++) ((uint8_t *)to)[at] = ((const uint8_t *)from)[at];
  } else {
    for (size_t at = len; at > 0; at--) ((uint8_t *)to)[at - 1] = ((const uint8_t *)from)[at - 1];
  }
  return to;
}

void *memset(void *to, int byte, size_t len) {
  for (size_t at = 0; at < len; at++) ((uint8_t *)to)[at] = (uint8_t)byte;
  return to;
}

int memcmp(const void *left, const void *right, size_t len) {
  for (size_t at = 0; at < len; at++) {
    int difference = ((const uint8_t *)left)[at] - ((const uint8_t *)right)[at];
    if (difference != 0) return difference;
  }
  return 0;
}
