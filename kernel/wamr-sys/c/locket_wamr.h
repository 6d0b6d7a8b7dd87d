/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Locket adds to WAMR: the metering that the interpreter calls, and a narrow interface to the structures
 * whose layout Rust need not know. Declared for Rust in `src/lib.rs`.
 */
#ifndef LOCKET_WAMR_H
#define LOCKET_WAMR_H

#include "wasm_export.h"
#include "wasm_exec_env.h"

/*
 * For the interpreter, which keeps the count of operations in its variable `instructions_left`, and the instance
 * that it runs in `module`.
 */

/* The exception of a container that the kernel ended; the reason itself never travels as text. */
#define LOCKET_ENDED "ended by the kernel"

/* Between entries, and during calls out of one, the count is the first member of the instance's context. */
#define LOCKET_COUNT (*(int32 *)module->custom_data)
#define LOCKET_LEAVE() (LOCKET_COUNT = instructions_left)
#define LOCKET_RETURN() (instructions_left = LOCKET_COUNT)

/* Bulk memory operations move many bytes in one operation: they are charged one further operation per 64 bytes,
   so that a slice bounds time. */
#define LOCKET_CHARGE(bytes) (instructions_left -= (int32)((uint32)(bytes) >> 6))

/* Called when the count of operations is below 0, with the operation that is about to run counted. Either sets it
   anew, or returns false to end the container. */
bool
locket_wamr_refill(struct WASMModuleInstance *instance);

typedef struct LocketWamrHooks {
    void *(*malloc)(mem_alloc_usage_t usage, unsigned size);
    void *(*realloc)(mem_alloc_usage_t usage, bool full_size_mmaped, void *pointer, unsigned size);
    void (*free)(mem_alloc_usage_t usage, void *pointer);
    /* As `locket_wamr_refill`, for the instance of this context. */
    bool (*refill)(void *context);
    /* `memory.grow` was refused in the instance of this context, whose memory has `size` bytes. */
    void (*grow_refused)(void *context, size_t size);
} LocketWamrHooks;

/* Starts WAMR with these hooks; once per process. */
bool
locket_wamr_init(const LocketWamrHooks *hooks);

/* Loads a module whose buffer may be freed afterwards if `wasm_runtime_is_underlying_binary_freeable` says so. */
wasm_module_t
locket_wamr_load(uint8 *bytes, uint32 size, char *error, uint32 error_size);

/* Instantiates without a host-managed heap. `context` begins with the count of operations, an `int32`; it outlives
   the instance, and is its context from the first operation of a start function on. */
wasm_module_inst_t
locket_wamr_instantiate(wasm_module_t module, uint32 stack_size, void *context, char *error, uint32 error_size);

/* The context of the instance that `exec_env` runs. */
void *
locket_wamr_context(const WASMExecEnv *exec_env);

/* The linear memory as it is now; NULL and 0 if there is none or it is empty. */
uint8 *
locket_wamr_memory(wasm_module_inst_t instance, size_t *size);

#endif
