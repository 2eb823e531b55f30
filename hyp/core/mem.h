/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's hand in guest memory: through this CPU's window, never by a mapping of its own. */
#ifndef HYP_CORE_MEM_H
#define HYP_CORE_MEM_H

#include "hyp/core/vm.h"

/* Copies [ipa, ipa + size) of the partition's RAM out. False if any of it is not RAM: nothing is
 * copied then. */
bool mem_read(const struct vm *vm, ipa_t ipa, void *to, uint32_t size);

/* The instruction that the loaded guest stands at: ARM or 32-bit Thumb (*wide; the first halfword
 * in 31..16), or 16-bit Thumb in 15..0. False if its translation has gone. */
bool mem_read_insn(const struct guest_regs *regs, bool thumb, bool *wide, uint32_t *word);

#endif
