/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The distributor's registers one by one (ARM IHI 0048B, 4.3), offsets typed from table 4-1.
 * Bootargs irqs=N, vcpus=N: what GICD_TYPER must say.
 */
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"

#define REGS_DIST 0x08000000u
#define REGS_CPU  0x08010000u

static uint32_t regs_nr;
/* QEMU's own GIC, without Plumbline: it keeps targets that do not exist, and asserts on a word
 * written to SPENDSGIR. */
static bool regs_qemu;

static uint32_t regs_read(uint32_t offset)
{
	return mmio_read32(REGS_DIST + offset);
}

static void regs_write(uint32_t offset, uint32_t value)
{
	mmio_write32(REGS_DIST + offset, value);
}

static void regs_identity(void)
{
	static const uint8_t cidr[] = { 0x0d, 0xf0, 0x05, 0xb1 };
	uint32_t typer = regs_read(0x004), wrong = 0;

	regs_nr = 32 * ((typer & 0x1f) + 1);
	if (guest_arg("irqs", 0) != 0) {
		(void)report_equal(typer & 0x1f, (guest_arg("irqs", 0) + 31) / 32 - 1,
				   "TYPER: interrupts");
		(void)report_equal(typer >> 5 & 7, guest_arg("vcpus", 1) - 1, "TYPER: CPUs");
		(void)report_equal(typer >> 10 & 1, 0, "TYPER: no security extensions");
	}
	for (uint32_t i = 0; i < 4; i++) {
		wrong += (regs_read(0xff0 + 4 * i) & 0xff) != cidr[i];
	}
	(void)report_equal(wrong, 0, "component ID");
	(void)report_equal(regs_read(0xfe8) >> 4 & 0xf, 2, "peripheral ID 2: GICv2");
	(void)report_equal(mmio_read32(REGS_CPU + 0x0fc) >> 16 & 0xf, 2, "GICC_IIDR: GICv2");
}

/* A set and clear pair at `set`, `clear`: bits of SPIs 32..63. */
static void regs_pair(uint32_t set, uint32_t clear, const char *name)
{
	bool ok;

	regs_write(clear + 4, 0xffffffff);
	ok = regs_read(set + 4) == 0 && regs_read(clear + 4) == 0;
	regs_write(set + 4, 0x80000101);
	regs_write(set + 4, 0);
	ok &= regs_read(set + 4) == 0x80000101 && regs_read(clear + 4) == 0x80000101;
	regs_write(clear + 4, 0x00000101);
	regs_write(clear + 4, 0);
	ok &= regs_read(set + 4) == 0x80000000 && regs_read(clear + 4) == 0x80000000;
	regs_write(clear + 4, 0xffffffff);
	ok &= regs_read(set + 4) == 0;
	(void)report_check(ok, "%s: set and clear, zeros do nothing", name);
}

static void regs_priorities(void)
{
	bool ok = true;

	regs_write(0x428, 0);
	mmio_write8(REGS_DIST + 0x42a, 0xa8);
	ok &= regs_read(0x428) == 0x00a80000 && mmio_read8(REGS_DIST + 0x42a) == 0xa8 &&
	      mmio_read8(REGS_DIST + 0x429) == 0;
	regs_write(0x428, 0xf8e0d0c8);
	ok &= mmio_read8(REGS_DIST + 0x428) == 0xc8 && mmio_read8(REGS_DIST + 0x42b) == 0xf8;
	(void)report_check(ok, "IPRIORITYR: words and bytes");
	regs_write(0x428, 0xffffffff);
	/* 16 to 256 levels: the low bits may be missing (3.3). */
	(void)report_equal(regs_read(0x428) & 0xf8f8f8f8, 0xf8f8f8f8, "IPRIORITYR: 32 levels");
	regs_write(0x400, 0x10203040);
	(void)report_equal(regs_read(0x400), 0x10203040, "IPRIORITYR: SGIs");
	regs_write(0x418, 0x50607080);
	(void)report_equal(regs_read(0x418), 0x50607080, "IPRIORITYR: PPIs");
}

static void regs_targets(void)
{
	uint32_t all = (1u << ((regs_read(0x004) >> 5 & 7) + 1)) - 1, self = 1u << cpu_index();

	regs_write(0x800, 0);
	regs_write(0x81c, 0xffffffff);
	(void)report_equal(regs_read(0x800), self * 0x01010101, "ITARGETSR0: this CPU, read-only");
	(void)report_equal(mmio_read8(REGS_DIST + 0x81b), self, "ITARGETSR of PPI 27: this CPU");
	regs_write(0x828, 0xffffffff);
	if (!regs_qemu) {
		(void)report_equal(regs_read(0x828), all * 0x01010101,
				   "ITARGETSR: CPUs that exist");
	}
	regs_write(0x828, all * 0x01010101);
	mmio_write8(REGS_DIST + 0x829, 0);
	(void)report_equal(regs_read(0x828), all * 0x01010001, "ITARGETSR: a byte");
	regs_write(0x828, 0x01010101);
}

static void regs_configuration(void)
{
	uint32_t ppis = regs_read(0xc04);

	(void)report_equal(regs_read(0xc00) & 0xaaaaaaaa, 0xaaaaaaaa, "ICFGR0: SGIs are edges");
	regs_write(0xc00, 0);
	(void)report_equal(regs_read(0xc00) & 0xaaaaaaaa, 0xaaaaaaaa, "ICFGR0 is read-only");
	regs_write(0xc08, 0xaaaaaaaa);
	(void)report_equal(regs_read(0xc08) & 0xaaaaaaaa, 0xaaaaaaaa, "ICFGR2: edges");
	regs_write(0xc08, 0x00000008);
	(void)report_equal(regs_read(0xc08) & 0xaaaaaaaa, 0x00000008, "ICFGR2: one edge");
	regs_write(0xc08, 0);
	(void)report_equal(regs_read(0xc08) & 0xaaaaaaaa, 0, "ICFGR2: levels");
	(void)report_equal(ppis & 0x00800000, 0, "ICFGR1: the timer's PPI 27 is a level");
}

