/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks a compiled system manifest on the host, with the code that the monitor runs at boot. */
#include "hyp/manifest/manifest.h"
#include "scripts/tools/tree-file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: manifest-check [--board BOARD.dtb] [--list] SYSTEM.dtb\n"
	"       manifest-check --list\n"
	"\n"
	"Checks the system manifest SYSTEM.dtb (dtc -O dtb system.dts) as the monitor does at "
	"boot.\n"
	"Exit status 0: sound; 1: refused, and the node, property and reason are on stderr;\n"
	"2: wrong usage, or a file that cannot be read.\n"
	"\n"
	"  --board BOARD.dtb  also check it against the board that this device tree describes\n"
	"  --list             print name=value pairs, for programs: a line each for memory,\n"
	"                     windows and interrupts of the guests' machine, and for each\n"
	"                     partition\n"
	"  --help             print this\n"
	"\n"
	"docs/manifest.md describes the manifest.\n";

struct options {
	const char *system, *board;
	bool list;
};

/* The machine that guests see: what of it a partition has, its node's properties say. */
static void list_machine(void)
{
	printf("memory ipa=0x%08x kernel=0x%08x\n", MACHINE_RAM_IPA,
	       MACHINE_RAM_IPA + MACHINE_KERNEL_PLACE);
	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		const struct machine_window *w = &machine_windows[n];

		printf("window name=%s property=%s ipa=0x%08x size=0x%x intid=%u\n",
		       machine_window_names[n], machine_properties[w->property].name, w->ipa.ipa,
		       w->size, w->intid);
	}
	for (uint32_t n = 0; n < machine_nr_lines; n++) {
		const struct machine_line *line = &machine_lines[n];

		printf("line name=%s property=%s intid=%u\n", line->name,
		       machine_properties[line->property].name, line->intid);
	}
}

static void list_windows(uint32_t windows)
{
	const char *before = "";

	printf(" windows=");
	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		if (machine_has(windows, n)) {
			printf("%s%s", before, machine_window_names[n]);
			before = ",";
		}
	}
}

static void list_partition(const struct manifest_partition *p)
{
	printf("partition name=%s vcpus=%u memory=%u ram-ipa=0x%08x gic=%d irqs=%u kernel=0x%08x "
	       "initrd-start=0x%08x initrd-size=0x%x dtb=0x%08x console=%d entry=0x%08x "
	       "has-dtb=%d rights=0x%x priority=%u autostart=%d devices=%u rtc=%d pmu=%d "
	       "memory-at=0x%llx regions=",
	       p->name, p->nr_vcpus, p->memory_size, p->memory_ipa.ipa, p->has_gic, p->nr_irqs,
	       p->kernel.ipa.ipa, p->initrd.ipa.ipa, p->initrd.size, p->dtb.ipa.ipa,
	       machine_has(p->windows, MACHINE_UART), p->entry, p->dtb.size != 0, p->rights,
	       p->priority, p->autostart, p->nr_devices, machine_has(p->windows, MACHINE_RTC),
	       p->pmu, (unsigned long long)p->memory_pa.pa);
	for (uint32_t i = 0; i < p->nr_regions; i++) {
		printf(i ? ",%u" : "%u", p->region[i].size);
	}
	list_windows(p->windows);
	printf("\n");
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

static int check_board(const char *path, const struct fdt *fdt, const struct manifest *manifest)
{
	struct fdt tree;
	struct board board;
	struct regions free_memory;
	struct refusal why;

	tree_file_open(&tree, "board", path);
	if (!board_read(&tree, &board, &why)) {
		return tree_file_refused("board", &why);
	}
	if (!take_reserved(&board, &free_memory)) {
		fputs("board: too many reserved ranges\n", stderr);
		return EXIT_REFUSED;
	}
	if (!manifest_check_board(fdt, manifest, &board, &free_memory, &why)) {
		return tree_file_refused("manifest", &why);
	}
	return EXIT_SUCCESS;
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

int main(int argc, char **argv)
{
	struct options options;
	struct fdt fdt;
	struct manifest manifest;
	struct refusal why;
	int status = EXIT_SUCCESS;

	if (!parse_options(argc, argv, &options)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (options.list) {
		list_machine();
	}
	if (!options.system) {
		return EXIT_SUCCESS;
	}
	tree_file_open(&fdt, "manifest", options.system);
	if (!manifest_read(&fdt, &manifest, &why)) {
		return tree_file_refused("manifest", &why);
	}
	if (options.board) {
		status = check_board(options.board, &fdt, &manifest);
	}
	for (uint32_t i = 0; options.list && status == EXIT_SUCCESS && i < manifest.nr_partitions;
	     i++) {
		list_partition(&manifest.partition[i]);
	}
	return status;
}
