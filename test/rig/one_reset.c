/* SPDX-License-Identifier: BSD-2-Clause */
#include "test/rig/one.h"
#include <stdlib.h>

/* Of the linker; none if nothing that was linked has any. */
#define SECTION __attribute__((weak))
extern uint8_t __start_core_data[] SECTION, __stop_core_data[] SECTION;
extern uint8_t __start_core_bss[] SECTION, __stop_core_bss[] SECTION;

/* Red zones of the sanitizers lie between the variables. */
__attribute__((no_sanitize("address"))) static void copy(uint8_t *to, const uint8_t *from,
							 size_t size)
{
	for (size_t n = 0; n < size / 8; n++) {
		((uint64_t *)(void *)to)[n] = ((const uint64_t *)(const void *)from)[n];
	}
}

static uint8_t *keep(const uint8_t *from, size_t size)
{
	uint8_t *to = malloc(size + 8);

	copy(to, from, size);
	return to;
}

static uint8_t *data, *bss;

__attribute__((constructor)) static void begin(void)
{
	data = keep(__start_core_data, (size_t)(__stop_core_data - __start_core_data));
	bss = keep(__start_core_bss, (size_t)(__stop_core_bss - __start_core_bss));
}

void one_reset(void)
{
	copy(__start_core_data, data, (size_t)(__stop_core_data - __start_core_data));
	copy(__start_core_bss, bss, (size_t)(__stop_core_bss - __start_core_bss));
}
