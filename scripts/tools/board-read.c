/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what the monitor finds in a board's device tree, read on the host with its own code. */
#include "hyp/board/board_parts.h"
#include "scripts/tools/rows.h"
#include "scripts/tools/tree-file.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: board-read [--devices | --json] BOARD.dtb\n"
	"\n"
	"Prints what the monitor finds in the board's device tree, one 'name: value' a line.\n"
	"  --devices  also each node with registers: its path, the pieces of its `reg`, its\n"
	"             interrupts by INTID\n"
	"  --json     a JSON object a line, and so is a refusal\n"
	"Exit status 0: it can run there; 1: refused, with node, property and reason on "
	"stderr;\n"
	"2: wrong usage, or a file that cannot be read.\n"
	"\n"
	"scripts/plumb board adds the properties that a boot loader adds.\n";

/* The method that starts the CPU. */
static const char *how_name(const struct board *board, uint32_t n)
{
	static const char *const soc[] = {
		[BOARD_SOC_NONE] = "left out: nothing known starts it",
		[BOARD_SOC_VEXPRESS] = "SYS_FLAGS and an SGI",
		[BOARD_SOC_SUN7I] = "CPUCFG",
		[BOARD_SOC_SUN8I_H3] = "CPUCFG and PRCM",
		[BOARD_SOC_EXYNOS5250] = "SYSRAM, PMU and an SGI",
	};

	switch (board->start[n].how) {
	case BOARD_START_PSCI:
		return "PSCI";
	case BOARD_START_SPIN_TABLE:
		return "spin table";
	case BOARD_START_SOC:
		return soc[board->soc.soc];
	default:
		return soc[BOARD_SOC_NONE];
	}
}

static void print_memory(const struct board *board)
{
	for (uint32_t i = 0; i < board->memory.count; i++) {
		printf("memory: 0x%" PRIx64 " 0x%" PRIx64 "\n", board->memory.r[i].base.pa,
		       board->memory.r[i].size);
	}
	for (uint32_t i = 0; i < board->reserved.count; i++) {
		printf("reserved: 0x%" PRIx64 " 0x%" PRIx64 "\n", board->reserved.r[i].base.pa,
		       board->reserved.r[i].size);
	}
}

static void print_cpus(const struct board *board)
{
	for (uint32_t n = 0; n < board->nr_cpus; n++) {
		bool boots = n == 0 && board->start[n].how == BOARD_START_NONE;

		printf("cpu: 0x%x, %s", board->mpidr[n], boots ? "boots" : how_name(board, n));
		if (board->start[n].how == BOARD_START_SPIN_TABLE) {
			printf(" 0x%" PRIx64, board->start[n].release.pa);
		}
		if (board->start[n].how == BOARD_START_PSCI) {
			printf(" 0x%08x", board->psci_cpu_on);
		}
		printf("\n");
	}
}

static void print_interrupts(const struct board *board)
{
	printf("gic: GICD 0x%" PRIx64 " GICC 0x%" PRIx64 " GICH 0x%" PRIx64 " GICV 0x%" PRIx64
	       "%s\n",
	       board->gicd.pa, board->gicc.pa, board->gich.pa, board->gicv.pa,
	       board->gic_completed ? " (the last two by its manual)" : "");
	printf("gich-alias: %s\n",
	       board->gich_alias ? "probed at boot" : "none: GICH's range is below 0x2000");
	printf("interrupts: maintenance %u, virtual timer %u, physical timer %u, HYP timer %u\n",
	       board->maintenance_intid, board->timer_virt_intid, board->timer_phys_intid,
	       board->timer_hyp_intid);
	if (board->timer_hz) {
		printf("timer: %u Hz\n", board->timer_hz);
	} else {
		printf("timer: in CNTFRQ%s\n",
		       board->timer_unset ? ", if the boot loader sets it: firmware does not" : "");
	}
	if (board->soc.counter.pa) {
		printf("counter: started by the MCT at 0x%" PRIx64 "\n", board->soc.counter.pa);
	}
}

