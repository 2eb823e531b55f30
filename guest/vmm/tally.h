/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of the VM that this partition asserts, one by one, and that the VM counts
 * (guest/test/tally): SPIs as edges and as levels, and a PPI of each of two vCPUs. The counts of
 * both lie in the VM's memory. A line is asserted again as soon as the VM has counted the last
 * time, so each counts.
 */
#ifndef GUEST_VMM_TALLY_H
#define GUEST_VMM_TALLY_H

#include <stdbool.h>
#include <stdint.h>

/* A device of the VM: stores of words. */
#define TALLY_BASE  0x0b000000u
#define TALLY_BOARD 0u /* the VM's address of a struct tally_board: it begins */
#define TALLY_LOWER 4u /* this line, of those that are levels, is to go low */

#define TALLY_LINES 18u
#define TALLY_SPI   40u /* of line 0; line n goes to vCPU n modulo 2 */
#define TALLY_LEVEL \
	8u /* the first line that is a level; those before it, and the PPIs, are edges */
#define TALLY_PPIS 16u /* the first line that is a PPI */
#define TALLY_PPI  22u

struct tally_board {
	volatile uint32_t raised[TALLY_LINES]; /* by this partition, before the call */
	volatile uint32_t taken[TALLY_LINES];  /* by the VM, in its handler */
};

/* How often line n is asserted, if all together are asserted `total` times. */
static inline uint32_t tally_share(uint32_t n, uint32_t total)
{
	return total / TALLY_LINES + (n < total % TALLY_LINES);
}

/* Has the VM begun, so that runners are to call tally_drive often? */
bool tally_is_on(void);

/* A new VM. */
void tally_reset(void);

/* Asserts those lines that are to be: those of the vCPUs that others run, if there are others. */
void tally_drive(uint32_t runner);

/* An access of the VM. For any runner. */
void tally_access(uint32_t offset, bool write, uint32_t value);

/* Checks of what has been asserted, and what the VM has counted. */
void tally_tell(void);

#endif
