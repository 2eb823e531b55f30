/* SPDX-License-Identifier: BSD-2-Clause */
/* Manifests with shared memory: what is read, every refusal with its node, property and item, and
 * the board's part. */
#define _POSIX_C_SOURCE 200809L
#include "manifest_node.h"

#define THREE "a" PART "}; b" PART "}; c" PART "gic = \"none\"; rtc = \"pl031\"; }; "
#define BOSS  "a" PART "manages = \"b\"; }; b" PART "}; "
#define MAKER "a" PART "vms = <1>; vm-pool = <0x10000>; }; b" PART "}; "
#define SOUND "peers = \"a\", \"b\"; output-size = <0x2000>; ipa = <0x10000000>; "

static const struct manifest_node node = { "s", "plumbline,shared-memory" };

static void accept(const char *more)
{
	accept_in(THREE, more);
}

static void refuse(const char *more, const char *property, uint32_t item, const char *said)
{
	refuse_in(THREE, more, property, item, said, "");
}

static void taken(void)
{
	const struct manifest_shared *s = &manifest.shared[0];
	const struct manifest_partition *p = manifest.partition;

	accept("peers = \"c\", \"a\", \"b\"; output-size = <0x2000>; common-size = <0x3000>; "
	       "ipa = <0x10000000 0x20000000 0x30000000>; interrupt = <0 40 41>; interrupt-edge; "
	       "memory-at = <1 0x80000000>; read-only = \"b\", \"c\";");
	CHECK_EQ(manifest.nr_partitions, 3);
	CHECK_EQ(manifest.nr_shared, 1);
	CHECK(s->nr_peers == 3 && s->peer[0] == 2 && s->peer[1] == 0 && s->peer[2] == 1);
	CHECK_EQ(s->readers, 5);
	CHECK(s->edge);
	CHECK_EQ(s->common_size, 0x3000);
	CHECK_EQ(s->output_size, 0x2000);
	CHECK_EQ(s->memory_pa.pa, 0x180000000);
	CHECK_EQ(manifest_shared_size(s), 0xa000);
	for (uint32_t n = 0; n < 3; n++) {
		CHECK(machine_has(p[n].windows, MACHINE_SHARED));
		CHECK_EQ(p[n].nr_shares, 1);
		CHECK_EQ(p[n].share[0].shared, 0);
		CHECK_EQ(p[n].share[0].peer, (n + 1) % 3);
		CHECK_EQ(p[n].share[0].ipa.ipa, 0x10000000 * ((n + 1) % 3 + 1));
		CHECK_EQ(p[n].share[0].size, 0xa000);
		CHECK_EQ(p[n].share[0].intid, n == 2 ? 0 : 40 + n);
	}
	accept(SOUND);
	CHECK(!s->edge && s->memory_pa.pa == 0 && s->readers == 0 && s->common_size == 0);
	CHECK_EQ(p[0].share[0].intid, 0);
	CHECK(!machine_has(p[2].windows, MACHINE_SHARED) && p[2].nr_shares == 0);
	accept(SOUND "interrupt = <40>;");
	CHECK(p[0].share[0].intid == 40 && p[1].share[0].intid == 40);
	accept("peers = \"a\", \"b\"; common-size = <0x1000>; ipa = <0x10000000>;");
	CHECK_EQ(manifest_shared_size(s), 0x2000);
	accept("peers = \"a\", \"b\"; output-size = <0x7fff000>; ipa = <0x80000000>;");
	CHECK_EQ(manifest_shared_size(s), 0x1000 + 2 * 0x7fff000);
	/* It comes first in the file, and is no partition. */
	accept_in("t { compatible = \"plumbline,shared-memory\"; " SOUND
		  "interrupt = <40>; }; " THREE,
		  "peers = \"b\", \"a\"; common-size = <0x1000>; ipa = <0x20000000>; "
		  "interrupt = <41>;");
	CHECK(manifest.nr_shared == 2 && manifest.nr_partitions == 3);
	CHECK(p[0].nr_shares == 2 && p[1].nr_shares == 2 && p[2].nr_shares == 0);
	CHECK(p[1].share[0].shared == 0 && p[1].share[0].peer == 1 && p[1].share[0].intid == 40);
	CHECK(p[1].share[1].shared == 1 && p[1].share[1].peer == 0 && p[1].share[1].intid == 41);
}

