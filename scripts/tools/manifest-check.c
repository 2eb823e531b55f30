/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks a compiled system manifest on the host, with the code that the monitor runs at boot. */
#include "hyp/base/bits.h"
#include "hyp/manifest/manifest.h"
#include "scripts/tools/refusals.h"
#include "scripts/tools/rows.h"
#include "scripts/tools/tree-file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: manifest-check [--board BOARD.dtb] [--list] [--json] SYSTEM.dtb\n"
	"       manifest-check --list [--json]\n"
	"\n"
	"Checks the system manifest SYSTEM.dtb (dtc -O dtb system.dts) as the monitor does at "
	"boot.\n"
	"'plumb check SYSTEM.dts' checks the source, and reports lines and columns.\n"
	"Exit status 0: sound; 1: refused, with all errors on stderr, a line\n"
	"each: node, property, value, reason; 2: wrong usage, or a file that cannot be read.\n"
	"\n"
	"  --board BOARD.dtb  also check it against the board that this device tree describes\n"
	"  --list             print name=value pairs, for programs: a line each for memory,\n"
	"                     windows and interrupts of the guests' machine, and for each\n"
	"                     partition\n"
	"  --json             print these lines, and refusals, as JSON objects on stdout\n"
	"  --help             print this\n"
	"\n"
	"docs/manifest.md describes the manifest.\n";

struct options {
	const char *system, *board;
	bool list, json;
};

/* The machine that guests see: what of it a partition has, its node's properties say. */
static void list_machine(void)
{
	rows_begin("memory");
	rows_hex("ipa", MACHINE_RAM_IPA, 8);
	rows_hex("kernel", MACHINE_RAM_IPA + MACHINE_KERNEL_PLACE, 8);
	rows_end();
	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		const struct machine_window *w = &machine_windows[n];

		rows_begin("window");
		rows_text("name", machine_window_names[n]);
		rows_text("property", w->property < MACHINE_NR_PROPERTIES
					      ? machine_properties[w->property].name
					      : "");
		rows_hex("ipa", w->ipa.ipa, 8);
		rows_hex("size", w->size, 1);
		rows_number("intid", w->intid);
		rows_end();
	}
	for (uint32_t n = 0; n < machine_nr_lines; n++) {
		const struct machine_line *line = &machine_lines[n];

		rows_begin("line");
		rows_text("name", line->name);
		rows_text("property", machine_properties[line->property].name);
		rows_number("intid", line->intid);
		rows_end();
	}
	for (uint32_t n = 0; n < MACHINE_NR_SPIS; n++) {
		rows_begin("line");
		rows_text("name", machine_spis[n].name);
		rows_text("property", machine_spis[n].property);
		rows_number("intid", machine_spis[n].intid);
		rows_end();
	}
}

static void list_pieces(const struct manifest_partition *p)
{
	rows_list_begin("regions");
	for (uint32_t i = 0; i < p->nr_regions; i++) {
		rows_list_number(p->region[i].size);
	}
	rows_list_end();
	rows_list_begin("windows");
	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		if (machine_has(p->windows, n)) {
			rows_list_text(machine_window_names[n]);
		}
	}
	rows_list_end();
}

/* Of each vCPU, or of none. */
static void list_budgets(const struct manifest_partition *p)
{
	uint32_t with = p->budget[0].period_us ? p->nr_vcpus : 0;

	rows_list_begin("budget-us");
	for (uint32_t i = 0; i < with; i++) {
		rows_list_number(p->budget[i].budget_us);
	}
	rows_list_end();
	rows_list_begin("period-us");
	for (uint32_t i = 0; i < with; i++) {
		rows_list_number(p->budget[i].period_us);
	}
	rows_list_end();
}

