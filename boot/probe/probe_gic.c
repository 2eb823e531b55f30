/* SPDX-License-Identifier: BSD-2-Clause */
/* The GIC (IHI 0048B), read at the addresses from the tree. */
#include "boot/probe/fenced.h"
#include "boot/probe/probe.h"
#include "hyp/base/bits.h"
#include "hyp/regs/gic.h"
#include "hyp/regs/psr.h"

#define PROBE_FAULTS "faults at 0x%llx: %s"

/* 4.3.2, 4.4.14, 5.3.2 */
#define PROBE_IIDR_ARM	   0x43bu
#define PROBE_IIDR_MAKER   GENMASK32(11, 0)
#define PROBE_IIDR_VERSION GENMASK32(19, 16)
#define PROBE_TYPER_LINES  GENMASK32(4, 0)
#define PROBE_TYPER_CPUS   GENMASK32(7, 5)
#define PROBE_VTR_LISTS	   GENMASK32(5, 0)
#define PROBE_VTR_PREEMPT  GENMASK32(28, 26)
#define PROBE_VTR_PRIORITY GENMASK32(31, 29)
#define PROBE_PAGE	   0x1000u
/* Cortex-A15 (DDI 0438, 8.2.1) and GIC-400 (DDI 0471, 3.2): one view of GICH for each CPU. */
#define PROBE_ALIAS	   0x1000u
#define PROBE_ALIAS_STEP   0x200u

static const char *probe_maker(uint32_t iidr)
{
	return FIELD_GET(PROBE_IIDR_MAKER, iidr) == PROBE_IIDR_ARM ? "Arm's" : "not Arm's";
}

static void probe_faults(const char *what, pa_t pa)
{
	probe_say(PROBE_MISSING, what, PROBE_FAULTS, (unsigned long long)pa.pa,
		  probe_mode() == PSR_MODE_HYP
			  ? "is the address in the tree right, and the GIC clocked?"
			  : "read it again in HYP mode");
}

static void probe_check_gicd(pa_t gicd)
{
	uint32_t typer, iidr;

	if (!probe_read32(gicd.pa + GICD_TYPER, &typer) ||
	    !probe_read32(gicd.pa + GICD_IIDR, &iidr)) {
		probe_faults("GICD", gicd);
		return;
	}
	probe_say(typer ? PROBE_OK : PROBE_MISSING, "GICD",
		  "TYPER 0x%08x: %u interrupts, %u CPUs; IIDR 0x%08x, %s", (unsigned)typer,
		  32u * ((unsigned)FIELD_GET(PROBE_TYPER_LINES, typer) + 1),
		  (unsigned)FIELD_GET(PROBE_TYPER_CPUS, typer) + 1, (unsigned)iidr,
		  probe_maker(iidr));
}

/* Its second page, with GICC_DIR: on SoCs that repeat each page sixteen times it is at a higher
 * address. */
static void probe_check_second_page(pa_t gicc, uint32_t iidr)
{
	uint32_t again;

	if (!probe_read32(gicc.pa + PROBE_PAGE + GICC_IIDR, &again)) {
		probe_say(PROBE_MISSING, "GICC_DIR", PROBE_FAULTS,
			  (unsigned long long)gicc.pa + GICC_DIR,
			  "the GICC has a second page there");
	} else if (again == iidr) {
		probe_say(PROBE_MISSING, "GICC_DIR",
			  "the second page repeats the first: the tree's GICC should be at 0x%llx",
			  (unsigned long long)gicc.pa + 0xf000u);
	} else {
		probe_say(PROBE_OK, "GICC_DIR", "the second page is there");
	}
}

static void probe_check_gicc(pa_t gicc)
{
	uint32_t iidr, version;

	if (!probe_read32(gicc.pa + GICC_IIDR, &iidr)) {
		probe_faults("GICC", gicc);
		return;
	}
	version = FIELD_GET(PROBE_IIDR_VERSION, iidr);
	probe_say(version == 2 ? PROBE_OK : PROBE_MISSING, "GICC", "IIDR 0x%08x: GICv%u, %s",
		  (unsigned)iidr, (unsigned)version, probe_maker(iidr));
	probe_check_second_page(gicc, iidr);
}

/* The monitor does not depend on it: it lets a CPU write another's list registers. */
static void probe_check_alias(pa_t gich, uint32_t vtr)
{
	uint32_t cpu = sysreg_read(MPIDR) & 0x7u;
	uint64_t alias = gich.pa + PROBE_ALIAS + PROBE_ALIAS_STEP * cpu;
	uint32_t other;

	if (!probe_read32(alias + GICH_VTR, &other)) {
		probe_say(PROBE_LOOK, "GICH alias", "not found: faults at 0x%llx",
			  (unsigned long long)alias);
	} else if (other != vtr) {
		probe_say(PROBE_LOOK, "GICH alias", "not found: VTR at 0x%llx is 0x%08x",
			  (unsigned long long)alias, (unsigned)other);
	} else {
		probe_say(PROBE_OK, "GICH alias", "found: the same VTR at 0x%llx",
			  (unsigned long long)alias);
	}
}

static void probe_check_gich(pa_t gich)
{
	uint32_t vtr;

	if (!probe_read32(gich.pa + GICH_VTR, &vtr)) {
		probe_faults("GICH", gich);
		return;
	}
	probe_say(vtr ? PROBE_OK : PROBE_MISSING, "GICH_VTR",
		  "0x%08x: %u list registers, %u bits of priority, %u of preemption", (unsigned)vtr,
		  (unsigned)FIELD_GET(PROBE_VTR_LISTS, vtr) + 1,
		  (unsigned)FIELD_GET(PROBE_VTR_PRIORITY, vtr) + 1,
		  (unsigned)FIELD_GET(PROBE_VTR_PREEMPT, vtr) + 1);
	probe_check_alias(gich, vtr);
}

static void probe_check_gicv(pa_t gicv)
{
	uint32_t iidr;

	if (!probe_read32(gicv.pa + GICC_IIDR, &iidr)) {
		probe_faults("GICV", gicv);
		return;
	}
	probe_say(FIELD_GET(PROBE_IIDR_VERSION, iidr) == 2 ? PROBE_OK : PROBE_MISSING, "GICV",
		  "IIDR 0x%08x", (unsigned)iidr);
}

void probe_check_gic(const struct probe *probe)
{
	const struct board *board = &probe->board;

	probe_check_gicd(board->gicd);
	probe_check_gicc(board->gicc);
	probe_check_gich(board->gich);
	probe_check_gicv(board->gicv);
}