static void peers(void)
{
	refuse("output-size = <0x1000>; ipa = <0x10000000>;", "peers", 0, "missing");
	refuse("peers = \"a\"; output-size = <0x1000>; ipa = <0x10000000>;", "peers", 0,
	       "2 at least");
	refuse("peers = \"a\", \"d\"; output-size = <0x1000>; ipa = <0x10000000>;", "peers", 2,
	       "names no partition");
	refuse("peers = \"a\", \"b\", \"a\"; output-size = <0x1000>; ipa = <0x10000000>;", "peers",
	       3, "twice");
	refuse("peers = \"a\", \"b\", \"c\", \"a\", \"b\", \"c\", \"a\", \"b\", \"c\"; "
	       "output-size = <0x1000>; ipa = <0x10000000>;",
	       "peers", 4, "twice");
	refuse("peers = \"d\", \"a\", \"b\"; output-size = <0x1000>; ipa = <0x10000000>;", "peers",
	       1, "names no partition");
	refuse("peers = <1>; output-size = <0x1000>; ipa = <0x10000000>;", "peers", 0, "strings");
	refuse(SOUND "read-only = \"b\", \"c\";", "read-only", 2, "not one of the peers");
	refuse(SOUND "read-only = \"d\";", "read-only", 1, "not one of the peers");
	refuse(SOUND "read-only = \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\";",
	       "read-only", 0, "more than 8");
	refuse(SOUND "read-only;", "read-only", 0, "strings");
	accept(SOUND "read-only = \"a\", \"b\", \"a\";");
}

#define P(name) #name PART "}; "

static void many(void)
{
	static const char nine[] = P(a) P(b) P(c) P(d) P(e) P(f) P(g) P(h) P(i);
	static char text[8192];
	size_t at = 0;

	accept_in(nine, "peers = \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\"; "
			"output-size = <0x1000>; ipa = <0x10000000>; interrupt = <40>;");
	CHECK_EQ(manifest.shared[0].nr_peers, 8);
	CHECK_EQ(manifest_shared_size(&manifest.shared[0]), 0x9000);
	refuse_in(nine,
		  "peers = \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\"; "
		  "output-size = <0x1000>; ipa = <0x10000000>;",
		  "peers", 0, "more than 8", "");
	/* Four of a partition, eight in all */
	at += (size_t)snprintf(text, sizeof(text), "%s", nine);
	for (uint32_t n = 0; n < 8; n++) {
		if (n == 4) {
			refuse_in(text, SOUND, "peers", 1, "of 4 shared memories", "");
			refuse_in(text,
				  "peers = \"c\", \"b\"; output-size = <0x2000>; "
				  "ipa = <0x20000000>;",
				  "peers", 2, "of 4 shared memories", "");
		}
		at += (size_t)snprintf(
			text + at, sizeof(text) - at,
			"t%u { compatible = \"plumbline,shared-memory\"; peers = %s; "
			"output-size = <0x1000>; ipa = <0x1%u000000>; interrupt = <%u>; "
			"}; ",
			n, n < 4 ? "\"a\", \"b\"" : "\"c\", \"d\"", n, 40 + n);
		if (n == 6) {
			accept_in(text, "peers = \"e\", \"f\"; output-size = <0x2000>; "
					"ipa = <0x20000000>;");
			CHECK(manifest.nr_shared == 8 && manifest.partition[0].nr_shares == 4);
			CHECK_EQ(manifest.partition[2].nr_shares, 3);
		}
	}
	refuse_in(text, "peers = \"e\", \"f\"; output-size = <0x2000>; ipa = <0x20000000>;", "", 0,
		  "one more than 8", "");
}

static void sections(void)
{
	refuse("peers = \"a\", \"b\"; ipa = <0x10000000>;", "output-size", 0, "missing");
	refuse("peers = \"a\", \"b\"; output-size = <0>; ipa = <0x10000000>;", "output-size", 0,
	       "missing");
	refuse("peers = \"a\", \"b\"; output-size = <0x800>; ipa = <0x10000000>;", "output-size", 0,
	       "multiple of 4 KiB");
	refuse(SOUND "common-size = <0x1001>;", "common-size", 0, "multiple of 4 KiB");
	refuse(SOUND "common-size = <0 0x1000>;", "common-size", 0, "one cell");
	refuse("peers = \"a\", \"b\"; output-size = <0x8000000>; ipa = <0x80000000>;",
	       "output-size", 0, "more than 1 GiB");
	refuse("peers = \"a\", \"b\"; common-size = <0x40000000>; ipa = <0x80000000>;",
	       "common-size", 0, "more than 1 GiB");
	refuse("peers = \"a\", \"b\"; common-size = <0xfffff000>; output-size = <0xfffff000>; "
	       "ipa = <0x80000000>;",
	       "output-size", 0, "more than 1 GiB");
}

