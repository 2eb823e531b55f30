/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/trap/pending.h"
#include "hyp/base/bits.h"

void pending_post(struct pending *pending, const struct mmio *mmio)
{
	pending->mmio = *mmio;
	pending->mmio.value = mmio->is_write ? mmio->value & mmio_mask(mmio->size) : 0;
	pending->serial = (pending->serial + 1) & (BIT32(PENDING_SERIAL_BITS) - 1u);
	pending->state = PENDING_POSTED;
}

bool pending_take(struct pending *pending)
{
	bool posted = pending->state == PENDING_POSTED;

	if (posted) {
		pending->state = PENDING_TAKEN;
	}
	return posted;
}

bool pending_repost(struct pending *pending)
{
	bool taken = pending->state == PENDING_TAKEN;

	if (taken) {
		pending->state = PENDING_POSTED;
	}
	return taken;
}

bool pending_answer(struct pending *pending, uint32_t serial, uint32_t value)
{
	if (pending->state != PENDING_TAKEN || pending->serial != serial) {
		return false;
	}
	pending->mmio.value = value;
	pending->state = PENDING_DONE;
	return true;
}

void pending_cancel(struct pending *pending)
{
	pending->state = PENDING_NONE;
}

bool pending_complete(struct pending *pending, struct pending_effect *effect)
{
	const struct insn_access *access = &pending->access;

	if (pending->state != PENDING_DONE) {
		return false;
	}
	pending->state = PENDING_NONE;
	*effect = (struct pending_effect) {
		.loads = !access->is_write,
		.rt = access->rt,
		.value = insn_load_value(access, pending->mmio.value),
		.writeback = access->writeback,
		.rn = access->rn,
		.increment = access->increment,
	};
	return true;
}
