/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOCKET_H
#define LOCKET_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Starts the containers of the bundle in this firmware, each on a thread of its own, and returns.
 *
 * Once, from a thread; `main` will do. Returns 0, or a negative error number after a line on the console has said what
 * is wrong and what would help: -EALREADY it was called before, -EINVAL the bundle or its policy does not fit this
 * firmware, -ENODEV a pin of the devicetree does not work, -ENOMEM WAMR did not start.
 */
int locket_start(void);

#ifdef __cplusplus
}
#endif

#endif
