/* SPDX-License-Identifier: BSD-2-Clause */
/* Each kind of address is a type, so that a physical address never passes for a guest's address. */
#ifndef HYP_BASE_ADDR_H
#define HYP_BASE_ADDR_H

#include <stdint.h>

#define PAGE_SIZE  UINT32_C(0x1000)
#define BLOCK_SIZE UINT32_C(0x200000)

/* Physical: 40 bits (LPAE). */
typedef struct {
	uint64_t pa;
} pa_t;

/* Intermediate physical (a guest's physical address): 32 bits, VTCR.T0SZ = 0. */
typedef struct {
	uint32_t ipa;
} ipa_t;

static inline pa_t pa_make(uint64_t address)
{
	return (pa_t) { address };
}

static inline ipa_t ipa_make(uint32_t address)
{
	return (ipa_t) { address };
}

static inline pa_t pa_add(pa_t base, uint64_t bytes)
{
	return pa_make(base.pa + bytes);
}

/* Bytes from `base` to `address`, which is not below it. */
static inline uint64_t pa_offset(pa_t address, pa_t base)
{
	return address.pa - base.pa;
}

static inline ipa_t ipa_add(ipa_t base, uint32_t bytes)
{
	return ipa_make(base.ipa + bytes);
}

static inline uint32_t ipa_offset(ipa_t address, ipa_t base)
{
	return address.ipa - base.ipa;
}

#endif
