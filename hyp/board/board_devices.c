/* SPDX-License-Identifier: BSD-2-Clause */
/* The GIC, the architected timer and PSCI. */
#include "hyp/base/bits.h"
#include "hyp/board/board_parts.h"
#include <string.h>

#define BOARD_PSCI_CPU_ON     UINT32_C(0x84000003) /* ARM DEN 0022, 5.1 */
#define BOARD_PSCI_SYSTEM_OFF UINT32_C(0x84000008)

#define BOARD_GIC_WINDOW  UINT64_C(0x10000)
#define BOARD_MAINTENANCE 25u /* INTID: DDI 0471B 2.3.2 */

/* The first enabled node that is compatible. */
static fdt_node_t board_find_enabled(const struct fdt *fdt, const char *compatible)
{
	fdt_node_t node = fdt_find_compatible(fdt, fdt_root(fdt), compatible);

	while (node != FDT_NONE && !fdt_is_enabled(fdt, node)) {
		node = fdt_find_compatible(fdt, node, compatible);
	}
	return node;
}

fdt_node_t board_find_gic(const struct fdt *fdt)
{
	static const char *const compatible[] = { "arm,cortex-a15-gic", "arm,cortex-a7-gic",
						  "arm,gic-400" };

	for (uint32_t i = 0; i < ARRAY_SIZE(compatible); i++) {
		fdt_node_t node = board_find_enabled(fdt, compatible[i]);

		if (node != FDT_NONE) {
			return node;
		}
	}
	return FDT_NONE;
}

/* Refuses with the kind of GIC that the board has instead. */
static bool board_refuse_gic(const struct fdt *fdt, struct refusal *why)
{
	fdt_node_t old = board_find_enabled(fdt, "arm,cortex-a9-gic");
	fdt_node_t new = board_find_enabled(fdt, "arm,gic-v3");

	if (old != FDT_NONE) {
		return board_refuse(fdt, why, old, "compatible",
				    "the GIC of a Cortex-A5 or A9, CPUs without virtualization");
	}
	if (new != FDT_NONE) {
		return board_refuse(fdt, why, new, "compatible", "a GICv3, not a GICv2");
	}
	return board_refuse(fdt, why, fdt_root(fdt), "",
			    "there is no GICv2: arm,cortex-a15-gic, arm,cortex-a7-gic or "
			    "arm,gic-400");
}

/*
 * Some trees contain only GICD and GICC, because Linux did not need more. In these GICs the frames
 * have fixed offsets in a block of 32 KiB: GICD +0x1000, GICC +0x2000, GICH +0x4000, GICV +0x6000
 * (DDI 0471B 3.1; DDI 0438 and DDI 0464, 8.2.1). If the first two are at these offsets, so are the
 * others.
 */
static bool board_complete_gic(struct board *board)
{
	uint64_t base = board->gicd.pa - 0x1000;

	if (base % 0x8000 != 0 || board->gicc.pa != base + 0x2000) {
		return false;
	}
	board->gich = pa_make(base + 0x4000);
	board->gicv = pa_make(base + 0x6000);
	board->gic_completed = true;
	board->gich_alias = true;
	return true;
}

/* GICH's second page may have a view of each CPU's registers (DDI 0438, 8.2.1; DDI 0471, 3.2). */
#define BOARD_GICH_WITH_ALIAS (2 * PAGE_SIZE)

/* GICC and GICV have two pages, the second with GICC_DIR. A window of more than 64 KiB means that
 * the SoC repeats each page over 64 KiB: then the two are not adjacent at its start. */
static bool board_is_spread(uint32_t frame, uint64_t size)
{
	return (frame == 1 || frame == 3) && size > BOARD_GIC_WINDOW;
}

static bool board_read_gic_frames(const struct fdt *fdt, fdt_node_t gic, struct board *board,
				  struct refusal *why)
{
	pa_t *const frame[] = { &board->gicd, &board->gicc, &board->gich, &board->gicv };
	uint64_t size;

	for (uint32_t i = 0; i < ARRAY_SIZE(frame); i++) {
		if (!fdt_reg(fdt, gic, i, &frame[i]->pa, &size)) {
			if (i == 2 && board_complete_gic(board)) {
				break;
			}
			return board_refuse(fdt, why, gic, "reg",
					    "needs four ranges: GICD, GICC, and for virtualization "
					    "GICH and GICV");
		}
		if (frame[i]->pa % PAGE_SIZE != 0 || frame[i]->pa >= BOARD_PA_LIMIT) {
			return board_refuse(fdt, why, gic, "reg",
					    "a range does not begin at a multiple of 4 KiB below "
					    "2^40");
		}
		if (board_is_spread(i, size)) {
			return board_refuse(fdt, why, gic, "reg",
					    "GICC's or GICV's two pages are 64 KiB apart: if "
					    "each is repeated, give address + 0xf000, size 0x2000");
		}
		board->gich_alias = board->gich_alias || (i == 2 && size >= BOARD_GICH_WITH_ALIAS);
	}
	return true;
}