/* Interrupts that do not exist, and 1020 to 1023, which never do. */
static void regs_absent(void)
{
	static const uint16_t bit_registers[] = { 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380 };
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < 7; i++) {
		for (uint32_t id = regs_nr; id < 1024; id += 32) {
			regs_write(bit_registers[i] + id / 8, 0xffffffff);
			wrong += regs_read(bit_registers[i] + id / 8) != 0;
		}
	}
	(void)report_equal(wrong, 0, "bit registers of absent interrupts: zero");
	wrong = 0;
	for (uint32_t id = regs_nr; id < 1024; id += 4) {
		regs_write(0x400 + id, 0xffffffff);
		regs_write(0x800 + id, 0xffffffff);
		mmio_write8(REGS_DIST + 0x401 + id, 0xff);
		mmio_write8(REGS_DIST + 0x802 + id, 0xff);
		wrong += regs_read(0x400 + id) != 0 || regs_read(0x800 + id) != 0;
	}
	for (uint32_t id = regs_nr; id < 1024; id += 16) {
		regs_write(0xc00 + id / 4, 0xffffffff);
		wrong += regs_read(0xc00 + id / 4) != 0;
	}
	(void)report_equal(wrong, 0, "priorities, targets, configuration of absent interrupts");
	regs_write(0x17c, 0xf0000000);
	(void)report_equal(regs_read(0x17c) >> 28, 0, "ISENABLER31: 1020 to 1023 do not exist");
}

static void regs_sgis(void)
{
	uint32_t self = 1u << cpu_index(), iar;

	regs_write(0x200, 0xffff);
	(void)report_equal(regs_read(0x200) & 0xffff, 0, "ISPENDR0 does not pend SGIs");
	mmio_write8(REGS_DIST + 0xf25, (uint8_t)self);
	(void)report_equal(regs_read(0xf24), self << 8, "SPENDSGIR: SGI 5, this source");
	(void)report_equal(regs_read(0xf14), self << 8, "CPENDSGIR reads the same");
	(void)report_equal(regs_read(0x200) & 0xffff, 0x20, "ISPENDR0 shows it");
	regs_write(0x280, 0xffff);
	(void)report_equal(regs_read(0x200) & 0xffff, 0x20, "ICPENDR0 does not clear SGIs");
	mmio_write8(REGS_DIST + 0xf15, (uint8_t)self);
	(void)report_equal(regs_read(0xf24), 0, "CPENDSGIR clears it");
	(void)report_equal(mmio_read32(REGS_CPU + 0x00c) & 0x3ff, 1023, "and it is gone");
	if (regs_qemu) {
		return;
	}
	regs_write(0xf24, self << 16);
	iar = mmio_read32(REGS_CPU + 0x00c);
	(void)report_equal(iar, 6 | cpu_index() << 10, "SPENDSGIR: SGI 6 is acknowledged");
	mmio_write32(REGS_CPU + 0x010, iar);
	(void)report_equal(regs_read(0xf24), 0, "and is over");
}

/* Sizes and offsets that the specification does not give: whatever they do, nobody is harmed. */
static void regs_odd(void)
{
	for (uint32_t offset = 0; offset < 0x1000; offset += 2) {
		if (offset >= 0xf00 && offset < 0xf30) {
			continue; /* SGIs: not here */
		}
		mmio_write16(REGS_DIST + offset, mmio_read16(REGS_DIST + offset));
		mmio_write8(REGS_DIST + offset + 1, mmio_read8(REGS_DIST + offset + 1));
	}
	for (uint32_t offset = 0xd00; offset < 0x1000; offset += 4) {
		if (offset < 0xf00 || offset >= 0xf30) {
			regs_write(offset, 0xffffffff);
		}
	}
	(void)report_equal(regs_read(0x008), regs_read(0x008), "odd accesses");
	(void)report_equal(regs_read(0xfe8) >> 4 & 0xf, 2, "ID registers are read-only");
	(void)report_equal(regs_read(0xf00), 0, "SGIR reads as zero");
	(void)report_equal(regs_read(0xfc0), 0, "reserved reads as zero");
}

int main(void)
{
	regs_qemu = !hvc_is_plumbline();
	gic_init();
	(void)report_equal(regs_read(0x000) & 1, 1, "CTLR: on");
	regs_write(0x000, 0);
	(void)report_equal(regs_read(0x000) & 1, 0, "CTLR: off");
	regs_write(0x000, 1);
	regs_identity();
	regs_pair(0x100, 0x180, "ISENABLER, ICENABLER");
	regs_pair(0x200, 0x280, "ISPENDR, ICPENDR");
	regs_pair(0x300, 0x380, "ISACTIVER, ICACTIVER");
	regs_priorities();
	regs_targets();
	regs_configuration();
	regs_absent();
	gic_init();
	regs_sgis();
	regs_odd();
	gic_init();
	gic_send_sgi(3, GIC_SGI_SELF, 0);
	(void)report_equal(mmio_read32(REGS_CPU + 0x00c) & 0x3ff, 3, "still healthy");
	report_summary();
}
