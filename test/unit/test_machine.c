/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that guests see, against docs/architecture.md and QEMU's virt board (hw/arm/virt.c's
 * map as its device tree tells it), typed again. */
#include "hyp/base/bits.h"
#include "hyp/dev/machine.h"
#include "test/unit/test.h"

struct row {
	const char *name, *property;
	uint32_t ipa, size, intid;
};

static const struct row windows[] = {
	{ "gicd", "gic", 0x08000000, 0x10000, 0 },
	{ "gicc", "gic", 0x08010000, 0x10000, 0 },
	{ "gicv2m", "gic", 0x08020000, 0x10000, 0 },
	{ "uart", "console", 0x09000000, 0x1000, 32 + 1 },
	{ "virtio", "virtio-windows", 0x0a000000, 32 * 0x200, 0 },
	{ "rtc", "rtc", 0x09010000, 0x1000, 32 + 2 },
	{ "watchdog", "watchdog", 0x09050000, 0x1000, 32 + 4 },
	{ "shared", "?", 0x0b000000, 4 * 0x1000, 0 }, /* by nodes, not by a property */
};

/* Linux's binding of the timers, and of the PMU on virt: PPIs 11, 14 and 7. */
static const struct row lines[] = {
	{ "timer-virt", "gic", 0, 0, 16 + 11 },
	{ "timer-phys", "gic", 0, 0, 16 + 14 },
	{ "pmu", "pmu", 0, 0, 16 + 7 },
};

/* On virt, SPIs 3 to 6 are PCIe's, which no guest has. */
static const struct row spis[] = {
	{ "manager", "manages", 0, 0, 32 + 3 },
	{ "backend", "", 0, 0, 32 + 5 }, /* by a node */
	{ "creator", "vms", 0, 0, 32 + 6 },
};

static const char *property_of(uint32_t id)
{
	return id < MACHINE_NR_PROPERTIES ? machine_properties[id].name : "?";
}

/* Those that there have always been; test/plumb/test_machine.py asks for each window's own words in
 * the documentation. */
static void every_window(void)
{
	for (uint32_t n = 0; n < ARRAY_SIZE(windows); n++) {
		const struct machine_window *w;
		uint32_t id = 0;

		while (id < MACHINE_NR_WINDOWS &&
		       strcmp(machine_window_names[id], windows[n].name) != 0) {
			id++;
		}
		CHECK(id < MACHINE_NR_WINDOWS);
		if (id < MACHINE_NR_WINDOWS) {
			w = &machine_windows[id];
			CHECK(strcmp(property_of(w->property), windows[n].property) == 0);
			CHECK_EQ(w->ipa.ipa, windows[n].ipa);
			CHECK_EQ(w->size, windows[n].size);
			CHECK_EQ(w->intid, windows[n].intid);
		}
	}
}

static void every_line(void)
{
	CHECK_EQ(machine_nr_lines, ARRAY_SIZE(lines));
	for (uint32_t n = 0; n < machine_nr_lines; n++) {
		CHECK(strcmp(machine_lines[n].name, lines[n].name) == 0);
		CHECK(strcmp(property_of(machine_lines[n].property), lines[n].property) == 0);
		CHECK_EQ(machine_lines[n].intid, lines[n].intid);
	}
	CHECK_EQ(MACHINE_NR_SPIS, ARRAY_SIZE(spis));
	for (uint32_t n = 0; n < MACHINE_NR_SPIS; n++) {
		CHECK(strcmp(machine_spis[n].name, spis[n].name) == 0);
		CHECK(strcmp(machine_spis[n].property, spis[n].property) == 0);
		CHECK_EQ(machine_spis[n].intid, spis[n].intid);
		for (uint32_t i = 0; i < MACHINE_NR_WINDOWS; i++) {
			CHECK(machine_windows[i].intid != machine_spis[n].intid);
		}
	}
	CHECK_EQ(MACHINE_TIMER_VIRT, 27);
	CHECK_EQ(MACHINE_TIMER_PHYS, 30);
	CHECK_EQ(MACHINE_PMU, 23);
}

