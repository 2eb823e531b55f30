/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/settle.h"
#include "hyp/base/bits.h"
#include "hyp/core/halt.h"
#include "hyp/hw/tlb.h"

/* MIDR without variant and revision: Arm, Cortex-A15 */
#define SETTLE_MIDR	 0x410fc0f0u
#define SETTLE_MIDR_MASK 0xff0ffff0u
#define SETTLE_LAST	 0x33u /* r3p3 */

bool settle_is_needed(uint32_t midr)
{
	uint32_t revision = (midr >> 20 & 0xfu) << 4 | (midr & 0xfu);

	return (midr & SETTLE_MIDR_MASK) == SETTLE_MIDR && revision <= SETTLE_LAST;
}

/* Two CPUs may ask each other: neither is in its guest. A CPU that has parked never will be. */
static void settle_wait(struct cpu *self, const struct cpu *other)
{
	while (other->settle && !other->parked && !halt_wanted) {
		settle_answer(self);
		hw_yield();
	}
}

void settle_others(uint32_t which)
{
	struct cpu *self = cpu_this();
	uint32_t others = which & ~BIT32(self->index);

	if (!settle_is_needed(sysreg_read(MIDR))) {
		return;
	}
	tlb_flush_nothing();
	if (!others) {
		return;
	}
	for (uint32_t left = others; left; left &= left - 1) {
		cpus[bits_first(left)].settle = true;
		hw_dmb(); /* a CPU that reads resched also reads the other */
		cpu_poke(bits_first(left));
	}
	hw_sev(); /* one that waits for another's world takes no interrupt */
	for (uint32_t left = others; left; left &= left - 1) {
		settle_wait(self, &cpus[bits_first(left)]);
	}
	hw_dmb(); /* what follows comes after their answers */
}
