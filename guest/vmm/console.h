/* SPDX-License-Identifier: BSD-2-Clause */
/* The VM's console on this partition's: its lines have "child: " in front; input goes to it. */
#ifndef GUEST_VMM_CONSOLE_H
#define GUEST_VMM_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

/* Once, with the GIC initialised: input comes by interrupts to this vCPU. */
void console_init(void);
/* A new VM. */
void console_reset(void);

/* An access of the VM. For any runner. */
uint32_t console_access(uint32_t offset, bool write, uint32_t value);

/* Shows what has been written of a line that is not complete, such as a prompt. */
void console_flush(void);

/* Lines in all lives that begin with "PASS: ", "FAIL: ". */
uint32_t console_passed(void);
uint32_t console_failed(void);

#endif
