/* Opens a pin, logs, sends and receives: the C one of the guests that do the same in every language. */

#include "guest.h"

uint8_t locket_run(void) {
  locket_output_t lamp;
  locket_pin_error_t pin;
  locket_sender_t there;
  locket_receiver_t back;
  locket_channel_error_t channel;
  locket_message_t answer;
  if (!locket_output_open("lamp", &lamp, &pin)) return locket_failed(locket_pin_error_name(pin));
  if (!locket_sender_open("there", &there, &channel)) return locket_failed(locket_channel_error_name(channel));
  if (!locket_receiver_open("back", &back, &channel)) return locket_failed(locket_channel_error_name(channel));
  locket_info("calling");
  if (!locket_output_set(lamp, LOCKET_HIGH, &pin)) return locket_failed(locket_pin_error_name(pin));
  if (!locket_send(there, "ping", 4, &channel)) return locket_failed(locket_channel_error_name(channel));
  if (!locket_receive_wait(back, &answer, &channel)) return locket_failed(locket_channel_error_name(channel));
  bool same = answer.len == 4 && memcmp(answer.ptr, "ping", 4) == 0;
  locket_message_free(&answer);
  if (!locket_output_set(lamp, LOCKET_LOW, &pin)) return locket_failed(locket_pin_error_name(pin));
  if (!same) return 2;
  locket_info("answered");
  return 0;
}
