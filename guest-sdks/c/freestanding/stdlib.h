/* The part of `stdlib.h` that a guest has, in `arena.c`. Hand-written. */
#ifndef LOCKET_STDLIB_H
#define LOCKET_STDLIB_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void *malloc(size_t bytes);
void *realloc(void *block, size_t bytes);
void free(void *block);
/* Ends the container with a trap. */
_Noreturn void abort(void);

#ifdef __cplusplus
}
#endif
#endif
