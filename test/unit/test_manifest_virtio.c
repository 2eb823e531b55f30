/* SPDX-License-Identifier: BSD-2-Clause */
/* Manifests with virtio windows that another partition serves: what is read, and every refusal with
 * its node, property and item. */
#define _POSIX_C_SOURCE 200809L
#include "manifest_node.h"

#define NODE  " { compatible = \"plumbline,virtio\"; "
#define THREE "a" PART "}; b" PART "}; c" PART "gic = \"none\"; virtio-windows; }; "
#define SIDES "client = \"a\"; backend = \"b\"; "
#define SOUND SIDES "windows = <31 4>; ipa = <0x80000000>; "

static const struct manifest_node node = { "v", "plumbline,virtio" };

static void refuse(const char *more, const char *property, uint32_t item, const char *said)
{
	refuse_in(THREE, more, property, item, said, "");
}

static void taken(void)
{
	const struct manifest_virtio *v = &manifest.virtio[0];
	const struct manifest_partition *p = manifest.partition;

	accept_in(THREE, SOUND);
	CHECK(manifest.nr_partitions == 3 && manifest.nr_virtio == 1 && manifest.nr_shared == 0);
	CHECK(v->client == 0 && v->backend == 1);
	CHECK_EQ(v->windows, 0x80000010);
	CHECK_EQ(v->ipa.ipa, 0x80000000);
	CHECK(v->offset == 0 && v->size == 0x100000);
	CHECK(machine_has(p[0].windows, MACHINE_VIRTIO));
	CHECK(!machine_has(p[1].windows, MACHINE_VIRTIO));
	CHECK(p[0].nr_clients == 0 && p[1].nr_clients == 1 && p[1].client_size[0] == 0x100000);
	CHECK(p[0].spis == 0 && p[2].spis == 0);
	CHECK_EQ(p[1].spis, 1u << MACHINE_BACKEND);
	accept_in(THREE, SOUND "offset = <0xff000>;");
	CHECK(v->offset == 0xff000 && v->size == 0x1000);
	accept_in(THREE, SOUND "offset = <0x1000>; size = <0x2000>;");
	CHECK(v->offset == 0x1000 && v->size == 0x2000);
	/* The other way round, too; several of a client, and of a backend; before the partitions.
	 */
	accept_in("x" NODE "client = \"c\"; backend = \"a\"; windows = <0 1 2 3 4 5 6 7>; "
		  "ipa = <0x90000000>; }; " THREE "y" NODE
		  "client = \"a\"; backend = \"c\"; windows = <5>; ipa = <0xa0000000>; }; z" NODE
		  "client = \"c\"; backend = \"b\"; windows = <8>; ipa = <0x90000000>; };",
		  SOUND);
	CHECK_EQ(manifest.nr_virtio, 4);
	CHECK(manifest.virtio[0].client == 2 && manifest.virtio[0].windows == 0xff);
	CHECK(manifest.virtio[3].client == 0 && p[1].nr_clients == 2);
	CHECK_EQ(p[0].spis, 1u << MACHINE_BACKEND);
	CHECK_EQ(p[2].spis, 0); /* without a GIC */
}

static void sides(void)
{
	refuse("backend = \"b\"; windows = <1>; ipa = <0x80000000>;", "client", 0, "missing");
	refuse("client = \"b\"; windows = <1>; ipa = <0x80000000>;", "backend", 0, "missing");
	refuse("client = \"d\"; backend = \"b\"; windows = <1>; ipa = <0x80000000>;", "client", 0,
	       "names no partition");
	refuse("client = \"a\"; backend = \"d\"; windows = <1>; ipa = <0x80000000>;", "backend", 0,
	       "names no partition");
	refuse("client = \"a\"; backend = \"a\"; windows = <1>; ipa = <0x80000000>;", "backend", 0,
	       "another than the client");
	refuse("client = <1>; backend = \"b\"; windows = <1>; ipa = <0x80000000>;", "client", 0,
	       "string");
}

static void windows(void)
{
	refuse(SIDES "ipa = <0x80000000>;", "windows", 0, "missing");
	refuse(SIDES "windows = <32>; ipa = <0x80000000>;", "windows", 1, "0 to 31");
	refuse(SIDES "windows = <0 1 0xffffffff>; ipa = <0x80000000>;", "windows", 3, "0 to 31");
	refuse(SIDES "windows = <7 7>; ipa = <0x80000000>;", "windows", 2, "served already");
	refuse(SIDES "windows = <0 1 2 3 4 5 6 7 8>; ipa = <0x80000000>;", "windows", 0,
	       "more than 8");
	refuse_in(THREE "w" NODE "client = \"a\"; backend = \"c\"; windows = <3 4>; "
			"ipa = <0x80000000>; }; ",
		  SOUND, "windows", 2, "served already", "");
	/* Interrupt 48 + 31 */
	refuse_in("a" PART "irqs = <64>; }; b" PART "}; ", SOUND, "windows", 1, "irqs", "");
	accept_in("a" PART "irqs = <64>; }; b" PART "}; ",
		  SIDES "windows = <15>; ipa = <0x80000000>;");
	refuse_in("a" PART "d { compatible = \"plumbline,device\"; pa = <0 0x1c000000>; "
		  "size = <0x1000>; interrupt = <79>; }; }; b" PART "}; ",
		  SOUND, "windows", 1, "interrupt", "d");
	refuse_in("a" PART "d { compatible = \"plumbline,device\"; pa = <0 0x1c000000>; "
		  "ipa = <0x0a003000>; size = <0x1000>; }; }; b" PART "}; ",
		  SOUND, "windows", 1, "page", "d");
	accept_in("a" PART "d { compatible = \"plumbline,device\"; pa = <0 0x1c000000>; "
		  "ipa = <0x0a001000>; size = <0x2000>; }; }; b" PART "}; ",
		  SOUND);
	refuse_in(THREE "s { compatible = \"plumbline,shared-memory\"; peers = \"a\", \"c\"; "
			"common-size = <0x1000>; ipa = <0x10000000>; interrupt = <52 0>; }; ",
		  SOUND, "windows", 2, "interrupt", "s");
}

