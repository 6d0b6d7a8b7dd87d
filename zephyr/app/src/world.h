/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORLD_H
#define WORLD_H

/* Plays the outside world on boards whose pins are emulated; returns only if it cannot. */
void world_run(void);

#endif
