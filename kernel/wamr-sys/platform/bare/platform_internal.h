/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No operating system, as far as WAMR is concerned: bare metal, and real-time systems whose threads the board owns.
 * WAMR as Locket builds it makes no thread, waits for nothing and allocates from the calling container's arena, so
 * all that it needs is a small C library (memory, strings, `snprintf`, `qsort`, `sqrt` and its like).
 */
#ifndef LOCKET_PLATFORM_INTERNAL_H
#define LOCKET_PLATFORM_INTERNAL_H

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef BH_PLATFORM_LOCKET_BARE
#define BH_PLATFORM_LOCKET_BARE
#endif

/* Names that WAMR declares functions with. There are no such objects: see `platform.c`. */
typedef int korp_tid;
typedef int korp_thread;
typedef int korp_mutex;
typedef int korp_cond;
typedef int korp_rwlock;
typedef int korp_sem;
typedef int os_file_handle;
typedef int os_raw_file_handle;
typedef int os_dir_stream;
typedef int os_timespec;
typedef int os_poll_file_handle;
typedef unsigned int os_nfds_t;
typedef int bh_socket_t;

#define OS_THREAD_MUTEX_INITIALIZER 0
#define BH_APPLET_PRESERVED_STACK_SIZE 0
#define BH_THREAD_DEFAULT_PRIORITY 0

/* Linear memory is rounded up to this; a module that needs 600 bytes gets 600. */
#define os_getpagesize() 8

static inline os_file_handle
os_get_invalid_handle(void)
{
    return -1;
}

#endif
