/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU's own registers, in the mode of its entry. Sections: ARM ARM (DDI 0406C). */
#include "boot/probe/fenced.h"
#include "boot/probe/probe.h"
#include "hyp/base/bits.h"
#include "hyp/regs/psr.h"

#define PROBE_LOOPS 100000u

/* ID_PFR1 (B4.1.94), ID_MMFR0 (B4.1.89) */
#define PROBE_PFR1_SECURITY GENMASK32(7, 4)
#define PROBE_PFR1_VIRT	    GENMASK32(15, 12)
#define PROBE_PFR1_TIMER    GENMASK32(19, 16)
#define PROBE_MMFR0_VMSA    GENMASK32(3, 0)
#define PROBE_VMSA_LPAE	    5u
/* SCTLR, HSCTLR */
#define PROBE_MMU_M	    BIT32(0)
#define PROBE_MMU_C	    BIT32(2)

const char *probe_mode_name(uint32_t mode)
{
	switch (mode & PSR_MODE) {
	case PSR_MODE_HYP:
		return "HYP";
	case PSR_MODE_SVC:
		return "SVC";
	case PSR_MODE_MON:
		return "Monitor";
	case PSR_MODE_SYS:
		return "System";
	case PSR_MODE_USR:
		return "User";
	default:
		return "an exception mode";
	}
}

uint32_t probe_mode(void)
{
	uint32_t cpsr;

	__asm__ volatile("mrs %0, cpsr" : "=r"(cpsr));
	return cpsr & PSR_MODE;
}

/* SCR is UNDEFINED in Non-secure state (B4.1.129), including HYP mode. */
static void probe_check_mode(struct probe *probe, bool has_virt)
{
	bool hyp = probe_mode() == PSR_MODE_HYP;
	uint32_t scr = 0;
	const char *state;

	probe->secure = !hyp && probe_read_reg(SCR, &scr);
	state = probe->secure ? "Secure" : "Non-secure";
	if (hyp) {
		probe_say(PROBE_OK, "mode", "HYP, Non-secure");
	} else if (probe->secure && has_virt) {
		probe_say(PROBE_OK, "mode",
			  "%s, Secure (SCR 0x%x): the monitor enters HYP mode itself",
			  probe_mode_name(probe->cpsr), (unsigned)scr);
	} else {
		probe_say(
			PROBE_MISSING, "mode", "%s, %s: %s", probe_mode_name(probe->cpsr), state,
			has_virt ? "the boot loader must enter in HYP mode, or leave the CPU Secure"
				 : "and the CPU has no HYP mode");
	}
}

/* With the MMU on, memory may differ from memory with the MMU off, on the way to HYP mode. */
static bool probe_check_mmu(void)
{
	uint32_t control = 0;

	if (probe_mode() == PSR_MODE_HYP) {
		(void)probe_read_reg(HSCTLR, &control);
	} else {
		(void)probe_read_reg(SCTLR, &control);
	}
	if (control & (PROBE_MMU_M | PROBE_MMU_C)) {
		probe_say(PROBE_MISSING, "mmu off",
			  "MMU or caches are on (0x%08x): boot this file as a kernel (bootz), not "
			  "by 'go'",
			  (unsigned)control);
		return false;
	}
	probe_say(PROBE_OK, "mmu off", "MMU and data cache are off (0x%08x)", (unsigned)control);
	return true;
}

/* MIDR (B4.1.105): Arm is implementer 0x41. */
static void probe_check_midr(void)
{
	static const struct {
		uint32_t part;
		enum probe_mark mark;
		const char *name;
	} parts[] = {
		{ 0xc05, PROBE_MISSING, "Cortex-A5" }, { 0xc07, PROBE_OK, "Cortex-A7" },
		{ 0xc08, PROBE_MISSING, "Cortex-A8" }, { 0xc09, PROBE_MISSING, "Cortex-A9" },
		{ 0xc0d, PROBE_LOOK, "Cortex-A12" },   { 0xc0e, PROBE_LOOK, "Cortex-A17" },
		{ 0xc0f, PROBE_OK, "Cortex-A15" },
	};
	enum probe_mark mark = PROBE_LOOK;
	const char *name = "unknown CPU";
	uint32_t midr = sysreg_read(MIDR);

	for (uint32_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (midr >> 24 == 0x41 && ((midr >> 4) & 0xfffu) == parts[i].part) {
			mark = parts[i].mark;
			name = parts[i].name;
		}
	}
	probe_say(mark, "MIDR", "0x%08x, %s r%up%u%s", (unsigned)midr, name,
		  (unsigned)((midr >> 20) & 0xfu), (unsigned)(midr & 0xfu),
		  mark == PROBE_LOOK ? ": not tested so far" : "");
}

