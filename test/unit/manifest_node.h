/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of manifests with one node behind partitions: what is read, and each refusal with its
 * node, property and item. */
#ifndef TEST_UNIT_MANIFEST_NODE_H
#define TEST_UNIT_MANIFEST_NODE_H

#include "hyp/manifest/manifest.h"
#include "test.h"
#include "tree.h"

#define PART                                                                        \
	" { compatible = \"plumbline,partition\"; kernel = [00 00 a0 e1]; no-dtb; " \
	"memory-size = <0x100000>; "
#define SYSTEM "/dts-v1/; / { compatible = \"plumbline,system-1\"; "

struct manifest_node {
	const char *name, *compatible;
};

static const struct manifest_node node; /* the test's */
static struct tree blob;
static struct fdt fdt;
static struct manifest manifest;
static struct refusal why;

static bool read_manifest(const char *before, const char *more)
{
	static char source[16384];

	snprintf(source, sizeof(source), SYSTEM "%s%s { compatible = \"%s\"; %s }; };", before,
		 node.name, node.compatible, more);
	why = (struct refusal) { 0 };
	memset(&manifest, 0xa5, sizeof(manifest));
	blob = tree_compile(source, "");
	CHECK(fdt_open(&fdt, blob.blob, blob.size) == NULL);
	return manifest_read(&fdt, &manifest, &why);
}

static void accept_in(const char *before, const char *more)
{
	bool ok = read_manifest(before, more);

	CHECK(ok);
	if (!ok) {
		printf("with '%s': '%s' '%s' (%s)\n", more, why.node, why.property, why.reason);
	}
	tree_free(&blob);
}

/* `item`: the number of the cell or string; `rival`: the node that it collides with. */
static void refuse_in(const char *before, const char *more, const char *property, uint32_t item,
		      const char *said, const char *rival)
{
	bool ok = read_manifest(before, more);
	bool named = !ok && strcmp(why.node, node.name) == 0 &&
		     strcmp(why.property, property) == 0 && why.item == item &&
		     strstr(why.reason, said) &&
		     strcmp(why.rival ? fdt_node_name(&fdt, why.rival) : "", rival) == 0;

	CHECK(named);
	if (!named) {
		printf("with '%s': '%s' '%s' [%u] (%s)\n", more, ok ? "taken" : why.node,
		       ok ? "" : why.property, (unsigned)why.item, ok ? "" : why.reason);
	}
	tree_free(&blob);
}

#endif