static void memory(void)
{
	refuse(SIDES "windows = <1>;", "ipa", 0, "missing");
	refuse(SIDES "windows = <1>; ipa = <0x80000800>;", "ipa", 0, "4 KiB");
	refuse(SIDES "windows = <1>; ipa = <0xfff01000>;", "ipa", 0, "below 4 GiB");
	accept_in(THREE, SIDES "windows = <1>; ipa = <0xfff00000>;");
	refuse(SIDES "windows = <1>; ipa = <0x08000000>;", "ipa", 0, "emulated device");
	refuse(SIDES "windows = <1>; ipa = <0x08ff0000>;", "ipa", 0, "emulated device");
	refuse_in(THREE, SIDES "windows = <1>; ipa = <0x400ff000>;", "ipa", 0, "something else",
		  "b");
	refuse_in(THREE "w" NODE "client = \"c\"; backend = \"b\"; windows = <3>; "
			"ipa = <0x80000000>; }; ",
		  SIDES "windows = <1>; ipa = <0x800ff000>;", "ipa", 0, "something else", "w");
	refuse(SOUND "offset = <0x100000>;", "offset", 0, "less than");
	refuse(SOUND "offset = <0x800>;", "offset", 0, "4 KiB");
	refuse(SOUND "size = <0>;", "size", 0, "above 0");
	refuse(SOUND "size = <0x1800>;", "size", 0, "4 KiB");
	refuse(SOUND "size = <0x101000>;", "size", 0, "end in");
	refuse(SOUND "offset = <0xff000>; size = <0x2000>;", "size", 0, "end in");
	/* A client's page of windows, where it sees the memory of another one. */
	refuse_in(THREE "w" NODE "client = \"c\"; backend = \"a\"; windows = <3>; "
			"ipa = <0x0a000000>; size = <0x1000>; }; ",
		  SOUND, "windows", 0, "other memory", "w");
	refuse_in(THREE "s { compatible = \"plumbline,shared-memory\"; peers = \"a\", \"c\"; "
			"common-size = <0x1000>; ipa = <0x0a001000 0x10000000>; }; ",
		  SOUND, "windows", 0, "other memory", "s");
}

static void doorbell(void)
{
	refuse_in("a" PART "}; b" PART "irqs = <32>; console = \"none\"; }; ", SOUND, "backend", 0,
		  "64 or more", "");
	refuse_in("a" PART "}; b" PART "d { compatible = \"plumbline,device\"; "
		  "pa = <0 0x1c000000>; size = <0x1000>; interrupt = <37>; }; }; ",
		  SOUND, "backend", 0, "37", "d");
}

static void many(void)
{
	static char source[8192];
	size_t length = 0;

	length = (size_t)snprintf(source, sizeof(source), "%s", THREE);
	for (unsigned n = 0; n < 8; n++) {
		if (n == 4) {
			refuse_in(source, SIDES "windows = <20>; ipa = <0xf0000000>;", "backend", 0,
				  "serves 4", "");
		}
		length += (size_t)snprintf(source + length, sizeof(source) - length,
					   "n%u" NODE "client = \"%s\"; backend = \"%s\"; "
					   "windows = <%u>; ipa = <0x8%u000000>; }; ",
					   n, n < 4 ? "a" : "b", n < 4 ? "b" : "c", n, n);
		if (n < 7) {
			accept_in(source, "client = \"b\"; backend = \"a\"; windows = <31>; "
					  "ipa = <0xf0000000>;");
		}
	}
	refuse_in(source, "client = \"b\"; backend = \"a\"; windows = <31>; ipa = <0xf0000000>;",
		  "", 0, "more than 8", "");
}

static void nodes(void)
{
	refuse(SOUND "offset = \"x\";", "offset", 0, "cell");
	refuse(SOUND "size = \"x\";", "size", 0, "cell");
	CHECK(!read_manifest(
		THREE "x_y" NODE SOUND "}; ",
		"client = \"c\"; backend = \"b\"; windows = <1>; ipa = <0x90000000>;"));
	CHECK(strcmp(why.node, "x_y") == 0 && strstr(why.reason, "name must be"));
	tree_free(&blob);
	/* Both of two are looked at. */
	CHECK(!read_manifest(THREE "w" NODE "client = \"d\"; backend = \"b\"; }; ",
			     SOUND "wrong;"));
	CHECK(strcmp(why.node, "w") == 0 || strcmp(why.node, "v") == 0);
	tree_free(&blob);
	refuse(SOUND "wrong;", "wrong", 0, "unknown property");
	CHECK(!read_manifest(THREE, SOUND "n { };"));
	CHECK(strcmp(why.node, "n") == 0 && strstr(why.reason, "unknown node"));
	tree_free(&blob);
}

static const struct test_case cases[] = {
	{ "taken", taken },	  { "sides", sides }, { "windows", windows }, { "memory", memory },
	{ "doorbell", doorbell }, { "many", many },   { "nodes", nodes },
};

TEST_MAIN("manifest_virtio", cases)
