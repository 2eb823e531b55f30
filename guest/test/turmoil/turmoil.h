/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Storms of partitions' lives (test/tool storms). Two rioters of four vCPUs do at random, on all
 * CPUs: CPU_ON, CPU_OFF, SYSTEM_RESET, SYSTEM_OFF, SGIs to everybody, lines of each other, timers,
 * a device, doorbells, WFI; and they end, start and pause each other. A boss ends, starts and
 * pauses both, and the witnesses beside them. Now and then it makes all quiet: both rioters begin a
 * calm life, then all are paused but the boss, and the tool compares the monitor's and the GIC's
 * state with that of the first time. So does a maker: a partition that makes a VM, and ends in the
 * middle of all that.
 *
 * Bootargs: of the boss, seed=N, nap-us=N (between two steps, at most), stuck-us=N (without a new
 * life a rioter is reset); rioter=0, rioter=1 (gpio: it has the PL061); maker.
 */
#ifndef GUEST_TEST_TURMOIL_H
#define GUEST_TEST_TURMOIL_H

#include "guest/lib/shared.h"
#include "guest/test/random.h"
#include <stdbool.h>
#include <stdint.h>

#define TURMOIL_RIOTERS	    2u
#define TURMOIL_VCPUS	    4u
#define TURMOIL_KINDS	    16u
#define TURMOIL_ACTIONS	    14u /* of a rioter; then comes its end */
#define TURMOIL_BOSS	    1u	/* handles, as in test/systems/turmoil.dts */
#define TURMOIL_RIOTER	    2u
#define TURMOIL_WITNESS	    4u
#define TURMOIL_WITNESSES   2u
#define TURMOIL_MAKER	    6u
#define TURMOIL_ALL	    3u /* rioters, and the maker */
#define TURMOIL_MAKER_VCPUS 2u
#define TURMOIL_REASONS	    8u	/* of PLUMB_RUN; 0: an error */
#define TURMOIL_FIRST	    52u /* SPIs that are driven: half of them edges */
#define TURMOIL_SPIS	    12u
#define TURMOIL_PPI	    20u
#define TURMOIL_MAGIC	    0x4d524f54u

/* The common section of the shared memory. test/lib/storms.py knows the layout. */
struct turmoil_rioter {
	volatile uint32_t lives, calm;
	volatile uint32_t wrong, what, where, got; /* the first difference at the start of a life */
	volatile uint32_t interrupts[TURMOIL_VCPUS];
	volatile uint32_t done[TURMOIL_VCPUS][TURMOIL_KINDS];
};

struct turmoil_maker {
	volatile uint32_t lives, calm;
	volatile uint32_t wrong, what, got; /* the first result that is another */
	volatile uint32_t made, rings;
	volatile uint32_t lines[TURMOIL_MAKER_VCPUS];
	volatile uint32_t runs[TURMOIL_MAKER_VCPUS][TURMOIL_REASONS];
};

struct turmoil_board {
	volatile uint32_t magic;
	volatile uint32_t seed, calm;
	volatile uint32_t quiet;    /* the round after which all is quiet now */
	volatile uint32_t calls[8]; /* of the boss: enum boss_call */
	volatile uint32_t refused[8];
	volatile uint32_t go, finish; /* by the tool: continue after this round; the last one */
	volatile uint32_t goal;	      /* by the tool: lives, until it is to be quiet */
	uint32_t spare[8];
	struct turmoil_rioter rioter[TURMOIL_RIOTERS];
	struct turmoil_maker maker;
};

extern struct shared turmoil_link;
extern struct turmoil_board *turmoil_board;

static inline uint32_t turmoil_next(uint32_t *random)
{
	return random_next(random) >> 3;
}

_Noreturn void turmoil_boss(void);
_Noreturn void turmoil_rioter(uint32_t self);
_Noreturn void turmoil_maker(void);

/* What a life finds at its start: differences go to the board. */
void turmoil_life_check(struct turmoil_rioter *me);

#endif
