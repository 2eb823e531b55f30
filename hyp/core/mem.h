/* SPDX-License-Identifier: BSD-2-Clause */
/* Access to guest memory, through this CPU's window, never by a permanent mapping. */
#ifndef HYP_CORE_MEM_H
#define HYP_CORE_MEM_H

#include "hyp/core/vm.h"

/* Copies [ipa, ipa + size) of the partition's RAM out. Returns false, and copies nothing, if any of
 * it is not RAM. */
bool mem_read(const struct vm *vm, ipa_t ipa, void *to, uint32_t size);

/* The instruction at the loaded guest's pc: ARM or 32-bit Thumb (*wide; the first halfword in
 * 31..16), or 16-bit Thumb in 15..0. False if its address is no longer mapped. */
bool mem_read_insn(const struct guest_regs *regs, bool thumb, bool *wide, uint32_t *word);

#endif