/* Memory and registers, against everything else in a peer's addresses. */
static void addresses(void)
{
	refuse("peers = \"a\", \"b\"; output-size = <0x1000>;", "ipa", 0, "missing");
	refuse(SOUND "x;", "x", 0, "unknown property");
	refuse("peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0x10000800>;", "ipa", 1,
	       "multiple of 4 KiB");
	refuse("peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0x10000000 0xffffe000>;",
	       "ipa", 2, "end below 4 GiB");
	accept("peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0x10000000 0xffffd000>;");
	refuse("peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0x10000000 0x20000000 "
	       "0x30000000>;",
	       "ipa", 0, "one for each peer");
	refuse("peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0x7ffe000>;", "ipa", 1,
	       "overlaps the virtual GIC");
	refuse("peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0x10000000 0x9000000>;", "ipa",
	       2, "an emulated device");
	refuse("peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0xb003000>;", "ipa", 1,
	       "the registers");
	accept("peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0xb004000>;");
	accept("peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0x9010000>;");
	refuse("peers = \"a\", \"c\"; output-size = <0x1000>; ipa = <0x9010000>;", "ipa", 1,
	       "an emulated device");
	refuse_in(THREE, "peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0x3fffe000>;", "ipa",
		  1, "something else of the partition", "a");
	accept("peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0x3fffd000>;");
	accept("peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0x40100000>;");
	refuse_in(THREE "t { compatible = \"plumbline,shared-memory\"; " SOUND "}; ",
		  "peers = \"c\", \"b\"; output-size = <0x1000>; ipa = <0x20000000 0x10004000>;",
		  "ipa", 2, "something else of the partition", "t");
	refuse_in("a" PART "d { compatible = \"plumbline,device\"; pa = <0 0x1c000000>; "
		  "size = <0x1000>; ipa = <0x10004000>; }; }; b" PART "}; ",
		  SOUND, "ipa", 1, "something else of the partition", "d");
	refuse_in("a" PART "}; b { compatible = \"plumbline,partition\"; no-dtb; firmware = [00]; "
		  "memory-size = <0x100000>; }; ",
		  "peers = \"a\", \"b\"; output-size = <0x1000>; ipa = <0x10000000 0x1ff000>;",
		  "ipa", 2, "something else of the partition", "b");
	/* The registers */
	refuse_in("a" PART "}; b" PART "d { compatible = \"plumbline,device\"; "
		  "pa = <0 0x0b003000>; size = <0x1000>; }; }; ",
		  SOUND, "peers", 2, "its registers (0x0b000000", "d");
	refuse_in("a" PART "memory-at = <0 0x0af80000>; identity; console = \"none\"; }; b" PART
		  "}; ",
		  SOUND, "peers", 1, "its registers (0x0b000000", "a");
}

static void interrupts(void)
{
	refuse(SOUND "interrupt = <31>;", "interrupt", 1, "from 32 on");
	refuse(SOUND "interrupt = <40 1020>;", "interrupt", 2, "more irqs");
	refuse(SOUND "interrupt = <40 128>;", "interrupt", 2, "more irqs");
	refuse(SOUND "interrupt = <33>;", "interrupt", 1, "emulated device's");
	/* Two devices must not drive one line: SPI 35 is a manager's doorbell, and free elsewhere.
	 */
	refuse_in(BOSS, SOUND "interrupt = <35 40>;", "interrupt", 1, "doorbell of 'manages'", "");
	refuse_in(BOSS, SOUND "interrupt = <35>;", "interrupt", 1, "doorbell of 'manages'", "");
	accept_in(BOSS, SOUND "interrupt = <40 35>;");
	refuse_in(MAKER, SOUND "interrupt = <38>;", "interrupt", 1, "doorbell of 'vms'", "");
	accept_in(MAKER, SOUND "interrupt = <40 38>;");
	accept(SOUND "interrupt = <35>;");
	refuse(SOUND "interrupt = <40 41 42>;", "interrupt", 0, "one for each peer");
	refuse("peers = \"a\", \"c\"; output-size = <0x2000>; ipa = <0x10000000>; "
	       "interrupt = <40>;",
	       "interrupt", 1, "without a GIC");
	accept("peers = \"a\", \"c\"; output-size = <0x2000>; ipa = <0x10000000>; "
	       "interrupt = <40 0>;");
	refuse(SOUND "interrupt-edge;", "interrupt-edge", 0, "without interrupt");
	refuse(SOUND "interrupt = <40>; interrupt-edge = <40>;", "interrupt-edge", 0, "no value");
	refuse_in("a" PART "d { compatible = \"plumbline,device\"; pa = <0 0x1c000000>; "
		  "size = <0x1000>; interrupt = <50 51>; }; }; b" PART "}; ",
		  SOUND "interrupt = <51>;", "interrupt", 1, "a device's", "");
	refuse_in(THREE "t { compatible = \"plumbline,shared-memory\"; " SOUND
			"interrupt = <0 40>; }; ",
		  "peers = \"c\", \"b\"; output-size = <0x1000>; ipa = <0x20000000>; "
		  "interrupt = <0 40>;",
		  "interrupt", 2, "another shared memory's", "");
	accept_in(THREE "t { compatible = \"plumbline,shared-memory\"; " SOUND
			"interrupt = <0 40>; }; ",
		  "peers = \"a\", \"c\"; output-size = <0x1000>; ipa = <0x20000000>; "
		  "interrupt = <40 0>;");
}

