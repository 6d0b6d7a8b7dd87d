/* What makes the bindings read like C: short names for what most guests do. Hand-written.
 *
 * A call that can fail returns `false` and says why in `*reason`, an error of the interface that it belongs to; the
 * documentation of each call is that of the function in `@NAME@.h` that it stands for. */
#ifndef LOCKET_GUEST_H
#define LOCKET_GUEST_H

#include "@NAME@.h"

#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The container's main function, which the guest defines: `uint8_t locket_run(void) { … }`. It returns the exit code:
 * 0 says that the work is done, anything else that it failed. */
#define locket_run exports_locket_system_run_run

/* Bytes of the longest line; the kernel ends a container that sends more. */
#define LOCKET_LOG_MAX 512

typedef @NAME@_string_t locket_text_t;
typedef @NAME@_list_u8_t locket_message_t;
typedef locket_gpio_digital_own_input_t locket_input_t;
typedef locket_gpio_digital_own_output_t locket_output_t;
typedef locket_gpio_digital_level_t locket_level_t;
typedef locket_gpio_digital_error_t locket_pin_error_t;
typedef locket_ipc_channel_own_sender_t locket_sender_t;
typedef locket_ipc_channel_own_receiver_t locket_receiver_t;
typedef locket_ipc_channel_error_t locket_channel_error_t;

#define LOCKET_LOW LOCKET_GPIO_DIGITAL_LEVEL_LOW
#define LOCKET_HIGH LOCKET_GPIO_DIGITAL_LEVEL_HIGH

/* A text that stays where it is. */
static inline locket_text_t locket_text(const char *text) {
  locket_text_t result = {(uint8_t *)text, strlen(text)};
  return result;
}

/* Writes one line, cut to LOCKET_LOG_MAX bytes. `context` names the part of the guest that speaks, in at most 64 bytes;
 * it may be empty. */
static inline void locket_log(wasi_logging_logging_level_t level, const char *context, const char *message) {
  locket_text_t from = locket_text(context);
  locket_text_t line = locket_text(message);
  if (line.len > LOCKET_LOG_MAX) {
    line.len = LOCKET_LOG_MAX;
    /* In whole characters. */
    while (line.len > 0 && (line.ptr[line.len] & 0xC0) == 0x80) line.len--;
  }
  wasi_logging_logging_log(level, &from, &line);
}

static inline void locket_info(const char *message) { locket_log(WASI_LOGGING_LOGGING_LEVEL_INFO, "", message); }
static inline void locket_warn(const char *message) { locket_log(WASI_LOGGING_LOGGING_LEVEL_WARN, "", message); }
static inline void locket_error(const char *message) { locket_log(WASI_LOGGING_LOGGING_LEVEL_ERROR, "", message); }

/* The exit code of a container that cannot go on, after a line in the log that says why. */
static inline uint8_t locket_failed(const char *why) {
  locket_log(WASI_LOGGING_LOGGING_LEVEL_ERROR, "run", why);
  return 1;
}

/* What an error is called in WIT. */
static inline const char *locket_pin_error_name(locket_pin_error_t reason) {
  switch (reason) {
    case LOCKET_GPIO_DIGITAL_ERROR_UNKNOWN_LABEL: return "unknown-label";
    case LOCKET_GPIO_DIGITAL_ERROR_NOT_PERMITTED: return "not-permitted";
    case LOCKET_GPIO_DIGITAL_ERROR_QUOTA_EXCEEDED: return "quota-exceeded";
    case LOCKET_GPIO_DIGITAL_ERROR_REVOKED: return "revoked";
    default: return "device-failed";
  }
}

