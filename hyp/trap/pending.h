/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trapped load or store that another program answers: it is posted, taken, answered, and then
 * completes in the vCPU's registers. Who asks and who answers is the caller's business. Pure; the
 * caller's lock protects all but `access` and `hsr`, which are the vCPU's own.
 *
 *   NONE -> POSTED -> TAKEN -> DONE -> NONE
 *   TAKEN -> POSTED: who had taken it is gone; anything -> NONE: its vCPU is
 */
#ifndef HYP_TRAP_PENDING_H
#define HYP_TRAP_PENDING_H

#include "hyp/base/mmio.h"
#include "hyp/trap/insn.h"

enum pending_state { PENDING_NONE, PENDING_POSTED, PENDING_TAKEN, PENDING_DONE };

/* A number of this many bits tells an access from earlier ones of the same vCPU. */
#define PENDING_SERIAL_BITS 26

struct pending {
	struct insn_access access; /* how it completes */
	uint32_t hsr;		   /* of the instruction, with a valid length */
	struct mmio mmio;	   /* DONE: `value` is the answer */
	uint32_t serial;
	uint8_t state; /* enum pending_state */
};

/* Of a vCPU that has none. */
void pending_post(struct pending *pending, const struct mmio *mmio);

/* True: it was posted, and is taken now. */
bool pending_take(struct pending *pending);

/* True: it was taken, and is posted again. */
bool pending_repost(struct pending *pending);

/* Does it still wait: is it posted, or taken? */
static inline bool pending_waits(const struct pending *pending)
{
	return pending->state == PENDING_POSTED || pending->state == PENDING_TAKEN;
}

/* False, and nothing changes: this access has not been taken, or is not the one with that number
 * any more. `value`: of a load; of a store it does not count. */
bool pending_answer(struct pending *pending, uint32_t serial, uint32_t value);

/* It is forgotten. */
void pending_cancel(struct pending *pending);

/* What the instruction does to registers: the caller steps over it as well (insn_skip). */
struct pending_effect {
	bool loads; /* rt becomes `value`: of the access's size, sign-extended if it says so */
	uint8_t rt;
	uint32_t value;
	bool writeback; /* then rn += increment */
	uint8_t rn;
	int32_t increment;
};

/* True: it is answered, and NONE now. */
bool pending_complete(struct pending *pending, struct pending_effect *effect);

#endif
