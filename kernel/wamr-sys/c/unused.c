/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that WAMR refers to and that no path of Locket reaches; none of them does anything but stop.
 *
 * - WAMR's own heap: memory comes from the engine's arenas, and no instance has a host-managed heap.
 * - Mapping pages: linear memory comes from the arenas too (WASM_MEM_ALLOC_WITH_USAGE).
 * - The system allocator: WAMR is never started with it.
 * - Passing arguments to typed natives: all natives of Locket are raw.
 */
#include "bh_platform.h"
#include "mem_alloc.h"

#define UNREACHED __builtin_trap()

mem_allocator_t
mem_allocator_create(void *mem, uint32_t size)
{
    (void)mem;
    (void)size;
    UNREACHED;
}

mem_allocator_t
mem_allocator_create_with_struct_and_pool(void *struct_buf, uint32_t struct_buf_size, void *pool_buf,
                                          uint32_t pool_buf_size)
{
    (void)struct_buf;
    (void)struct_buf_size;
    (void)pool_buf;
    (void)pool_buf_size;
    UNREACHED;
}

int
mem_allocator_destroy(mem_allocator_t allocator)
{
    (void)allocator;
    UNREACHED;
}

uint32
mem_allocator_get_heap_struct_size(void)
{
    UNREACHED;
}

void *
mem_allocator_malloc(mem_allocator_t allocator, uint32_t size)
{
    (void)allocator;
    (void)size;
    UNREACHED;
}

void *
mem_allocator_malloc_aligned(mem_allocator_t allocator, uint32_t size, uint32_t alignment)
{
    (void)allocator;
    (void)size;
    (void)alignment;
    UNREACHED;
}

void *
mem_allocator_realloc(mem_allocator_t allocator, void *ptr, uint32_t size)
{
    (void)allocator;
    (void)ptr;
    (void)size;
    UNREACHED;
}

void
mem_allocator_free(mem_allocator_t allocator, void *ptr)
{
    (void)allocator;
    (void)ptr;
    UNREACHED;
}

int
mem_allocator_migrate(mem_allocator_t allocator, char *pool_buf_new, uint32 pool_buf_size)
{
    (void)allocator;
    (void)pool_buf_new;
    (void)pool_buf_size;
    UNREACHED;
}

bool
mem_allocator_is_heap_corrupted(mem_allocator_t allocator)
{
    (void)allocator;
    UNREACHED;
}

bool
mem_allocator_get_alloc_info(mem_allocator_t allocator, void *mem_alloc_info)
{
    (void)allocator;
    (void)mem_alloc_info;
    UNREACHED;
}

void *
os_mmap(void *hint, size_t size, int prot, int flags, os_file_handle file)
{
    (void)hint;
    (void)size;
    (void)prot;
    (void)flags;
    (void)file;
    UNREACHED;
}

void *
os_mremap(void *old_addr, size_t old_size, size_t new_size)
{
    (void)old_addr;
    (void)old_size;
    (void)new_size;
    UNREACHED;
}

int
os_mprotect(void *addr, size_t size, int prot)
{
    (void)addr;
    (void)size;
    (void)prot;
    UNREACHED;
}

void
os_munmap(void *addr, size_t size)
{
    (void)addr;
    (void)size;
    UNREACHED;
}

void *
os_malloc(unsigned size)
{
    (void)size;
    UNREACHED;
}

void *
os_realloc(void *ptr, unsigned size)
{
    (void)ptr;
    (void)size;
    UNREACHED;
}

void
os_free(void *ptr)
{
    (void)ptr;
    UNREACHED;
}

/* WAMR declares it with the argument types of each architecture; it is only ever named, never called. */
void
invokeNative(void)
{
    UNREACHED;
}

/* WAMR's C API, which is not built. */
void
wasm_trap_delete(void *trap)
{
    (void)trap;
    UNREACHED;
}
