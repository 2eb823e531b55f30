/* SPDX-License-Identifier: BSD-2-Clause */
/* Bit fields by mask: a field's shift derives from its mask, so that each field is typed once. */
#ifndef HYP_BASE_BITS_H
#define HYP_BASE_BITS_H

#include <stdint.h>

#define BIT32(n) (UINT32_C(1) << (n))
#define BIT64(n) (UINT64_C(1) << (n))

/* Bits h..l, both inclusive, 31 >= h >= l >= 0 (63 for the 64-bit one). */
#define GENMASK32(h, l) ((UINT32_C(0xffffffff) << (l)) & (UINT32_C(0xffffffff) >> (31 - (h))))
#define GENMASK64(h, l) \
	((UINT64_C(0xffffffffffffffff) << (l)) & (UINT64_C(0xffffffffffffffff) >> (63 - (h))))

/* The shift of a field is the value of its mask's lowest set bit; `mask` is never 0. */
#define FIELD_LSB(mask)		((mask) & (~(mask) + 1u))
#define FIELD_GET(mask, reg)	(((reg) & (mask)) / FIELD_LSB(mask))
#define FIELD_PREP(mask, val)	((FIELD_LSB(mask) * (val)) & (mask))
#define FIELD_SET(mask, reg, v) (((reg) & ~(mask)) | FIELD_PREP(mask, v))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* `align` is a power of two. bits_align_up wraps to 0 past the top: callers check the range first.
 */
static inline uint64_t bits_align_up(uint64_t value, uint64_t align)
{
	return (value + align - 1u) & ~(align - 1u);
}

static inline uint64_t bits_align_down(uint64_t value, uint64_t align)
{
	return value & ~(align - 1u);
}

static inline uint32_t bits_min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Bit n % 32 moves to bit 0, the others follow: for a bit of a word by a number whose lower five
 * bits are its place. */
static inline uint32_t bits_rotate(uint32_t word, uint32_t n)
{
	return word >> (n & 31u) | word << (-n & 31u);
}

/* The number of bits that are set. Pairs, fours and eights of bits are added in parallel. */
static inline uint32_t bits_count(uint32_t word)
{
	word -= word >> 1 & 0x55555555u;
	word = (word & 0x33333333u) + (word >> 2 & 0x33333333u);
	word = (word + (word >> 4)) & 0x0f0f0f0fu;
	return word * 0x01010101u >> 24;
}

/* Index of the lowest set bit; `word` is not 0. */
static inline unsigned bits_first(uint32_t word)
{
	return (unsigned)__builtin_ctz(word);
}

/* Index of the highest set bit; `word` is not 0. */
static inline unsigned bits_last(uint32_t word)
{
	return 31u - (unsigned)__builtin_clz(word);
}

#endif