static bool probe_check_features(void)
{
	uint32_t pfr1 = sysreg_read(ID_PFR1), mmfr0 = sysreg_read(ID_MMFR0);
	bool virt = (pfr1 & PROBE_PFR1_VIRT) != 0, timer = (pfr1 & PROBE_PFR1_TIMER) != 0;
	bool lpae = FIELD_GET(PROBE_MMFR0_VMSA, mmfr0) >= PROBE_VMSA_LPAE;

	probe_say(virt && timer ? PROBE_OK : PROBE_MISSING, "ID_PFR1",
		  "0x%08x: security %s, virtualization %s, generic timer %s", (unsigned)pfr1,
		  pfr1 & PROBE_PFR1_SECURITY ? "yes" : "no", virt ? "yes" : "no",
		  timer ? "yes" : "no");
	probe_say(lpae ? PROBE_OK : PROBE_MISSING, "ID_MMFR0", "0x%08x: LPAE %s", (unsigned)mmfr0,
		  lpae ? "yes" : "no");
	return virt && (pfr1 & PROBE_PFR1_SECURITY);
}

static uint32_t probe_spin(void)
{
	uint32_t turns = PROBE_LOOPS;

	__asm__ volatile("1: subs %0, %0, #1\n\tbne 1b" : "+r"(turns)::"cc");
	return PROBE_LOOPS;
}

/* CNTVCT may be read in every mode (B8.1.2). */
static void probe_check_counter(const struct probe *probe)
{
	uint64_t before, after;
	uint32_t turns;

	if (!probe_read_reg64(CNTVCT, &before)) {
		probe_say(PROBE_MISSING, "counter", "CNTVCT faults: no generic timer");
		return;
	}
	turns = probe_spin();
	(void)probe_read_reg64(CNTVCT, &after);
	if (after != before) {
		probe_say(PROBE_OK, "counter", "moves: %llu ticks in %u turns of a loop",
			  (unsigned long long)(after - before), (unsigned)turns);
	} else if (probe->board.soc.counter.pa) {
		probe_say(PROBE_OK, "counter",
			  "does not count; the monitor starts the MCT at 0x%llx",
			  (unsigned long long)probe->board.soc.counter.pa);
	} else {
		probe_say(PROBE_MISSING, "counter",
			  "does not count: firmware, or a register of the SoC, must start it");
	}
}

static void probe_check_frequency(const struct probe *probe)
{
	uint32_t hz = 0, tree = probe->board.timer_hz;

	if (!probe_read_reg(CNTFRQ, &hz)) {
		probe_say(PROBE_MISSING, "CNTFRQ", "faults: no generic timer");
	} else if (tree) {
		probe_say(PROBE_OK, "CNTFRQ",
			  "%u Hz; the tree's clock-frequency, %u, takes precedence", (unsigned)hz,
			  (unsigned)tree);
	} else if (hz) {
		probe_say(PROBE_OK, "CNTFRQ", "%u Hz", (unsigned)hz);
	} else {
		probe_say(PROBE_MISSING, "CNTFRQ",
			  "0: firmware must set it, or the timer's node must have clock-frequency");
	}
}

/* PERIPHBASE: the GIC's block of a Cortex-A7 or A15 has the distributor at +0x1000 (DDI 0438,
 * 8.2.1). Some SoCs do not connect it: the tree decides. */
static void probe_check_base(const struct probe *probe)
{
	uint32_t cbar = 0;
	uint64_t base;

	if (!probe_read_reg(CBAR, &cbar)) {
		probe_say(PROBE_LOOK, "CBAR", "faults; the tree's GIC is used");
		return;
	}
	base = (uint64_t)(cbar & 0xffu) << 32 | (cbar & 0xffff8000u);
	if (probe->has_gic && probe->board.gicd.pa == base + 0x1000) {
		probe_say(PROBE_OK, "CBAR", "0x%08x: where the tree has the GIC", (unsigned)cbar);
	} else {
		probe_say(PROBE_LOOK, "CBAR", "0x%08x: not the tree's GIC, which is used",
			  (unsigned)cbar);
	}
}

/* Cortex-A15: ACTLR[0] (DDI 0438, 4.3.28) is writable only in Secure state, where the monitor sets
 * it. */
static void probe_check_predictor(const struct probe *probe)
{
	uint32_t actlr = 0;

	if (!probe->secure && (sysreg_read(MIDR) & 0xff00fff0u) == 0x4100c0f0u &&
	    probe_read_reg(ACTLR, &actlr) && !(actlr & 1u)) {
		probe_say(PROBE_LOOK, "ACTLR",
			  "0x%08x: firmware must set bit 0; without it partitions influence "
			  "each other's branch prediction",
			  (unsigned)actlr);
	}
}

void probe_check_cpu(struct probe *probe)
{
	uint32_t mpidr = sysreg_read(MPIDR);
	bool virt, off;

	probe_check_midr();
	probe_say(PROBE_OK, "MPIDR", "0x%08x", (unsigned)mpidr);
	virt = probe_check_features();
	probe_check_mode(probe, virt);
	probe_check_predictor(probe);
	off = probe_check_mmu();
	probe->may_go = probe->secure && virt && off;
	probe_check_frequency(probe);
	probe_check_counter(probe);
	probe_check_base(probe);
}
