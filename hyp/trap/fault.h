/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of a guest's faults, and which faults are new. Pure. */
#ifndef HYP_TRAP_FAULT_H
#define HYP_TRAP_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_LINES 16	 /* the most of one kind for each start of a partition */
#define FAULT_LOOP  1000 /* this many repetitions of one fault are a loop */

/* The faults that have been logged. Lock: the partition's vm->lock. */
struct fault_seen {
	uint32_t count;
	struct {
		uint32_t pc, detail;
	} entry[FAULT_LINES];
};

enum fault_news { FAULT_OLD, FAULT_NEW, FAULT_LAST };

/* Is this fault new? A new fault is stored while there is room: LAST takes the last place of
 * `limit`, and all later faults are old. `detail`: the address, or the syndrome. */
enum fault_news fault_see(struct fault_seen *seen, uint32_t limit, uint32_t pc, uint32_t detail);

/* A vCPU's last fault, and the number of its repetitions in a row. */
struct fault_loop {
	uint32_t pc, detail;
	uint32_t progress;
	uint32_t count;
	uint32_t undefined; /* the number of all its undefined instructions */
	bool told;	    /* logged, once for each start of the partition */
};

/* Counts one more fault. `progress` changes with every other exit of the guest. True once: when the
 * fault has become a loop. */
bool fault_repeats(struct fault_loop *loop, uint32_t pc, uint32_t detail, uint32_t progress);

/* Is the vCPU in a loop, by the present `progress`? */
bool fault_is_loop(const struct fault_loop *loop, uint32_t progress);

#define FAULT_BURST 32 /* lines of a partition at once; then one each period */

/* The limit for a partition's lines, independent of its restarts. Lock: its vm->lock. */
struct fault_budget {
	uint64_t due;	   /* the time that its lines have used up */
	uint32_t left_out; /* lines, not reported yet */
};

/* May a line be logged at `now`? If not, it counts as left out. `now` is in any unit, from 0 on. */
bool fault_may_tell(struct fault_budget *budget, uint64_t now, uint64_t period);

/* May a line about the lines left out be logged? Returns their number, and resets it to 0. Returns
 * 0 if no line was left out, or if it is too early. */
uint32_t fault_left_out(struct fault_budget *budget, uint64_t now, uint64_t period);

/* The trapped instruction in words, from its syndrome: 'MRC p15, 0, r1, c9, c13, 0'. Returns the
 * length; 0 if the syndrome does not contain it. */
size_t fault_name(uint32_t hsr, char *buf, size_t size);

#endif
