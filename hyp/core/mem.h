/* SPDX-License-Identifier: BSD-2-Clause */
/* All access to memory that guests can access, through this CPU's window, never by a permanent
 * mapping. Nothing else uses the window (check/layers). */
#ifndef HYP_CORE_MEM_H
#define HYP_CORE_MEM_H

#include "hyp/core/vm.h"

/* Copies [ipa, ipa + size) of the partition's RAM out. Returns false, and copies nothing, if any of
 * it is not RAM. */
bool mem_read(const struct vm *vm, ipa_t ipa, void *to, uint32_t size);

/* Copies into it, or clears it (`from` is NULL; whole pages), and cleans and invalidates it to the
 * point of coherency, so that a guest whose caches are off reads it. Returns false, and changes
 * nothing, if any of it is not RAM. */
bool mem_write(const struct vm *vm, ipa_t ipa, const void *from, uint32_t size);

/* The same for memory that several partitions share, which is no partition's RAM: whole pages are
 * cleared; an aligned word is written at once. */
void mem_clear_shared(pa_t pa, uint32_t size);
void mem_put_shared(pa_t pa, uint32_t word);

/* Cleans and invalidates it to the point of coherency: a guest whose caches are off will read what
 * was written there with caches. */
void mem_clean(pa_t pa, uint32_t size);

/* The instruction at the loaded guest's pc: ARM or 32-bit Thumb (*wide; the first halfword in
 * 31..16), or 16-bit Thumb in 15..0. False if its address is no longer mapped. */
bool mem_read_insn(const struct guest_regs *regs, bool thumb, bool *wide, uint32_t *word);

/* The little-endian word at an aligned guest-virtual address, as the loaded guest in the mode of
 * `regs` may read it. False, and *word is not changed: it may not, or it is no RAM of its own. */
bool mem_read_word(const struct guest_regs *regs, uint32_t va, uint32_t *word);

#endif
