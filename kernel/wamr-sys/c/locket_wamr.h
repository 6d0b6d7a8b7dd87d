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
 * For the interpreter, which keeps the count of operations in its variable `instructions_left`.
 */

/* The exception of a container that the kernel ended; the reason itself never travels as text. */
#define LOCKET_ENDED "ended by the kernel"

/* Control leaves this entry into the interpreter, and comes back. */
#define LOCKET_LEAVE() (exec_env->instructions_to_execute = instructions_left)
#define LOCKET_RETURN() (instructions_left = exec_env->instructions_to_execute)

/* Bulk memory operations move many bytes in one operation: they are charged one further operation per 64 bytes,
   so that a slice bounds time. */
#define LOCKET_CHARGE(bytes) (instructions_left -= (int32)((uint32)(bytes) >> 6))

/* Called when the operations of `exec_env` have run out; false ends the container. */
bool
locket_wamr_refill(WASMExecEnv *exec_env);

/* Operations left until the next refill. Negative by what the last operation took too much. */
int32
locket_wamr_left(const WASMExecEnv *exec_env);

typedef struct LocketWamrHooks {
    void *(*malloc)(mem_alloc_usage_t usage, unsigned size);
    void *(*realloc)(mem_alloc_usage_t usage, bool full_size_mmaped, void *pointer, unsigned size);
    void (*free)(mem_alloc_usage_t usage, void *pointer);
    /* `left` as of `locket_wamr_left`; returns the next slice, 0 to end the container. */
    uint32 (*refill)(WASMExecEnv *exec_env, int32 left);
    /* `memory.grow` was refused in `instance`. */
    void (*grow_refused)(wasm_module_inst_t instance);
} LocketWamrHooks;

/* Starts WAMR with these hooks; once per process. */
bool
locket_wamr_init(const LocketWamrHooks *hooks);

/* Loads a module whose buffer may be freed afterwards if `wasm_runtime_is_underlying_binary_freeable` says so. */
wasm_module_t
locket_wamr_load(uint8 *bytes, uint32 size, char *error, uint32 error_size);

/* Instantiates without a host-managed heap. `context` is what `locket_wamr_context` returns, from the first
   operation of a start function on. */
wasm_module_inst_t
locket_wamr_instantiate(wasm_module_t module, uint32 stack_size, void *context, char *error, uint32 error_size);

/* The context of the instance that `exec_env` runs. */
void *
locket_wamr_context(const WASMExecEnv *exec_env);

void *
locket_wamr_instance_context(wasm_module_inst_t instance);

/* The linear memory as it is now; NULL and 0 if there is none or it is empty. */
uint8 *
locket_wamr_memory(wasm_module_inst_t instance, size_t *size);

#endif
