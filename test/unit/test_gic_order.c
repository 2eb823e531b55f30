/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/hw/gic.c: what a GIC that is slower than the CPU needs. */
#include "test/unit/hw_log.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/io.h"
#include "hyp/regs/gic.h"

/* IHI 0048B 4.1.2, 4.1.3, 5.2 */
enum { GICD = 0x10000, GICC = 0x20000, GICH = 0x30000, GICV = 0x40000 };
static const struct gic_map map = { GICD, GICC, GICH };

static bool lazy; /* the virtual interface does not have the list register yet */
static uint32_t lr, vactive;
static bool line, active; /* of PPI 26 */

static const char *where(uintptr_t a)
{
	static const struct {
		uintptr_t at;
		const char *name;
	} t[] = { { GICD + 0x300, "ISACTIVER" }, { GICD + 0x380, "ICACTIVER" },
		  { GICC + 0x0c, "IAR" },	 { GICC + 0x10, "EOIR" },
		  { GICC + 0x18, "HPPIR" },	 { GICV + 0x0c, "VIAR" },
		  { GICV + 0x10, "VEOIR" },	 { GICH + 0x100, "LR" },
		  { GICC + 0x1000, "DIR" } };

	for (uint32_t n = 0; n < ARRAY_SIZE(t); n++) {
		if (t[n].at == a) {
			return t[n].name;
		}
	}
	return "?";
}

uint32_t io_read32(uintptr_t a)
{
	const char *name = where(a);

	hw_log_event(name);
	if (!strcmp(name, "IAR")) {
		if (line && !active) {
			active = true;
			return 26;
		}
		return 1023;
	}
	if (!strcmp(name, "HPPIR")) {
		return line && !active ? 26 : 1023;
	}
	if (!strcmp(name, "VIAR")) {
		vactive = !lazy && (lr & (1u << 28)) ? 26 : 1023;
		return vactive;
	}
	return 0;
}

void io_write32(uintptr_t a, uint32_t value)
{
	const char *name = where(a);

	hw_log_write(name, value);
	if (!strcmp(name, "LR")) {
		lr = value;
	} else if (!strcmp(name, "VEOIR") && value == 26 && vactive == 26) {
		active = false;
	} else if (!strcmp(name, "DIR") || !strcmp(name, "ICACTIVER")) {
		active = false;
	}
}

uint8_t io_read8(uintptr_t a)
{
	(void)a;
	return 0;
}

void io_write8(uintptr_t a, uint8_t v)
{
	(void)a;
	(void)v;
}

/* Whatever the virtual interface made of it, the monitor's own timer is not left active. */
static void the_probe_leaves_nothing(void)
{
	gic_init(&map);
	for (uint32_t n = 0; n < 2; n++) {
		lazy = n;
		line = true;
		active = false;
		hw_log_clear();
		CHECK_EQ(gic_hw_bit_refires(GICV, 26), !lazy);
		CHECK(!active);
	}
}

/* Device writes are acknowledged early: the read says that it has arrived. */
static void active_before_the_line_rises(void)
{
	gic_init(&map);
	hw_log_clear();
	gic_set_active(27, true);
	CHECK(hw_log_find(hw_log_find(0, 'w', "ISACTIVER"), 'e', "ISACTIVER") != HW_LOG_NONE);
}

static const struct test_case cases[] = {
	{ "the_probe_leaves_nothing", the_probe_leaves_nothing },
	{ "active_before_the_line_rises", active_before_the_line_rises },
};

TEST_MAIN("gic", cases)
