/* SPDX-License-Identifier: BSD-2-Clause */
/* The interface between switch.S and kernel.c. */
#ifndef GUEST_RTOS_SWITCH_H
#define GUEST_RTOS_SWITCH_H

#include <stdint.h>

/* The saved state of a task that does not run, at its stack pointer. */
struct switch_frame {
	uint32_t r[13];
	uint32_t lr;
	uint32_t pc; /* this and the next: RFE's */
	uint32_t psr;
};

extern const uint32_t switch_vectors[];

/* Another task may run; the caller continues, with CPSR `psr`, when it is selected again.
 * Interrupts are masked. */
void switch_away(uint32_t psr);

/* Holds `seed` in all registers (changed for each), and in the flags Q and GE, for `rounds` turns
 * of a loop. 0, or what differed. */
uint32_t switch_hold_registers(uint32_t seed, uint32_t rounds);

/* Called from switch.S: the stack pointer of the task that stops; returns that of the next one. */
uint32_t kernel_interrupt(uint32_t sp, uint32_t unused, uint64_t stamp);
uint32_t kernel_switch(uint32_t sp);

#endif
