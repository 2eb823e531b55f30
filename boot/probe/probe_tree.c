/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree, read by the monitor's own readers. Each part is read separately, so that all
 * errors of a tree are printed at once. */
#include "boot/probe/fenced.h"
#include "boot/probe/probe.h"
#include "hyp/base/bits.h"
#include "hyp/board/board_parts.h"
#include "hyp/hw/smc.h"
#include "hyp/regs/psr.h"

/* ARM DEN 0022, 5.2.1 */
#define PROBE_PSCI_VERSION 0x84000000u
#define PROBE_PSCI_CPU_ON  0x84000003u
#define PROBE_YIELDS	   1000u
#define PROBE_MPIDR_AFF	   GENMASK32(23, 0)

static void probe_say_refusal(const char *what, const struct refusal *why)
{
	probe_say(PROBE_MISSING, what, "%s%s/%s: %s%s%s", why->parent[0] ? "/" : "", why->parent,
		  why->node, why->property, why->property[0] ? ": " : "", why->reason);
}

static void probe_check_memory(struct probe *probe)
{
	struct board *board = &probe->board;
	bool inside = false;
	struct refusal why = { 0 };

	if (!board_read_memory(&probe->fdt, board, &why) ||
	    !board_read_reserved(&probe->fdt, board, &why)) {
		probe_say_refusal("memory", &why);
		return;
	}
	for (uint32_t i = 0; i < board->memory.count; i++) {
		uint64_t base = board->memory.r[i].base.pa, size = board->memory.r[i].size;

		probe_say(PROBE_OK, "memory", "%llu MiB at 0x%llx",
			  (unsigned long long)(size >> 20), (unsigned long long)base);
		inside = inside || (probe->image >= base && probe->image - base < size);
	}
	if (!inside) {
		probe_say(PROBE_MISSING, "memory", "does not contain this program, at 0x%x",
			  (unsigned)probe->image);
	}
}

static const char *probe_soc_name(enum board_soc soc)
{
	static const char *const names[] = {
		[BOARD_SOC_NONE] = "none that starts CPUs by registers",
		[BOARD_SOC_VEXPRESS] = "Versatile Express",
		[BOARD_SOC_SUN7I] = "Allwinner A20",
		[BOARD_SOC_SUN8I_H3] = "Allwinner H3",
		[BOARD_SOC_EXYNOS5250] = "Exynos 5250",
	};

	return (uint32_t)soc < ARRAY_SIZE(names) && names[soc] ? names[soc] : "another";
}

/* Such a CPU waits in the monitor too, until it is needed. */
static bool probe_cpu_came(uint32_t mpidr)
{
	return mpidr < BOARD_MAX_CPUS && ((const volatile uint32_t *)probe_came)[mpidr] != 0;
}

static void probe_say_cpu(const struct board *board, uint32_t n)
{
	static const char *const how[] = {
		[BOARD_START_PSCI] = "started by PSCI",
		[BOARD_START_SPIN_TABLE] = "started by a spin table",
		[BOARD_START_SOC] = "started by registers of the SoC",
	};
	const struct board_cpu_start *start = &board->start[n];

	if (board->mpidr[n] == (sysreg_read(MPIDR) & PROBE_MPIDR_AFF)) {
		probe_say(PROBE_OK, "CPU", "0x%x, this one", (unsigned)board->mpidr[n]);
	} else if (start->how != BOARD_START_NONE) {
		probe_say(PROBE_OK, "CPU", "0x%x, %s", (unsigned)board->mpidr[n], how[start->how]);
	} else if (probe_cpu_came(board->mpidr[n])) {
		probe_say(PROBE_OK, "CPU", "0x%x, arrived at the entry with this one",
			  (unsigned)board->mpidr[n]);
	} else {
		probe_say(PROBE_LOOK, "CPU", "0x%x, left out: no known method starts it",
			  (unsigned)board->mpidr[n]);
	}
}

