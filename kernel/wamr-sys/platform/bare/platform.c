/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What WAMR asks of an operating system, where Locket gives it none.
 *
 * The mutexes do nothing. WAMR guards two things with them in the configuration that Locket builds: the exception of
 * one instance, which only that instance's thread touches, and the process-wide map of host references, which stays
 * empty because no host function makes any. The registration of natives happens before any thread runs.
 */
#include "platform_api_vmcore.h"

int
bh_platform_init(void)
{
    return 0;
}

void
bh_platform_destroy(void)
{
}

/* WAMR's texts go nowhere: the engine returns reasons, and a device's console is the board's. */
int
os_printf(const char *format, ...)
{
    (void)format;
    return 0;
}

int
os_vprintf(const char *format, va_list arguments)
{
    (void)format;
    (void)arguments;
    return 0;
}

uint64
os_time_get_boot_us(void)
{
    return 0;
}

uint64
os_time_thread_cputime_us(void)
{
    return 0;
}

korp_tid
os_self_thread(void)
{
    return 1;
}

/* Unknown, which turns WAMR's own check of the native stack off. The interpreter does not recurse on it; a host call
   that calls the guest's allocator nests once. Boards size their threads' stacks for that. */
uint8 *
os_thread_get_stack_boundary(void)
{
    return NULL;
}

void
os_thread_jit_write_protect_np(bool enabled)
{
    (void)enabled;
}

int
os_mutex_init(korp_mutex *mutex)
{
    *mutex = 0;
    return 0;
}

int
os_mutex_destroy(korp_mutex *mutex)
{
    (void)mutex;
    return 0;
}

int
os_mutex_lock(korp_mutex *mutex)
{
    (void)mutex;
    return 0;
}

int
os_mutex_unlock(korp_mutex *mutex)
{
    (void)mutex;
    return 0;
}

void
os_dcache_flush(void)
{
}

void
os_icache_flush(void *start, size_t length)
{
    (void)start;
    (void)length;
}
