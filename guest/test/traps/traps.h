/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that trap, run with chosen registers and flags, and what they leave behind. */
#ifndef GUEST_TEST_TRAPS_H
#define GUEST_TEST_TRAPS_H

#include "guest/lib/exceptions.h"
#include <stdbool.h>
#include <stdint.h>

#define TRAPS_N 0x80000000u
#define TRAPS_Z 0x40000000u

/* Registers of emulated devices: GICD_IPRIORITYR of SPIs 64 to 75 (bytes, words; five bits a byte)
 * and the console's UARTIBRD (16 bits). */
#define TRAPS_PRIO 0x08000440u
#define TRAPS_BAUD 0x09000024u
#define TRAPS_NONE 0x0a000000u /* nothing is there */

/* code.S: loads all 13 registers and the flags, runs a snippet, stores them again. */
struct traps_state {
	uint32_t r[13];
	uint32_t psr;
};
void traps_call(struct traps_state *state, void (*code)(void));

struct traps_row {
	const char *name;
	void (*code)(void);
	uint32_t psr;	 /* flags before; after it must be the same */
	uint32_t in[8];	 /* r0..r7 */
	uint32_t out[8]; /* zeros behind the last that counts: as before */
	uint32_t outs;	 /* how many of `out` count */
	uint32_t at;	 /* a register: `before` is written to it, `after` must be there then */
	uint32_t before, after;
};

void traps_rows(const struct traps_row *rows, uint32_t count);

/* Runs a snippet that must end in an exception, and tells it. */
struct guest_exception traps_try(void (*code)(void), uint32_t psr, uint32_t r0, uint32_t r1);

void traps_memory(void);     /* loads and stores */
void traps_registers(void);  /* banked registers, SP and LR, User mode */
void traps_system(void);     /* coprocessor registers, WFI, WFE, HVC, SMC */
void traps_exceptions(void); /* what must abort or be undefined, and what the guest is told */
void traps_vfp(void);

#endif