static void probe_check_cpus(struct probe *probe)
{
	struct board *board = &probe->board;
	uint32_t self = sysreg_read(MPIDR) & PROBE_MPIDR_AFF;
	bool there = false;
	struct refusal why = { 0 };

	if (!board_read_cpus(&probe->fdt, board, &why)) {
		probe_say_refusal("CPU", &why);
	}
	why = (struct refusal) { 0 };
	if (!board_read_psci(&probe->fdt, board, &why)) {
		probe_say_refusal("PSCI", &why);
	} else if (board->psci == BOARD_PSCI_SMC) {
		probe_say(PROBE_OK, "PSCI", "in the tree, by SMC, CPU_ON 0x%08x",
			  (unsigned)board->psci_cpu_on);
	} else {
		probe_say(PROBE_LOOK, "PSCI", "not in the tree");
	}
	board_read_soc(&probe->fdt, board);
	for (uint32_t i = 0; i < PROBE_YIELDS; i++) {
		hw_yield(); /* other CPUs may arrive at the entry meanwhile */
	}
	probe_say(PROBE_OK, "SoC", "%s", probe_soc_name(board->soc.soc));
	for (uint32_t n = 0; n < board->nr_cpus; n++) {
		probe_say_cpu(board, n);
		there = there || board->mpidr[n] == self;
	}
	if (board->nr_cpus != 0 && !there) {
		probe_say(PROBE_MISSING, "CPU", "0x%x, this one, is not in the tree",
			  (unsigned)self);
	}
}

static void probe_check_devices(struct probe *probe)
{
	struct board *board = &probe->board;
	struct refusal why = { 0 };

	probe->has_gic = board_read_gic(&probe->fdt, board, &why);
	if (probe->has_gic) {
		probe_say(PROBE_OK, "GIC", "GICD 0x%llx GICC 0x%llx GICH 0x%llx GICV 0x%llx%s",
			  (unsigned long long)board->gicd.pa, (unsigned long long)board->gicc.pa,
			  (unsigned long long)board->gich.pa, (unsigned long long)board->gicv.pa,
			  board->gic_completed ? " (the last two by its manual)" : "");
	} else {
		probe_say_refusal("GIC", &why);
	}
	why = (struct refusal) { 0 };
	if (board_read_timer(&probe->fdt, board, &why)) {
		probe_say(PROBE_OK, "timer", "interrupts: virtual %u, physical %u, HYP's %u",
			  (unsigned)board->timer_virt_intid, (unsigned)board->timer_phys_intid,
			  (unsigned)board->timer_hyp_intid);
	} else {
		probe_say_refusal("timer", &why);
	}
}

void probe_check_tree(struct probe *probe)
{
	static struct board whole;
	struct refusal why = { 0 };

	probe_check_memory(probe);
	probe_check_devices(probe);
	probe_check_cpus(probe);
	if (board_read(&probe->fdt, &whole, &why)) {
		probe_say(PROBE_OK, "verdict", "the monitor accepts this tree%s",
			  whole.uart == BOARD_UART_NONE ? ", but finds no UART in it" : "");
	} else {
		probe_say_refusal("verdict", &why);
	}
}

void probe_check_psci(const struct probe *probe)
{
	uint32_t version;

	/* After entry through Secure state, our own vectors have replaced the firmware's. */
	if (probe->secure || probe_mode() != PSR_MODE_HYP || probe->board.psci != BOARD_PSCI_SMC ||
	    probe->board.psci_cpu_on != PROBE_PSCI_CPU_ON) {
		return;
	}
	probe_head("calling PSCI: if no line follows, the board has no PSCI");
	/* The fence is r3, which is not an argument of this call; SMC may be UNDEFINED. */
	version = (uint32_t)smc_call(PROBE_PSCI_VERSION, 0, 0, PROBE_FENCE);
	if (version == PROBE_PSCI_VERSION) {
		probe_say(PROBE_MISSING, "PSCI", "SMC is undefined: no firmware answers");
	} else if (version >> 31) {
		probe_say(PROBE_MISSING, "PSCI", "PSCI_VERSION fails: %d", (int)version);
	} else {
		probe_say(PROBE_OK, "PSCI", "version %u.%u", (unsigned)(version >> 16),
			  (unsigned)(version & 0xffffu));
	}
}
