/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads that may fault: an undefined instruction, a data abort. boot/probe/start.S skips the
 * instruction and clears r3. */
#ifndef BOOT_PROBE_FENCED_H
#define BOOT_PROBE_FENCED_H

#include "boot/probe/fence.h"
#include "hyp/hw/sysreg.h"
#include <stdbool.h>

/* Returns true and fills *value, or returns false if the instruction faulted. The address is %2 of
 * the instruction. The vectors and the instruction may change r12. */
#define PROBE_FENCED(type, insn, value, address)                      \
	__extension__({                                               \
		register uint32_t fence_ __asm__("r3") = PROBE_FENCE; \
		type got_ = 0;                                        \
		__asm__ volatile(insn "\n\tdsb\n\tisb"                \
				 : "+&r"(got_), "+r"(fence_)          \
				 : "r"(address)                       \
				 : "r12", "cc", "memory");            \
		*(value) = got_;                                      \
		fence_ == PROBE_FENCE;                                \
	})

/* A register of hyp/regs/cp15.h. */
#define probe_read_reg(reg, value)   PROBE_FENCED(uint32_t, "mrc " SYSREG_STR(reg), value, 0)
#define probe_read_reg64(reg, value) PROBE_FENCED(uint64_t, "mrrc " SYSREG64_STR(reg), value, 0)

/* A word of memory or of a device. */
static inline bool probe_read32(uint64_t address, uint32_t *value)
{
	return address <= UINT32_MAX - 3u &&
	       PROBE_FENCED(uint32_t, "ldr %0, [%2]", value, (uint32_t)address);
}

#endif
