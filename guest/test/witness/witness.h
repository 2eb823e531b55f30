/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition that checks all the while, beside hostile ones, that nothing of its own changes: RAM,
 * registers of all modes, CP15, VFP and NEON, interrupts, time, and its share of the CPU. One vCPU.
 *
 * Bootargs: watch=HANDLE (its end is this one's), until-us=N or until-s=N (of the virtual counter),
 * ticks=N (at least so many before the end), partner=HANDLE (another witness, with rights on each
 * other; or 0) and starts (this one begins), absent-us=N (the longest time away from the CPU),
 * patience-us=N (then an interrupt is lost), host-time (no -icount: how long it had the CPU is
 * told, and not checked).
 */
#ifndef GUEST_TEST_WITNESS_H
#define GUEST_TEST_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

/* The first difference of a kind, and how many there were. */
struct witness_count {
	uint32_t done, wrong;
	uint32_t where, got, want; /* of the first wrong one */
};

void witness_compare(struct witness_count *count, uint32_t where, uint32_t got, uint32_t want);
uint32_t witness_random(void);

/* ---- hold.S ---- */
#define WITNESS_CORE   14u /* r1 to r12, sp, lr */
#define WITNESS_BANKED 20u

/* The layout is known to hold.S. */
struct witness_hold {
	uint32_t core[WITNESS_CORE];
	uint32_t banked[WITNESS_BANKED];
	uint32_t core_out[WITNESS_CORE];
	uint32_t banked_out[WITNESS_BANKED];
	uint32_t saved[WITNESS_BANKED];
	uint32_t turns; /* of a loop, while the registers hold the values */
	uint32_t wfi;	/* then WFI, if not 0 */
	uint32_t left;	/* of `turns` at the end: 0 */
};

/* IRQ and FIQ are masked. All registers hold the values, then they are read back. */
void witness_hold(struct witness_hold *hold);

/* ---- registers.c ---- */
extern struct witness_count witness_cores, witness_cp15, witness_vfp;
void witness_registers_init(void);
/* One turn: other values, held for so many turns of a loop, and by WFI. */
void witness_registers(uint32_t turns, bool wfi);

/* ---- memory.c ---- */
extern struct witness_count witness_memory_count;
bool witness_memory_init(void);
void witness_memory(void); /* the next piece: checked, and filled anew */
void witness_memory_end(void);

/* ---- interrupts.c ---- */
extern struct witness_count witness_sgis, witness_levels; /* levels: and edges */
extern volatile uint32_t witness_ticks, witness_early, witness_stray, witness_stray_first;
extern volatile uint32_t witness_spurious, witness_missed;
extern uint32_t witness_latest; /* of all ticks, in microseconds */
extern uint32_t witness_pings;
void witness_interrupts_init(void); /* ticks begin */
/* An SGI to itself and a line of its own; whether a tick is overdue. */
void witness_interrupts(void);
/* One exchange with the partner, if it is time; false: an answer is overdue. */
bool witness_partner(void);
bool witness_partner_end(void); /* the last exchange; false: an answer did not come */

/* ---- time.c ---- */
extern struct witness_count witness_time_count;
extern uint32_t witness_absent; /* the longest time away from the CPU, in microseconds */
extern uint64_t witness_present_us, witness_away_us;
extern uint64_t witness_width; /* to so many ticks it knows how far the counters are apart */
void witness_time_init(bool host_time);
void witness_time(void); /* reads the counters for a while */

#endif
