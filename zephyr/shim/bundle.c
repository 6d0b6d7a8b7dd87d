/* SPDX-License-Identifier: Apache-2.0 */
/* The bundle, as it is, in flash. */
#include "locket_zephyr.h"

__asm__(".pushsection .rodata.locket_bundle, \"a\"\n"
	".balign 8\n"
	"locket_bundle_start:\n"
	".incbin \"" LOCKET_BUNDLE "\"\n"
	"locket_bundle_end:\n"
	".popsection\n");

extern const uint8_t locket_bundle_start[];
extern const uint8_t locket_bundle_end[];

const uint8_t *locket_zephyr_bundle(size_t *length)
{
	*length = (size_t)(locket_bundle_end - locket_bundle_start);
	return locket_bundle_start;
}
