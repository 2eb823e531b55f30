/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of manifests that a board may be too small for. */
#ifndef TEST_UNIT_MANIFEST_NODES_H
#define TEST_UNIT_MANIFEST_NODES_H

#include "hyp/manifest/manifest.h"
#include "test.h"
#include "tree.h"

#define PARTITION(name, more)                                                            \
	name " { compatible = \"plumbline,partition\"; kernel = [00 00 a0 e1]; no-dtb; " \
	     "memory-size = <0x11000>; " more " }; "

static struct tree blob;
static struct fdt fdt;
static struct manifest manifest;
static struct refusal why;

/* A system of these nodes; on a board with so many CPUs and bytes of free RAM, unless both are 0.
 */
static bool read_nodes_on(const char *nodes, uint32_t cpus, uint64_t ram)
{
	static char source[8192];
	static const struct board none;
	struct board board = none;
	struct regions free = { .count = 1 };

	snprintf(source, sizeof(source), "/dts-v1/; / { compatible = \"plumbline,system-1\"; %s };",
		 nodes);
	why = (struct refusal) { 0 };
	blob = tree_compile(source, "");
	CHECK(fdt_open(&fdt, blob.blob, blob.size) == NULL);
	if (!manifest_read(&fdt, &manifest, &why)) {
		return false;
	}
	board.nr_cpus = cpus;
	free.r[0].size = ram;
	return (cpus == 0 && ram == 0) ||
	       manifest_check_board(&fdt, &manifest, &board, &free, &why);
}

static void report(bool ok, const char *nodes)
{
	CHECK(ok);
	if (!ok) {
		printf("with '%s': '%s' (%s)\n", nodes, why.property, why.reason);
	}
	tree_free(&blob);
}

#endif
