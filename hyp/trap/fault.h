/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest's faults are called, and which of them are news. Pure. */
#ifndef HYP_TRAP_FAULT_H
#define HYP_TRAP_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_LINES 16	 /* at most, of one kind, for each start of a partition */
#define FAULT_LOOP  1000 /* the same fault so often in a row is a loop */

/* The faults that have been told. Lock: the partition's vm->lock. */
struct fault_seen {
	uint32_t count;
	struct {
		uint32_t pc, detail;
	} entry[FAULT_LINES];
};

enum fault_news { FAULT_OLD, FAULT_NEW, FAULT_LAST };

/* Is this one new? Notes it then, while there is room: LAST takes the last place of `limit`, and
 * from then on all are old. `detail`: the address, or the syndrome. */
enum fault_news fault_see(struct fault_seen *seen, uint32_t limit, uint32_t pc, uint32_t detail);

/* A vCPU's last fault, and how often it came in a row. */
struct fault_loop {
	uint32_t pc, detail;
	uint32_t progress;
	uint32_t count;
	uint32_t undefined; /* how many undefined instructions, all in all */
	bool told;	    /* once for each start of the partition is enough */
};

/* One more fault. `progress` changes with whatever else the guest does that exits. True once: when
 * it has become a loop. */
bool fault_repeats(struct fault_loop *loop, uint32_t pc, uint32_t detail, uint32_t progress);

/* Is it in one, by `progress` as of now? */
bool fault_is_loop(const struct fault_loop *loop, uint32_t progress);

#define FAULT_BURST 32 /* lines of a partition at once; then one each period */

/* What may be told of a partition, however often it starts anew. Lock: its vm->lock. */
struct fault_budget {
	uint64_t due;	   /* the time that its lines have used up */
	uint32_t left_out; /* lines, and not told of yet */
};

/* May a line be told at `now`? Else it counts as left out. Any unit of time, from 0 on. */
bool fault_may_tell(struct fault_budget *budget, uint64_t now, uint64_t period);

/* May one that tells how many were left out? Returns their number, which starts again at 0 then;
 * 0: none were, or not yet. */
uint32_t fault_left_out(struct fault_budget *budget, uint64_t now, uint64_t period);

/* The trapped instruction in words, from its syndrome: 'MRC p15, 0, r1, c9, c13, 0'. Returns the
 * length; 0 if the syndrome does not tell. */
size_t fault_name(uint32_t hsr, char *buf, size_t size);

#endif
