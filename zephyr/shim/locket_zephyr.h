/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Locket asks of Zephyr, as plain C functions: most of Zephyr's own calls are inline or macros, which Rust cannot
 * see. Declared for Rust in `zephyr/zephyr-sys/src/lib.rs`, which is the only caller.
 *
 * Containers are numbered from 0 in the policy's order; numbers are below CONFIG_LOCKET_THREADS. Times are in
 * nanoseconds. No function may be called from an interrupt.
 */
#ifndef LOCKET_ZEPHYR_H
#define LOCKET_ZEPHYR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Time. */

/* Since the start of the system, in steps of a tick. */
uint64_t locket_zephyr_uptime(void);
/* Processor time of the calling thread. */
uint64_t locket_zephyr_cpu_time(void);

/* Threads of containers. */

/* How many there can be: CONFIG_LOCKET_THREADS. */
uint32_t locket_zephyr_threads(void);
/* Starts the thread of a container, which was not started before; `name` is copied. */
bool locket_zephyr_thread_start(uint32_t container, const char *name, size_t name_length,
				void (*entry)(uint32_t container));
/* Bytes of the thread's stack that were never used; 0 if nobody counts them. */
size_t locket_zephyr_thread_stack_unused(uint32_t container);
/* The calling thread's word of its own, NULL at first. */
void *locket_zephyr_thread_slot(void);
void locket_zephyr_set_thread_slot(void *value);
/* Lets other threads run, also those of lower priority. */
void locket_zephyr_yield(void);
/* Sleeps until there is a token of `container`, and takes it; at most for `limit`, UINT64_MAX being for ever. */
void locket_zephyr_park(uint32_t container, uint64_t limit);
/* Leaves the token of `container`. */
void locket_zephyr_unpark(uint32_t container);
/* On a container's thread: says that it has come so far, and sleeps until it is let go. */
void locket_zephyr_line_up(void);
/* Sleeps until `threads` of them have lined up, and lets them all go. */
void locket_zephyr_let_go(uint32_t threads);

/* Locks. */

/* Keeps other threads from running until the matching unlock, unless this one sleeps. Nests. */
void locket_zephyr_lock_scheduler(void);
void locket_zephyr_unlock_scheduler(void);
/* Sleeps for one tick. */
void locket_zephyr_nap(void);
/* The lock of the console; it does not nest. */
void locket_zephyr_lock_console(void);
bool locket_zephyr_try_lock_console(void);
void locket_zephyr_unlock_console(void);

/* Text. */

void locket_zephyr_write(const char *text, size_t length);
/* Writes to the shell that a command was given in. */
void locket_zephyr_shell_write(const void *shell, const char *text, size_t length);
/* Ends the program after a failure that nothing can go on from. */
void locket_zephyr_fatal(void) __attribute__((noreturn));

/* Memory that the build put aside. */

/* For the containers, CONFIG_LOCKET_MEMORY bytes, aligned to 8; nobody else uses it. */
uint8_t *locket_zephyr_memory(size_t *length);
/* The bundle, CONFIG_LOCKET_BUNDLE, aligned to 8. */
const uint8_t *locket_zephyr_bundle(size_t *length);

/* Random numbers that are fit for keys; false if the hardware fails or there is none. */
bool locket_zephyr_random(uint8_t *bytes, size_t length);

/* Pins: the devicetree's nodes `locket,digital-in` and `locket,digital-out`, each in the order of the tree. */

/* The node's name; NULL if there are not so many. */
const char *locket_zephyr_input_name(uint32_t input);
const char *locket_zephyr_output_name(uint32_t output);
/* Makes an input of it, or an output that is inactive. */
bool locket_zephyr_input_configure(uint32_t input);
bool locket_zephyr_output_configure(uint32_t output);
/* Whether it is active: 1 or 0, or a negative error number. */
int locket_zephyr_input_get(uint32_t input);
/* Makes it active or inactive: 0, or a negative error number. */
int locket_zephyr_output_set(uint32_t output, bool active);

#endif