bool board_read_gic(const struct fdt *fdt, struct board *board, struct refusal *why)
{
	fdt_node_t gic = board_find_gic(fdt);
	struct fdt_prop prop;

	if (gic == FDT_NONE) {
		return board_refuse_gic(fdt, why);
	}
	if (!board_read_gic_frames(fdt, gic, board, why)) {
		return false;
	}
	/* All three use this PPI (the same manuals); some trees do not contain it. */
	board->maintenance_intid = BOARD_MAINTENANCE;
	if (fdt_get_prop(fdt, gic, "interrupts", &prop)) {
		board->maintenance_intid = board_intid(&prop, 0);
	}
	if (board->maintenance_intid < 16 || board->maintenance_intid > 31) {
		return board_refuse(fdt, why, gic, "interrupts",
				    "needs the maintenance interrupt, a PPI: <1 number flags>");
	}
	return true;
}

static bool board_refuse_timer(const struct fdt *fdt, fdt_node_t timer, struct refusal *why)
{
	if (timer == FDT_NONE) {
		return board_refuse(fdt, why, fdt_root(fdt), "",
				    "there is no architected timer: arm,armv7-timer");
	}
	return board_refuse(fdt, why, timer, "status",
			    "the architected timer is disabled: on this SoC it does not count, or "
			    "not correctly");
}

bool board_read_timer(const struct fdt *fdt, struct board *board, struct refusal *why)
{
	fdt_node_t timer = fdt_find_compatible(fdt, fdt_root(fdt), "arm,armv7-timer");
	struct fdt_prop prop;
	/* The binding's order: secure physical, physical, virtual, HYP. */
	uint32_t *const intid[] = { &board->timer_phys_intid, &board->timer_virt_intid,
				    &board->timer_hyp_intid };

	if (timer == FDT_NONE || !fdt_is_enabled(fdt, timer)) {
		return board_refuse_timer(fdt, timer, why);
	}
	if (!fdt_get_prop(fdt, timer, "interrupts", &prop)) {
		return board_refuse(fdt, why, timer, "interrupts", "missing");
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(intid); i++) {
		*intid[i] = board_intid(&prop, i + 1);
		if (*intid[i] < 16 || *intid[i] > 31) {
			return board_refuse(fdt, why, timer, "interrupts",
					    "needs four PPIs: secure, non-secure, virtual, HYP");
		}
	}
	if (fdt_get_prop(fdt, timer, "clock-frequency", &prop) &&
	    !fdt_prop_u32(&prop, 0, &board->timer_hz)) {
		return board_refuse(fdt, why, timer, "clock-frequency", "not one cell");
	}
	board->timer_unset = fdt_get_prop(fdt, timer, "arm,cpu-registers-not-fw-configured", &prop);
	return true;
}

/* PSCI 0.2 and later define the function numbers; those of 0.1 are in the tree, and it has no
 * SYSTEM_OFF. */
static void board_read_psci_numbers(const struct fdt *fdt, fdt_node_t psci, struct board *board)
{
	struct fdt_prop prop;

	if (fdt_is_compatible(fdt, psci, "arm,psci-1.0") ||
	    fdt_is_compatible(fdt, psci, "arm,psci-0.2")) {
		board->psci_cpu_on = BOARD_PSCI_CPU_ON;
		board->psci_system_off = BOARD_PSCI_SYSTEM_OFF;
		board->psci = BOARD_PSCI_SMC;
	} else if (fdt_get_prop(fdt, psci, "cpu_on", &prop) &&
		   fdt_prop_u32(&prop, 0, &board->psci_cpu_on)) {
		board->psci = BOARD_PSCI_SMC;
	}
}

bool board_read_psci(const struct fdt *fdt, struct board *board, struct refusal *why)
{
	static const char *const compatible[] = { "arm,psci-1.0", "arm,psci-0.2", "arm,psci" };
	fdt_node_t psci = FDT_NONE;
	struct fdt_prop prop;
	const char *method = NULL;

	for (uint32_t i = 0; i < ARRAY_SIZE(compatible) && psci == FDT_NONE; i++) {
		psci = fdt_find_compatible(fdt, fdt_root(fdt), compatible[i]);
	}
	if (psci == FDT_NONE || !fdt_is_enabled(fdt, psci)) {
		return true;
	}
	if (fdt_get_prop(fdt, psci, "method", &prop)) {
		method = fdt_prop_string(&prop, 0);
	}
	if (method && strcmp(method, "hvc") == 0) {
		return board_refuse(fdt, why, psci, "method",
				    "\"hvc\" calls another hypervisor: start in HYP mode (QEMU: "
				    "virtualization=on)");
	}
	if (!method || strcmp(method, "smc") != 0) {
		return board_refuse(fdt, why, psci, "method", "neither \"smc\" nor \"hvc\"");
	}
	board_read_psci_numbers(fdt, psci, board);
	return true;
}
