/* SPDX-License-Identifier: Apache-2.0 */
/* The soil dries out and is watered again, as in `examples/greenhouse/board.toml`: low for two seconds, high for two. */
#include "world.h"

#include <zephyr/drivers/gpio.h>
#include <zephyr/drivers/gpio/gpio_emul.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

static const struct gpio_dt_spec soil = GPIO_DT_SPEC_GET(DT_NODELABEL(soil0), gpios);

void world_run(void)
{
	for (int level = 0;; level = !level) {
		if (gpio_emul_input_set(soil.port, soil.pin, level) != 0) {
			printk("the emulated pin soil0 cannot be set\n");
			return;
		}
		k_sleep(K_SECONDS(2));
	}
}