static const char *off_name(const struct board *board)
{
	const struct board_poke *poke = &board->soc.off;
	static char text[64];

	if (board->psci == BOARD_PSCI_SMC && board->psci_system_off) {
		return "PSCI";
	}
	if (board->soc.sysreg.pa) {
		return "SYS_CFG";
	}
	if (!poke->mask) {
		return "nothing known";
	}
	snprintf(text, sizeof(text), "0x%x to 0x%" PRIx64, poke->value, poke->reg.pa);
	return text;
}

#define UART_NAME(number, driver, name, ...) name,

static void print_board(const struct board *board)
{
	static const char *const uart[] = { "none that is known", UART_KINDS(UART_NAME) };

	printf("model: %s\n", board->model);
	print_memory(board);
	print_cpus(board);
	print_interrupts(board);
	printf("uart: %s", uart[board->uart]);
	if (board->uart != BOARD_UART_NONE) {
		printf(" 0x%" PRIx64 ", interrupt ", board->uart_base.pa);
		if (board->uart_intid) {
			printf("%u", board->uart_intid);
		} else {
			printf("not known");
		}
	}
	printf("\npower-off: %s\n", off_name(board));
	printf("verdict: supported%s\n",
	       board->uart == BOARD_UART_NONE ? ", without a console" : "");
}

static void list_ranges(const char *kind, const struct regions *regions)
{
	for (uint32_t i = 0; i < regions->count; i++) {
		rows_begin(kind);
		rows_number("base", regions->r[i].base.pa);
		rows_number("size", regions->r[i].size);
		rows_end();
	}
}

static void list_cpus(const struct board *board)
{
	for (uint32_t n = 0; n < board->nr_cpus; n++) {
		enum board_start how = board->start[n].how;

		rows_begin("cpu");
		rows_number("mpidr", board->mpidr[n]);
		rows_flag("runs", n == 0 || how != BOARD_START_NONE);
		rows_text("start",
			  n == 0 && how == BOARD_START_NONE ? "boots" : how_name(board, n));
		if (how == BOARD_START_SPIN_TABLE) {
			rows_number("release", board->start[n].release.pa);
		}
		if (how == BOARD_START_PSCI) {
			rows_number("function", board->psci_cpu_on);
		}
		rows_end();
	}
}

static void list_interrupts(const struct board *board)
{
	rows_begin("gic");
	rows_number("gicd", board->gicd.pa);
	rows_number("gicc", board->gicc.pa);
	rows_number("gich", board->gich.pa);
	rows_number("gicv", board->gicv.pa);
	rows_flag("by_manual", board->gic_completed);
	rows_flag("gich_alias", board->gich_alias);
	rows_end();
	rows_begin("interrupts");
	rows_number("maintenance", board->maintenance_intid);
	rows_number("virtual_timer", board->timer_virt_intid);
	rows_number("physical_timer", board->timer_phys_intid);
	rows_number("hyp_timer", board->timer_hyp_intid);
	rows_end();
	rows_begin("timer");
	if (board->timer_hz) {
		rows_number("hz", board->timer_hz);
	}
	rows_flag("cntfrq_unset", board->timer_unset);
	if (board->soc.counter.pa) {
		rows_number("counter", board->soc.counter.pa);
	}
	rows_end();
}

static void list_board(const struct board *board, bool supported)
{
	static const char *const uart[] = { "", UART_KINDS(UART_NAME) };

	rows_begin("board");
	rows_text("model", board->model);
	rows_flag("supported", supported);
	if (supported) {
		rows_text("power_off", off_name(board));
	}
	rows_end();
	if (!supported) {
		return;
	}
	list_ranges("memory", &board->memory);
	list_ranges("reserved", &board->reserved);
	list_cpus(board);
	list_interrupts(board);
	if (board->uart != BOARD_UART_NONE) {
		rows_begin("uart");
		rows_text("type", uart[board->uart]);
		rows_number("base", board->uart_base.pa);
		if (board->uart_intid) {
			rows_number("interrupt", board->uart_intid);
		}
		rows_end();
	}
}