static void apart(void)
{
	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		const struct machine_window *w = &machine_windows[n];

		CHECK(w->size != 0 && (w->ipa.ipa | w->size) % 0x1000 == 0);
		CHECK(w->ipa.ipa >= 0x04040000 &&
		      w->ipa.ipa + w->size <= 0x40000000); /* flash, RAM */
		CHECK(w->intid == 0 || (w->intid >= 32 && w->intid < 64));
		for (uint32_t i = 0; i < n; i++) {
			const struct machine_window *v = &machine_windows[i];

			CHECK(w->ipa.ipa + w->size <= v->ipa.ipa ||
			      v->ipa.ipa + v->size <= w->ipa.ipa);
			CHECK(w->intid == 0 || w->intid != v->intid);
			CHECK(strcmp(machine_window_names[n], machine_window_names[i]) != 0);
		}
	}
}

/* The names of a set, as one string; of windows that this test knows. */
static const char *names(uint32_t set)
{
	static char text[256];

	text[0] = 0;
	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		for (uint32_t i = 0; machine_has(set, n) && i < ARRAY_SIZE(windows); i++) {
			if (strcmp(windows[i].name, machine_window_names[n]) == 0) {
				strcat(strcat(text, machine_window_names[n]), " ");
			}
		}
	}
	CHECK_EQ(set >> MACHINE_NR_WINDOWS, 0);
	return text;
}

static void sets(void)
{
	CHECK(strcmp(names(machine_windows_of(0)), "") == 0);
	CHECK(strcmp(names(machine_windows_of(BIT32(MACHINE_BY_GIC))), "gicd gicc gicv2m ") == 0);
	CHECK(strcmp(names(machine_windows_of(BIT32(MACHINE_BY_CONSOLE))), "uart ") == 0);
	CHECK(strcmp(names(machine_windows_of(BIT32(MACHINE_BY_RTC) | BIT32(MACHINE_BY_VIRTIO))),
		     "virtio rtc ") == 0);
	CHECK(strcmp(names(machine_windows_of(BIT32(MACHINE_BY_PMU))), "") == 0);
	CHECK(strcmp(names(machine_windows_of(BIT32(MACHINE_BY_WATCHDOG))), "watchdog ") == 0);
	CHECK_EQ(machine_windows_of(UINT32_MAX), BIT32(MACHINE_NR_WINDOWS) - 1);
	CHECK(strcmp(names(machine_windows_placed(MACHINE_RESERVED)), "gicd gicc gicv2m ") == 0);
	CHECK(strcmp(names(machine_windows_placed(MACHINE_ALONE)), "uart rtc watchdog shared ") ==
	      0);
	CHECK(strcmp(names(machine_windows_placed(MACHINE_BELOW)), "virtio ") == 0);
}

static void properties(void)
{
	static const struct {
		const char *name, *value;
		bool is_default;
	} want[] = {
		{ "gic", "v2", true },	   { "console", "pl011", true },
		{ "rtc", "pl031", false }, { "virtio-windows", "", false },
		{ "pmu", "", false },	   { "watchdog", "sp805", false },
	};

	for (uint32_t n = 0; n < ARRAY_SIZE(want); n++) {
		const struct machine_property *p = machine_properties;

		while (p < machine_properties + MACHINE_NR_PROPERTIES &&
		       strcmp(p->name, want[n].name) != 0) {
			p++;
		}
		CHECK(p < machine_properties + MACHINE_NR_PROPERTIES &&
		      strcmp(p->value, want[n].value) == 0 && p->is_default == want[n].is_default);
	}
}

static const struct test_case cases[] = {
	{ "every_window", every_window },
	{ "every_line", every_line },
	{ "apart", apart },
	{ "sets", sets },
	{ "properties", properties },
};

TEST_MAIN("machine", cases)
