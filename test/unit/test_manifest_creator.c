/* SPDX-License-Identifier: BSD-2-Clause */
/* Manifests with creators: partitions that make VMs at run time (vms, vm-pool). */
#define _POSIX_C_SOURCE 200809L
#include "manifest_nodes.h"

#define SPI_CREATOR (1u << 2) /* in a set of hyp/dev/machine.h's */

/* On a board with so many bytes of free RAM, unless that is 0. */
static bool read_nodes(const char *nodes, uint64_t ram)
{
	return read_nodes_on(nodes, ram != 0, ram);
}

static void accept(const char *nodes, uint64_t ram)
{
	report(read_nodes(nodes, ram), nodes);
}

static void refuse(const char *nodes, uint64_t ram, const char *property, const char *said)
{
	report(!read_nodes(nodes, ram) && strcmp(why.property, property) == 0 &&
		       strcmp(why.reason, said) == 0,
	       nodes);
}

static void values(void)
{
	const struct manifest_partition *p = &manifest.partition[0];

	accept(PARTITION("p", ""), 0);
	CHECK(p->nr_vms == 0 && p->vm_pool == 0 && p->spis == 0);
	accept(PARTITION("p", "vms = <1>; vm-pool = <65536>;"), 0);
	CHECK(p->nr_vms == 1 && p->vm_pool == 65536 && p->spis == SPI_CREATOR);
	accept(PARTITION("p", "vm-pool = <0 69632>; vms = <2>;"), 0); /* 64 bits; another page */
	CHECK(p->nr_vms == 2 && p->vm_pool == 69632);
	accept(PARTITION("p", "vms = <64>; vm-pool = <67108864>;"), 0);
	CHECK(p->nr_vms == 64 && p->vm_pool == 67108864);
	accept(PARTITION("p", "manages = \"p\"; vms = <64>; vm-pool = <65536>; irqs = <64>;"), 0);
	CHECK_EQ(p->spis, SPI_CREATOR | 1);
}

static void refused(void)
{
	static const char range[] = "must be 1 to 64 VMs";
	static const char pool[] = "must be a multiple of 4 KiB (0x1000) from 64 KiB to 64 MiB";
	static const char device[] = "d { compatible = \"plumbline,device\"; pa = <0 0xc000000>; "
				     "size = <0x1000>; interrupt = <38>; };";
	static const struct {
		const char *more, *property, *said;
	} bad[] = {
		{ "vms = <1>;", "vm-pool", "missing: vms needs it" },
		{ "vm-pool = <65536>;", "vms", "missing: vm-pool needs it" },
		{ "vms = <0>; vm-pool = <65536>;", "vms", range },
		{ "vms = <65>; vm-pool = <65536>;", "vms", range },
		{ "vms = <0xffffffff>; vm-pool = <65536>;", "vms", range },
		{ "vms = <1>; vm-pool = <0>;", "vm-pool", pool },
		{ "vms = <1>; vm-pool = <61440>;", "vm-pool", pool },
		{ "vms = <1>; vm-pool = <65537>;", "vm-pool", pool },
		{ "vms = <1>; vm-pool = <67584>;", "vm-pool", pool }, /* half a page */
		{ "vms = <1>; vm-pool = <67112960>;", "vm-pool", pool },
		{ "vms = <1>; vm-pool = <0xfffff000>;", "vm-pool", pool },
		{ "vms = <1>; vm-pool = <1 65536>;", "vm-pool", pool }, /* above 4 GiB */
		{ "gic = \"none\"; vms = <1>; vm-pool = <65536>;", "vms",
		  "must not be given without a GIC" },
		{ "vms = <1>; vm-pool = <65536>; console = \"none\"; irqs = <32>;", "irqs",
		  "the doorbell of 'vms' is interrupt 38: give no vms or 64 or more" },
	};
	char nodes[512];

	for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		snprintf(nodes, sizeof(nodes), PARTITION("p", "%s"), bad[n].more);
		refuse(nodes, 0, bad[n].property, bad[n].said);
	}
	snprintf(nodes, sizeof(nodes), PARTITION("p", "vms = <1>; vm-pool = <65536>; %s"), device);
	refuse(nodes, 0, "interrupt", "38 is the doorbell of 'vms': give no vms or another");
	snprintf(nodes, sizeof(nodes), PARTITION("p", "%s"), device);
	accept(nodes, 0);
}

/* The form of a value, which is refused before all else, and alone. */
static void forms(void)
{
	static const char *const bad[][2] = {
		{ "vms; vm-pool = <65536>;", "vms" },
		{ "vms = \"1\", \"many\"; vm-pool = <65536>;", "vms" },
		{ "vms = <0 1>; vm-pool = <65536>;", "vms" },
		{ "vms = <1>; vm-pool;", "vm-pool" },
		{ "vms = <1>; vm-pool = <0 0 65536>;", "vm-pool" },
	};
	char nodes[512];

	for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		snprintf(nodes, sizeof(nodes), PARTITION("p", "%s"), bad[n][0]);
		report(!read_nodes(nodes, 0) && strcmp(why.property, bad[n][1]) == 0, nodes);
	}
}

/* 128 MiB of all creators together: the monitor has no addresses for more. */
static void together(void)
{
	static const char most[] = "vms = <1>; vm-pool = <0x4000000>;";
	char nodes[2048];

	snprintf(nodes, sizeof(nodes), PARTITION("a", "%s") PARTITION("b", "%s"), most, most);
	accept(nodes, 0);
	snprintf(nodes, sizeof(nodes),
		 PARTITION("a", "%s") PARTITION("b", "%s")
			 PARTITION("c", "vms = <1>; vm-pool = <0x10000>;"),
		 most, most);
	refuse(nodes, 0, "vm-pool", "makes more than 128 MiB in all partitions together");
	CHECK_EQ(why.at, manifest.partition[2].at);
}

/* A VMID has 8 bits (B4.1.160); 0 is nobody's, 1 to 64 are the partitions'. */
static void vmids(void)
{
	static const char most[] = "vms = <64>; vm-pool = <0x10000>;";
	char nodes[2048];

	snprintf(nodes, sizeof(nodes),
		 PARTITION("a", "%s") PARTITION("b", "%s")
			 PARTITION("c", "vms = <63>; vm-pool = <0x10000>;"),
		 most, most);
	accept(nodes, 0);
	snprintf(nodes, sizeof(nodes),
		 PARTITION("a", "%s") PARTITION("b", "%s") PARTITION("c", "%s"), most, most, most);
	refuse(nodes, 0, "vms", "makes more than 191 in all partitions together");
	CHECK_EQ(why.at, manifest.partition[2].at);
}

/* It is the board's memory, too. */
static void on_a_board(void)
{
	static const char one[] = PARTITION("p", "vms = <1>; vm-pool = <0x100000>;");
	static const char two[] =
		PARTITION("p", "vms = <1>; vm-pool = <0x100000>;") PARTITION("q", "");

	accept(one, 0x111000);
	refuse(one, 0x110fff, "vm-pool", "is more than the board has left");
	accept(two, 0x122000);
	refuse(two, 0x121000, "memory-size", "is more than the board has left");
	CHECK_EQ(why.at, manifest.partition[1].at);
}

static const struct test_case cases[] = {
	{ "values", values },	  { "refused", refused }, { "forms", forms },
	{ "together", together }, { "vmids", vmids },	  { "on_a_board", on_a_board },
};

TEST_MAIN("manifest_creator", cases)
