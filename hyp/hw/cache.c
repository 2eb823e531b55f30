/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/hw/cache.h"
#include "hyp/hw/sysreg.h"

/* CTR.DminLine: log2 of the smallest line in words. */
static size_t cache_line(void)
{
	return (size_t)4 << ((sysreg_read(CTR) >> 16) & 0xfu);
}

/* Counts lines instead of comparing addresses: start + size may wrap to 0. */
static size_t cache_lines(uintptr_t *line, size_t size, size_t step)
{
	uintptr_t first = *line & ~(uintptr_t)(step - 1);
	uintptr_t head = *line - first;

	*line = first;
	return size ? (size + head + step - 1) / step : 0;
}

void cache_clean(const void *start, size_t size)
{
	size_t step = cache_line();
	uintptr_t line = (uintptr_t)start;

	for (size_t n = cache_lines(&line, size, step); n > 0; n--, line += step) {
		sysreg_write(DCCMVAC, line);
	}
	hw_dsb();
}

void cache_flush(const void *start, size_t size)
{
	size_t step = cache_line();
	uintptr_t line = (uintptr_t)start;

	size_t n = cache_lines(&line, size, step);

	for (; n >= 4; n -= 4, line += 4 * step) { /* a partition's memory has many lines */
		sysreg_write(DCCIMVAC, line);
		sysreg_write(DCCIMVAC, line + step);
		sysreg_write(DCCIMVAC, line + 2 * step);
		sysreg_write(DCCIMVAC, line + 3 * step);
	}
	for (; n > 0; n--, line += step) {
		sysreg_write(DCCIMVAC, line);
	}
	hw_dsb();
}

void cache_icache_flush(void)
{
	sysreg_write(ICIALLUIS, 0);
	hw_dsb();
	hw_isb();
}

uint32_t cache_levels(void)
{
	return sysreg_read(CLIDR);
}

/* CSSELR belongs to the loaded guest, and is restored. */
uint32_t cache_shape(uint32_t csselr)
{
	uint32_t guests = sysreg_read(CSSELR);
	uint32_t shape;

	sysreg_write(CSSELR, csselr);
	hw_isb();
	shape = sysreg_read(CCSIDR);
	sysreg_write(CSSELR, guests);
	return shape;
}

void cache_flush_set_way(uint32_t operand)
{
	sysreg_write(DCCISW, operand);
	hw_dsb();
}