static int list_refusal(const struct refusal *why)
{
	char node[256];

	snprintf(node, sizeof(node), "%s%s/%s", *why->parent ? "/" : "", why->parent, why->node);
	rows_begin("refusal");
	rows_text("node", node);
	rows_text("property", why->property);
	rows_text("reason", why->reason);
	rows_end();
	return EXIT_REFUSED;
}

/* In use, and so is all above it. */
static bool is_in_use(const struct fdt *fdt, fdt_node_t node)
{
	while (node != FDT_NONE && fdt_is_enabled(fdt, node)) {
		node = fdt_parent(fdt, node);
	}
	return node == FDT_NONE;
}

static void print_path(const struct fdt *fdt, fdt_node_t node)
{
	if (node != fdt_root(fdt)) {
		print_path(fdt, fdt_parent(fdt, node));
		printf("/%s", fdt_node_name(fdt, node));
	}
}

/* All of them where the node's specifiers are the GIC's own. Through an interrupt-map: the first,
 * as a level. */
static void print_intids(const struct fdt *fdt, fdt_node_t node, fdt_node_t gic)
{
	uint32_t first = board_device_intid(fdt, node, gic);
	const char *before = "; interrupts";
	struct fdt_prop prop;
	uint32_t intid;

	if (first == 0 || !fdt_get_prop(fdt, node, "interrupts", &prop)) {
		return;
	}
	if (board_intid(&prop, 0) != first) {
		printf("%s %u level", before, first);
		return;
	}
	for (uint32_t n = 0; (intid = board_intid(&prop, n)) != 0; n++) {
		uint32_t flags = 0;

		(void)fdt_prop_u32(&prop, n * BOARD_GIC_CELLS + 2, &flags);
		printf("%s %u %s", before, intid, flags & 3u ? "edge" : "level");
		before = ",";
	}
}

static void print_devices(const struct fdt *fdt)
{
	fdt_node_t gic = board_find_gic(fdt);
	struct fdt_prop prop;
	uint64_t base, size;

	for (fdt_node_t node = fdt_root(fdt); node != FDT_NONE; node = fdt_next_node(fdt, node)) {
		if (!fdt_get_prop(fdt, node, "compatible", &prop) || !is_in_use(fdt, node) ||
		    !fdt_reg(fdt, node, 0, &base, &size) || size == 0) {
			continue;
		}
		printf("device: ");
		print_path(fdt, node);
		for (uint32_t n = 0; fdt_reg(fdt, node, n, &base, &size); n++) {
			printf("%s 0x%" PRIx64 " 0x%" PRIx64, n ? "," : "; reg", base, size);
		}
		print_intids(fdt, node, gic);
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	bool devices = argc == 3 && strcmp(argv[1], "--devices") == 0;
	bool json = argc == 3 && strcmp(argv[1], "--json") == 0;
	const char *path = argv[argc - 1];
	struct fdt fdt;
	struct board board;
	struct refusal why = { 0 };
	bool supported;

	if (argc != (devices || json ? 3 : 2) || path[0] == '-') {
		bool help = argc == 2 && strcmp(path, "--help") == 0;

		fputs(usage, help ? stdout : stderr);
		return help ? EXIT_SUCCESS : EXIT_USAGE;
	}
	tree_file_open(&fdt, "board", path);
	supported = board_read(&fdt, &board, &why);
	if (json) {
		rows_choose(true);
		list_board(&board, supported);
		return supported ? EXIT_SUCCESS : list_refusal(&why);
	}
	if (!supported) {
		printf("model: %s\n", board.model);
		puts("verdict: refused");
		fflush(stdout);
		return tree_file_refused("board", &why);
	}
	print_board(&board);
	if (devices) {
		print_devices(&fdt);
	}
	return EXIT_SUCCESS;
}
