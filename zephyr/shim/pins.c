/* SPDX-License-Identifier: Apache-2.0 */
/* The digital pins that the devicetree sets aside for containers. */
#include "locket_zephyr.h"

#include <zephyr/devicetree.h>
#include <zephyr/drivers/gpio.h>
#include <zephyr/sys/util.h>

struct pin {
	const char *name;
	struct gpio_dt_spec line;
};

#define PIN(node) {.name = DT_NODE_FULL_NAME(node), .line = GPIO_DT_SPEC_GET(node, gpios)},

static const struct pin inputs[] = {DT_FOREACH_STATUS_OKAY(locket_digital_in, PIN)};
static const struct pin outputs[] = {DT_FOREACH_STATUS_OKAY(locket_digital_out, PIN)};

/* Rust was told by CMake, which reads the same tree. */
BUILD_ASSERT(ARRAY_SIZE(inputs) == LOCKET_DIGITAL_INPUTS);
BUILD_ASSERT(ARRAY_SIZE(outputs) == LOCKET_DIGITAL_OUTPUTS);

const char *locket_zephyr_input_name(uint32_t input)
{
	return input < ARRAY_SIZE(inputs) ? inputs[input].name : NULL;
}

const char *locket_zephyr_output_name(uint32_t output)
{
	return output < ARRAY_SIZE(outputs) ? outputs[output].name : NULL;
}

static bool configure(const struct gpio_dt_spec *line, gpio_flags_t as)
{
	return gpio_is_ready_dt(line) && gpio_pin_configure_dt(line, as) == 0;
}

bool locket_zephyr_input_configure(uint32_t input)
{
	return input < ARRAY_SIZE(inputs) && configure(&inputs[input].line, GPIO_INPUT);
}

bool locket_zephyr_output_configure(uint32_t output)
{
	return output < ARRAY_SIZE(outputs) && configure(&outputs[output].line, GPIO_OUTPUT_INACTIVE);
}

int locket_zephyr_input_get(uint32_t input)
{
	return input < ARRAY_SIZE(inputs) ? gpio_pin_get_dt(&inputs[input].line) : -EINVAL;
}

int locket_zephyr_output_set(uint32_t output, bool active)
{
	return output < ARRAY_SIZE(outputs) ? gpio_pin_set_dt(&outputs[output].line, active) : -EINVAL;
}
