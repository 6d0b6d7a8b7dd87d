/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linux, as WAMR has it, with one change: WAMR rounds the size of a linear memory up to a page of the operating
 * system. Locket takes linear memory out of the container's arena, where a module that needs 600 bytes shall
 * get 600, on Linux as on a microcontroller.
 */
#ifndef LOCKET_PLATFORM_INTERNAL_H
#define LOCKET_PLATFORM_INTERNAL_H

#include_next "platform_internal.h"

#undef os_getpagesize
#define os_getpagesize() 8

#endif
