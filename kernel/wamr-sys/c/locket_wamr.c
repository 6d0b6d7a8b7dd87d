/* SPDX-License-Identifier: Apache-2.0 */
#include "locket_wamr.h"
#include "wasm_runtime.h"
#include "wasm_runtime_common.h"

static LocketWamrHooks hooks;

bool
locket_wamr_refill(WASMModuleInstance *instance)
{
    return hooks.refill(instance->custom_data);
}

static void
grow_refused(uint32 inc_page_count, uint64 current_memory_size, uint32 memory_index,
             enlarge_memory_error_reason_t failure_reason, wasm_module_inst_t instance, wasm_exec_env_t exec_env,
             void *user_data)
{
    (void)inc_page_count;
    (void)memory_index;
    (void)failure_reason;
    (void)exec_env;
    (void)user_data;

    hooks.grow_refused(((WASMModuleInstance *)instance)->custom_data, (size_t)current_memory_size);
}

bool
locket_wamr_init(const LocketWamrHooks *given)
{
    RuntimeInitArgs args;

    hooks = *given;
    memset(&args, 0, sizeof(args));
    args.mem_alloc_type = Alloc_With_Allocator;
    args.mem_alloc_option.allocator.malloc_func = (void *)hooks.malloc;
    args.mem_alloc_option.allocator.realloc_func = (void *)hooks.realloc;
    args.mem_alloc_option.allocator.free_func = (void *)hooks.free;
    args.running_mode = Mode_Interp;
    if (!wasm_runtime_full_init(&args))
        return false;
    wasm_runtime_set_enlarge_mem_error_callback(grow_refused, NULL);
    return true;
}

wasm_module_t
locket_wamr_load(uint8 *bytes, uint32 size, char *error, uint32 error_size)
{
    char name[] = "";
    LoadArgs args;

    memset(&args, 0, sizeof(args));
    args.name = name;
    args.wasm_binary_freeable = WASM_ENABLE_FAST_INTERP != 0;
    return wasm_runtime_load_ex(bytes, size, &args, error, error_size);
}

wasm_module_inst_t
locket_wamr_instantiate(wasm_module_t module, uint32 stack_size, void *context, char *error, uint32 error_size)
{
    struct InstantiationArgs2 args;

    wasm_runtime_instantiation_args_set_defaults(&args);
    wasm_runtime_instantiation_args_set_default_stack_size(&args, stack_size);
    wasm_runtime_instantiation_args_set_host_managed_heap_size(&args, 0);
    wasm_runtime_instantiation_args_set_custom_data(&args, context);
    return wasm_runtime_instantiate_ex2(module, &args, error, error_size);
}

void *
locket_wamr_context(const WASMExecEnv *exec_env)
{
    return ((const WASMModuleInstance *)exec_env->module_inst)->custom_data;
}

uint8 *
locket_wamr_memory(wasm_module_inst_t instance, size_t *size)
{
    WASMMemoryInstance *memory = wasm_get_default_memory((WASMModuleInstance *)instance);

    if (!memory || !memory->memory_data || memory->memory_data_size == 0) {
        *size = 0;
        return NULL;
    }
    *size = (size_t)memory->memory_data_size;
    return memory->memory_data;
}
