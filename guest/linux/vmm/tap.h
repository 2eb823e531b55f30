/* SPDX-License-Identifier: BSD-2-Clause */
/* A TAP: a network interface of this machine, the other end of which is a file of this program. */
#ifndef LINUX_VMM_TAP_H
#define LINUX_VMM_TAP_H

#include <stdint.h>

/* The interface of this name, which is made if there is none, and goes with this program then. An
 * error ends the program. The file has a frame for each read and write. */
int32_t tap_open(const char *name);

#endif
