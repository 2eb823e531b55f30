/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/dev/machine.h"
#include "hyp/base/bits.h"

const struct machine_property machine_properties[MACHINE_NR_PROPERTIES] = {
#define ROW(id, name, value, is_default) [id] = { name, value, is_default },
	MACHINE_PROPERTIES(ROW)
#undef ROW
};

const struct machine_window machine_windows[MACHINE_NR_WINDOWS] = {
#define ROW(id, name, property, what, without, place, ipa, size, intid) \
	[id] = { property, place, { ipa }, size, intid },
	MACHINE_WINDOWS(ROW)
#undef ROW
};

const char *const machine_window_names[MACHINE_NR_WINDOWS] = {
#define ROW(id, name, ...) [id] = name,
	MACHINE_WINDOWS(ROW)
#undef ROW
};

const struct machine_line machine_lines[] = {
#define ROW(name, property, intid) { name, property, intid },
	MACHINE_LINES(ROW)
#undef ROW
};
const uint32_t machine_nr_lines = ARRAY_SIZE(machine_lines);

const struct machine_spi machine_spis[MACHINE_NR_SPIS] = {
#define ROW(id, name, property, what, without, intid) [id] = { name, property, intid },
	MACHINE_SPIS(ROW)
#undef ROW
};

_Static_assert(MACHINE_NR_PROPERTIES <= 32 && MACHINE_NR_WINDOWS <= 32, "sets are words");

uint32_t machine_windows_of(uint32_t properties)
{
	uint32_t windows = 0;

	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		windows |= properties >> machine_windows[n].property & 1u ? BIT32(n) : 0;
	}
	return windows;
}

uint32_t machine_windows_placed(enum machine_place place)
{
	uint32_t windows = 0;

	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		windows |= machine_windows[n].place == place ? BIT32(n) : 0;
	}
	return windows;
}
