/* SPDX-License-Identifier: Apache-2.0 */
/* Threads, time, locks, text, randomness: one small function per need. */
#include "locket_zephyr.h"

#include <zephyr/kernel.h>
#include <zephyr/random/random.h>
#include <zephyr/sys/printk.h>

#if defined(CONFIG_LOCKET_SHELL)
#include <zephyr/shell/shell.h>
#endif

struct container {
	struct k_thread thread;
	/* Its token: at most one. */
	struct k_sem token;
	void (*entry)(uint32_t container);
};

static struct container containers[CONFIG_LOCKET_THREADS];
static K_THREAD_STACK_ARRAY_DEFINE(stacks, CONFIG_LOCKET_THREADS, CONFIG_LOCKET_THREAD_STACK_SIZE);

static K_SEM_DEFINE(arrived, 0, CONFIG_LOCKET_THREADS);
static K_SEM_DEFINE(released, 0, CONFIG_LOCKET_THREADS);
static K_SEM_DEFINE(console, 1, 1);

/* Linear memories, modules and interpreter stacks of all containers. */
static uint8_t __noinit __aligned(8) memory[CONFIG_LOCKET_MEMORY];

/* Tokens have to be there before any thread is. */
static int init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(containers); i++) {
		k_sem_init(&containers[i].token, 0, 1);
	}
	return 0;
}

SYS_INIT(init, PRE_KERNEL_1, CONFIG_KERNEL_INIT_PRIORITY_DEFAULT);

uint64_t locket_zephyr_uptime(void)
{
	return k_ticks_to_ns_floor64((uint64_t)k_uptime_ticks());
}

uint64_t locket_zephyr_cpu_time(void)
{
	k_thread_runtime_stats_t stats;

	if (k_thread_runtime_stats_get(k_current_get(), &stats) != 0) {
		return 0;
	}
	return k_cyc_to_ns_floor64(stats.execution_cycles);
}

uint32_t locket_zephyr_threads(void)
{
	return CONFIG_LOCKET_THREADS;
}

static void enter(void *number, void *unused2, void *unused3)
{
	uint32_t container = (uint32_t)(uintptr_t)number;

	ARG_UNUSED(unused2);
	ARG_UNUSED(unused3);
	containers[container].entry(container);
}

bool locket_zephyr_thread_start(uint32_t container, const char *name, size_t name_length,
				void (*entry)(uint32_t container))
{
	if (container >= CONFIG_LOCKET_THREADS || containers[container].entry != NULL) {
		return false;
	}

	containers[container].entry = entry;
	k_tid_t thread = k_thread_create(&containers[container].thread, stacks[container],
					 K_THREAD_STACK_SIZEOF(stacks[container]), enter,
					 (void *)(uintptr_t)container, NULL, NULL,
					 K_PRIO_PREEMPT(CONFIG_LOCKET_THREAD_PRIORITY),
					 IS_ENABLED(CONFIG_FPU_SHARING) ? K_FP_REGS : 0, K_NO_WAIT);
#if defined(CONFIG_THREAD_NAME)
	char terminated[CONFIG_THREAD_MAX_NAME_LEN];

	snprintk(terminated, sizeof(terminated), "%.*s", (int)name_length, name);
	(void)k_thread_name_set(thread, terminated);
#else
	ARG_UNUSED(thread);
	ARG_UNUSED(name);
	ARG_UNUSED(name_length);
#endif
	return true;
}

size_t locket_zephyr_thread_stack_unused(uint32_t container)
{
	size_t unused = 0;

#if defined(CONFIG_INIT_STACKS) && defined(CONFIG_THREAD_STACK_INFO)
	if (container < CONFIG_LOCKET_THREADS && containers[container].entry != NULL &&
	    k_thread_stack_space_get(&containers[container].thread, &unused) != 0) {
		return 0;
	}
#else
	ARG_UNUSED(container);
#endif
	return unused;
}

void *locket_zephyr_thread_slot(void)
{
	return k_thread_custom_data_get();
}

void locket_zephyr_set_thread_slot(void *value)
{
	k_thread_custom_data_set(value);
}

void locket_zephyr_yield(void)
{
	/* `k_yield` would only let threads of the same priority run. */
	k_sleep(K_TICKS(1));
}

void locket_zephyr_park(uint32_t container, uint64_t limit)
{
	k_timeout_t timeout = K_FOREVER;

	if (container >= CONFIG_LOCKET_THREADS) {
		return;
	}
	if (limit != UINT64_MAX) {
		/* Later than this is woken up early, which a kernel wait allows for. */
		uint64_t most = IS_ENABLED(CONFIG_TIMEOUT_64BIT) ? INT64_MAX / 2 : INT32_MAX / 2;

		timeout = K_TICKS((k_ticks_t)MIN(k_ns_to_ticks_ceil64(limit), most));
	}
	(void)k_sem_take(&containers[container].token, timeout);
}

void locket_zephyr_unpark(uint32_t container)
{
	if (container < CONFIG_LOCKET_THREADS) {
		k_sem_give(&containers[container].token);
	}
}

void locket_zephyr_line_up(void)
{
	k_sem_give(&arrived);
	(void)k_sem_take(&released, K_FOREVER);
}

void locket_zephyr_let_go(uint32_t threads)
{
	for (uint32_t i = 0; i < threads; i++) {
		(void)k_sem_take(&arrived, K_FOREVER);
	}
	for (uint32_t i = 0; i < threads; i++) {
		k_sem_give(&released);
	}
}

void locket_zephyr_lock_scheduler(void)
{
	k_sched_lock();
}

void locket_zephyr_unlock_scheduler(void)
{
	k_sched_unlock();
}

void locket_zephyr_nap(void)
{
	k_sleep(K_TICKS(1));
}

void locket_zephyr_lock_console(void)
{
	(void)k_sem_take(&console, K_FOREVER);
}

bool locket_zephyr_try_lock_console(void)
{
	return k_sem_take(&console, K_NO_WAIT) == 0;
}

void locket_zephyr_unlock_console(void)
{
	k_sem_give(&console);
}

void locket_zephyr_write(const char *text, size_t length)
{
	printk("%.*s", (int)length, text);
}

void locket_zephyr_shell_write(const void *shell, const char *text, size_t length)
{
#if defined(CONFIG_LOCKET_SHELL)
	shell_fprintf((const struct shell *)shell, SHELL_NORMAL, "%.*s", (int)length, text);
#else
	ARG_UNUSED(shell);
	ARG_UNUSED(text);
	ARG_UNUSED(length);
#endif
}

void locket_zephyr_fatal(void)
{
	k_panic();
	CODE_UNREACHABLE;
}

uint8_t *locket_zephyr_memory(size_t *length)
{
	*length = sizeof(memory);
	return memory;
}

bool locket_zephyr_random(uint8_t *bytes, size_t length)
{
#if defined(CONFIG_LOCKET_RANDOM)
	return sys_csrand_get(bytes, length) == 0;
#else
	ARG_UNUSED(bytes);
	ARG_UNUSED(length);
	return false;
#endif
}
