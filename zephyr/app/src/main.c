/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the containers of the bundle. All else is in the bundle's policy, Kconfig and the devicetree. */
#include <locket.h>
#include <zephyr/kernel.h>

#include "world.h"

int main(void)
{
	/* It has said on the console what is wrong. */
	if (locket_start() == 0 && IS_ENABLED(CONFIG_GPIO_EMUL)) {
		world_run();
	}
	return 0;
}