static void list_partition(const struct manifest_partition *p)
{
	rows_begin("partition");
	rows_text("name", p->name);
	rows_number("vcpus", p->nr_vcpus);
	rows_number("memory", p->memory_size);
	rows_hex("ram-ipa", p->memory_ipa.ipa, 8);
	rows_flag("gic", p->has_gic);
	rows_number("irqs", p->nr_irqs);
	rows_hex("kernel", p->kernel.ipa.ipa, 8);
	rows_hex("initrd-start", p->initrd.ipa.ipa, 8);
	rows_hex("initrd-size", p->initrd.size, 1);
	rows_hex("dtb", p->dtb.ipa.ipa, 8);
	rows_flag("console", machine_has(p->windows, MACHINE_UART));
	rows_hex("entry", p->entry, 8);
	rows_flag("has-dtb", p->dtb.size != 0);
	rows_hex("rights", (uint64_t)p->rights[1] << 32 | p->rights[0], 1);
	rows_hex("manages", (uint64_t)p->manages[1] << 32 | p->manages[0], 1);
	rows_flag("doorbell", (p->spis & BIT32(MACHINE_MANAGER)) != 0);
	rows_number("priority", p->priority);
	rows_flag("autostart", p->autostart);
	rows_number("devices", p->nr_devices);
	rows_flag("rtc", machine_has(p->windows, MACHINE_RTC));
	rows_flag("watchdog", machine_has(p->windows, MACHINE_WATCHDOG));
	rows_number("crash-restarts", p->crash_restarts);
	rows_number("crash-seconds", p->crash_seconds);
	rows_flag("pmu", p->pmu);
	rows_flag("traces", p->traces);
	rows_number("vms", p->nr_vms);
	rows_number("vm-pool", p->vm_pool);
	rows_hex("memory-at", p->memory_pa.pa, 1);
	list_pieces(p);
	list_budgets(p);
	rows_end();
}

/* RAM that the board's own tree keeps out of use is not free. How much the monitor itself takes is
 * known only when it runs. */
static bool take_reserved(const struct board *board, struct regions *free_memory)
{
	*free_memory = board->memory;
	for (uint32_t i = 0; i < board->reserved.count; i++) {
		if (!regions_remove(free_memory, board->reserved.r[i].base,
				    board->reserved.r[i].size)) {
			return false;
		}
	}
	return true;
}

/* The board that the tree describes, and its free memory; ends the program if it is refused. */
static void read_board(const char *path, struct board *board, struct regions *free_memory)
{
	struct fdt tree;
	struct refusal why = { 0 };

	tree_file_open(&tree, "board", path);
	if (!board_read(&tree, board, &why)) {
		exit(tree_file_refused("board", &why));
	}
	if (!take_reserved(board, free_memory)) {
		fputs("board: too many reserved ranges\n", stderr);
		exit(EXIT_REFUSED);
	}
}

static bool parse_options(int argc, char **argv, struct options *options)
{
	*options = (struct options) { 0 };
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		} else if (strcmp(argv[i], "--list") == 0) {
			options->list = true;
		} else if (strcmp(argv[i], "--json") == 0) {
			options->json = true;
		} else if (strcmp(argv[i], "--board") == 0 && i + 1 < argc) {
			options->board = argv[++i];
		} else if (argv[i][0] != '-' && !options->system) {
			options->system = argv[i];
		} else {
			return false;
		}
	}
	return options->system || (options->list && !options->board);
}

static int check(const struct options *options)
{
	static struct manifest manifest;
	static struct board board;
	struct regions free_memory;
	struct fdt fdt;

	tree_file_open(&fdt, "manifest", options->system);
	if (options->board) {
		read_board(options->board, &board, &free_memory);
	}
	if (refusals_collect(&fdt, &manifest, options->board ? &board : NULL, &free_memory) != 0) {
		if (options->json) {
			refusals_list();
		} else {
			refusals_print();
		}
		return EXIT_REFUSED;
	}
	for (uint32_t i = 0; options->list && i < manifest.nr_partitions; i++) {
		list_partition(&manifest.partition[i]);
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options options;

	if (!parse_options(argc, argv, &options)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	rows_choose(options.json);
	if (options.list) {
		list_machine();
	}
	return options.system ? check(&options) : EXIT_SUCCESS;
}