static inline const char *locket_channel_error_name(locket_channel_error_t reason) {
  switch (reason) {
    case LOCKET_IPC_CHANNEL_ERROR_UNKNOWN_LABEL: return "unknown-label";
    case LOCKET_IPC_CHANNEL_ERROR_NOT_PERMITTED: return "not-permitted";
    case LOCKET_IPC_CHANNEL_ERROR_QUOTA_EXCEEDED: return "quota-exceeded";
    case LOCKET_IPC_CHANNEL_ERROR_REVOKED: return "revoked";
    case LOCKET_IPC_CHANNEL_ERROR_FULL: return "full";
    case LOCKET_IPC_CHANNEL_ERROR_EMPTY: return "empty";
    case LOCKET_IPC_CHANNEL_ERROR_TOO_LONG: return "too-long";
    default: return "closed";
  }
}

static inline bool locket_input_open(const char *label, locket_input_t *input, locket_pin_error_t *reason) {
  locket_text_t name = locket_text(label);
  return locket_gpio_digital_static_input_open(&name, input, reason);
}

static inline bool locket_input_read(locket_input_t input, locket_level_t *level, locket_pin_error_t *reason) {
  return locket_gpio_digital_method_input_read(locket_gpio_digital_borrow_input(input), level, reason);
}

static inline bool locket_output_open(const char *label, locket_output_t *output, locket_pin_error_t *reason) {
  locket_text_t name = locket_text(label);
  return locket_gpio_digital_static_output_open(&name, output, reason);
}

static inline bool locket_output_set(locket_output_t output, locket_level_t level, locket_pin_error_t *reason) {
  return locket_gpio_digital_method_output_set(locket_gpio_digital_borrow_output(output), level, reason);
}

static inline bool locket_output_toggle(locket_output_t output, locket_level_t *level, locket_pin_error_t *reason) {
  return locket_gpio_digital_method_output_toggle(locket_gpio_digital_borrow_output(output), level, reason);
}

static inline bool locket_sender_open(const char *label, locket_sender_t *sender, locket_channel_error_t *reason) {
  locket_text_t name = locket_text(label);
  return locket_ipc_channel_static_sender_open(&name, sender, reason);
}

static inline bool locket_send(locket_sender_t sender, const void *bytes, size_t len, locket_channel_error_t *reason) {
  locket_message_t message = {(uint8_t *)bytes, len};
  return locket_ipc_channel_method_sender_send(locket_ipc_channel_borrow_sender(sender), &message, reason);
}

static inline bool locket_receiver_open(const char *label, locket_receiver_t *receiver,
                                        locket_channel_error_t *reason) {
  locket_text_t name = locket_text(label);
  return locket_ipc_channel_static_receiver_open(&name, receiver, reason);
}

/* Takes the oldest message, or fails with `empty` at once. The caller frees it with `locket_message_free`. */
static inline bool locket_receive(locket_receiver_t receiver, locket_message_t *message,
                                  locket_channel_error_t *reason) {
  return locket_ipc_channel_method_receiver_receive(locket_ipc_channel_borrow_receiver(receiver), message, reason);
}

/* Takes the oldest message; waits for one if there is none. Does not wait for a sender: `closed` says that no message is
 * left and no sender is running. */
static inline bool locket_receive_wait(locket_receiver_t receiver, locket_message_t *message,
                                       locket_channel_error_t *reason) {
  for (;;) {
    if (locket_receive(receiver, message, reason)) return true;
    if (*reason != LOCKET_IPC_CHANNEL_ERROR_EMPTY) return false;
    wasi_io_poll_own_pollable_t pollable;
    locket_ipc_channel_borrow_receiver_t end = locket_ipc_channel_borrow_receiver(receiver);
    if (!locket_ipc_channel_method_receiver_subscribe(end, &pollable, reason)) return false;
    wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(pollable));
    wasi_io_poll_pollable_drop_own(pollable);
  }
}

static inline void locket_message_free(locket_message_t *message) { @NAME@_list_u8_free(message); }

/* Waits for so many nanoseconds. */
static inline void locket_sleep(uint64_t nanoseconds) {
  wasi_io_poll_own_pollable_t pollable = wasi_clocks_monotonic_clock_subscribe_duration(nanoseconds);
  wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(pollable));
  wasi_io_poll_pollable_drop_own(pollable);
}

#ifdef __cplusplus
}
#endif
#endif
