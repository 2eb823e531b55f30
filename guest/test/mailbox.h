/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words between two partitions that share no memory: disabled lines of the control partition's own
 * VGIC, driven with KVM_IRQ_LINE and read with PLUMB_GET_IRQ_STATE by both sides. The other side's
 * VGIC stays untouched, it may have none, and what was said survives its restart.
 *
 * Bank n holds a command (op, a, b), its strobe, a reply, and the reply's strobe; a strobe flips
 * for each message. Both partitions hold rights on the control partition, which is named 'control'.
 */
#ifndef GUEST_TEST_MAILBOX_H
#define GUEST_TEST_MAILBOX_H

#include "guest/lib/hvc.h"

#define MAILBOX_FIRST  64u
#define MAILBOX_STRIDE 128u

#define MAILBOX_OP	     0u
#define MAILBOX_OP_BITS	     8u
#define MAILBOX_A	     8u
#define MAILBOX_B	     40u
#define MAILBOX_STROBE	     72u
#define MAILBOX_REPLY	     73u
#define MAILBOX_REPLY_STROBE 105u

struct mailbox {
	uint32_t handle; /* of the control partition, as the caller names it */
	uint32_t base;	 /* first SPI */
	bool broken;	 /* a call was refused */
};

static inline struct mailbox mailbox_open(uint32_t handle, uint32_t bank)
{
	return (struct mailbox) { .handle = handle, .base = MAILBOX_FIRST + MAILBOX_STRIDE * bank };
}

static inline bool mailbox_bit(struct mailbox *box, uint32_t line)
{
	uint32_t state = 0;

	if (irq_state(box->handle, kvm_irq_spi(box->base + line), &state) != 0) {
		box->broken = true;
	}
	return (state & PLUMB_IRQ_LEVEL) != 0;
}

static inline void mailbox_set_bit(struct mailbox *box, uint32_t line, bool level)
{
	if (kvm_irq_line(box->handle, kvm_irq_spi(box->base + line), level) != 0) {
		box->broken = true;
	}
}

static inline uint32_t mailbox_get(struct mailbox *box, uint32_t line, uint32_t bits)
{
	uint32_t value = 0;

	for (uint32_t i = 0; i < bits; i++) {
		value |= (uint32_t)mailbox_bit(box, line + i) << i;
	}
	return value;
}

static inline void mailbox_put(struct mailbox *box, uint32_t line, uint32_t bits, uint32_t value)
{
	for (uint32_t i = 0; i < bits; i++) {
		mailbox_set_bit(box, line + i, (value >> i & 1) != 0);
	}
}

#endif