static void places(void)
{
	static const char fixed[] = "a" PART "memory-at = <0 0x80000000>; }; b" PART
				    "d { compatible = \"plumbline,device\"; pa = <0 0x90000000>; "
				    "size = <0x1000>; ipa = <0x1c000000>; }; }; ";

	refuse(SOUND "memory-at = <0 0>;", "memory-at", 0, "above 0");
	refuse(SOUND "memory-at = <0 0x80000800>;", "memory-at", 0, "multiple of 4 KiB");
	refuse(SOUND "memory-at = <0xff 0xfff00000>;", "memory-at", 0, "2^40");
	refuse(SOUND "memory-at = <0x80000000>;", "memory-at", 0, "two cells");
	refuse_in(fixed, SOUND "memory-at = <0 0x800ff000>;", "memory-at", 0, "overlaps", "a");
	refuse_in(fixed, SOUND "memory-at = <0 0x8fffc000>;", "memory-at", 0, "overlaps", "d");
	accept_in(fixed, SOUND "memory-at = <0 0x80100000>;");
	accept_in(fixed, SOUND "memory-at = <0 0x7fffb000>;");
	refuse_in(THREE "t { compatible = \"plumbline,shared-memory\"; " SOUND
			"memory-at = <0 0x80000000>; }; ",
		  "peers = \"c\", \"b\"; output-size = <0x1000>; ipa = <0x20000000>; "
		  "memory-at = <0 0x80004000>;",
		  "memory-at", 0, "overlaps", "t");
}

static void nodes(void)
{
	CHECK(!read_manifest(THREE, SOUND "n { };"));
	CHECK(strcmp(why.node, "n") == 0 && strstr(why.reason, "has no nodes"));
	tree_free(&blob);
	CHECK(!read_manifest(
		THREE "s-n-of-16-chars9 { compatible = \"plumbline,shared-memory\"; " SOUND "}; ",
		SOUND));
	CHECK(strstr(why.reason, "1 to 15") && strcmp(why.node, "s-n-of-16-chars9") == 0);
	tree_free(&blob);
	CHECK(!read_manifest("x { compatible = \"plumbline,shared\"; }; " THREE, SOUND));
	CHECK(strstr(why.reason, "plumbline,shared-memory") && strcmp(why.node, "x") == 0);
	tree_free(&blob);
}

/* On a board of 256 KiB, with three partitions of 64 KiB. */
static void on_board(const char *more, const char *property, const char *said)
{
	struct board board = { .nr_cpus = 2, .nr_intids = 64 };
	bool ok;

	CHECK(read_manifest(THREE, more));
	for (uint32_t n = 0; n < 3; n++) {
		manifest.partition[n].memory_size = 0x10000;
	}
	regions_add(&board.memory, pa_make(0x80000000), 0x40000);
	why = (struct refusal) { 0 };
	ok = manifest_check_board(&fdt, &manifest, &board, &board.memory, &why);
	CHECK_EQ(ok, said == NULL);
	CHECK(ok || (strcmp(why.node, "s") == 0 && strcmp(why.property, property) == 0 &&
		     strstr(why.reason, said)));
	tree_free(&blob);
}

static void board(void)
{
	static const char outside[] = "does not lie in free memory";

	on_board(SOUND, NULL, NULL);
	on_board(SOUND "memory-at = <0 0x8003b000>;", NULL, NULL);
	on_board(SOUND "memory-at = <0 0x8003c000>;", "memory-at", outside);
	on_board(SOUND "memory-at = <0 0x70000000>;", "memory-at", outside);
	on_board("peers = \"a\", \"b\"; common-size = <0xf000>; ipa = <0x10000000>;", NULL, NULL);
	on_board("peers = \"a\", \"b\"; common-size = <0x10000>; ipa = <0x10000000>;", "",
		 "than the board has left");
}

static const struct test_case cases[] = {
	{ "taken", taken },	  { "peers", peers },	      { "many", many },
	{ "sections", sections }, { "addresses", addresses }, { "interrupts", interrupts },
	{ "places", places },	  { "nodes", nodes },	      { "board", board },
};

TEST_MAIN("manifest_shared", cases)
