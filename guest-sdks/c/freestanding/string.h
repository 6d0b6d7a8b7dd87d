/* The part of `string.h` that a guest has, in `arena.c`. Hand-written. */
#ifndef LOCKET_STRING_H
#define LOCKET_STRING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

size_t strlen(const char *text);
void *memcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *left, const void *right, size_t len);

#ifdef __cplusplus
}
#endif
#endif
