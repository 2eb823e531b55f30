/* SPDX-License-Identifier: BSD-2-Clause */
/* Manifests with several errors: each is told, with the item and the rival that it is about, and
 * nothing is told that only follows from another one. */
#define _POSIX_C_SOURCE 200809L
#include "hyp/manifest/manifest.h"
#include "test.h"
#include "tree.h"
#include <time.h>

/* libfdt has a function of this name too; it is not called here. */
#define fdt_next_node libfdt_next_node
#include <libfdt.h>
#undef fdt_next_node

#define KERNEL "kernel = [00 00 a0 e1 fe ff ff ea]; "
#define PART   "compatible = \"plumbline,partition\"; "
#define SOUND  PART KERNEL "memory-size = <0x100000>; "
#define DEVICE "compatible = \"plumbline,device\"; "
#define PAGE   DEVICE "size = <0x1000>; "
#define SYSTEM "/dts-v1/; / { compatible = \"plumbline,system-1\"; "

static struct fdt fdt;
static char told[4096];
static uint32_t nr_told;

/* "NODE PROPERTY[ITEM] RIVAL;" of each. */
static void tell(const struct refusal *why)
{
	size_t at = strlen(told);

	nr_told++;
	at += (size_t)snprintf(told + at, sizeof(told) - at, "%s%s%s%s%s", nr_told > 1 ? "; " : "",
			       why->node, *why->property ? " " : "", why->property,
			       why->reason && *why->reason ? "" : " ?");
	if (why->item) {
		at += (size_t)snprintf(told + at, sizeof(told) - at, "[%u]", (unsigned)why->item);
	}
	if (why->rival) {
		snprintf(told + at, sizeof(told) - at, " %s", fdt_node_name(&fdt, why->rival));
	}
}

static struct board a_board(void)
{
	struct board board = { .nr_cpus = 2, .uart = BOARD_UART_PL011, .uart_intid = 44 };

	regions_add(&board.memory, pa_make(0x80000000), 0x10000000);
	board.gicd = pa_make(0x2c001000);
	board.gicc = pa_make(0x2c002000);
	board.gich = pa_make(0x2c004000);
	board.gicv = pa_make(0x2c006000);
	board.uart_base = pa_make(0x1c090000);
	board.nr_intids = 64;
	return board;
}

/* What is refused without a board, and with one. The first is what the monitor tells. */
static void refused(const char *source, const char *want, const char *want_of_board)
{
	struct refusal why = { .tell = tell }, first = { 0 };
	static struct manifest manifest;
	struct board board = a_board();
	struct tree blob = tree_compile(source, "");
	char line[160];
	bool ok;

	told[0] = 0;
	nr_told = 0;
	CHECK(fdt_open(&fdt, blob.blob, blob.size) == NULL);
	ok = manifest_read(&fdt, &manifest, &why);
	CHECK(strcmp(told, want) == 0);
	if (strcmp(told, want) != 0) {
		printf("told:   %s\nwanted: %s\n", told, want);
	}
	CHECK_EQ(ok, nr_told == 0);
	CHECK_EQ(manifest_read(&fdt, &manifest, &first), ok);
	if (!ok) {
		snprintf(line, sizeof(line), "%s%s%s", first.node, *first.property ? " " : "",
			 first.property);
		CHECK(strncmp(line, want, strlen(line)) == 0);
		CHECK(first.reason == why.reason && first.at == why.at);
	}
	told[0] = 0;
	nr_told = 0;
	ok = manifest_check_board(&fdt, &manifest, &board, &board.memory, &why);
	CHECK_EQ(ok, nr_told == 0);
	CHECK(strcmp(told, want_of_board) == 0);
	if (strcmp(told, want_of_board) != 0) {
		printf("board:  %s\nwanted: %s\n", told, want_of_board);
	}
	tree_free(&blob);
}

static void properties(void)
{
	refused(SYSTEM "p { " SOUND "}; };", "", "");
	refused(SYSTEM "speed; time-slice-us = <1>; branch-hardening = \"on\"; p { " SOUND "}; };",
		" speed;  time-slice-us;  branch-hardening", "");
	refused(SYSTEM "p { " SOUND "vcpus = <9>; priority = <8>; console = \"tty\"; rtc = <1>;\n"
		       " irqs = <33>; a; b; bootargs = <1>; };\n"
		       "q { " SOUND "cpus = <0 0x100>; vcpus = <2>; no-autostart = <1>; }; };",
		"p rtc; p a; p b; p bootargs; p priority; p vcpus; p console; p irqs; "
		"q no-autostart; q cpus[1]; q cpus[2]",
		"");
	/* Missing, each of them */
	refused(SYSTEM "p { " PART "d { " DEVICE "}; }; };",
		"p kernel; p memory-size; d pa; d size", "");
	refused(SYSTEM "p { " SOUND "vms = <0>; vm-pool = <1>; }; q { " SOUND "vms = <1>; };\n"
		       "r { " SOUND "vm-pool = <1>; gic = \"v3\"; };\n"
		       "s { " SOUND "gic = \"v3\"; vms = <1>; vm-pool = <0x10000>; };\n"
		       "t { " SOUND "gic = \"none\"; vms = <65>; vm-pool = <0x10000>; }; };",
		"p vms; p vm-pool; q vm-pool; r gic; r vms; s gic; t vms", "");
	/* A shape that is refused is not missing, and nothing follows from it. */
	refused(SYSTEM "p { " SOUND "vms = \"many\"; vm-pool = <0x10000>; };\n"
		       "q { " SOUND "vms = <1>; vm-pool; }; };",
		"p vms; q vm-pool", "");
	refused(SYSTEM "p { " PART "kernel; memory-size = \"1 MiB\"; vcpus = \"2\";\n"
		       " cpus = <1 1>; d { " DEVICE "pa = <1>; size = \"4\"; }; }; };",
		"p kernel; p memory-size; p vcpus; d pa; d size", "");
	refused(SYSTEM "p { " SOUND "irqs = \"64\"; d { " PAGE
		       "pa = <0 0xa000000>; interrupt = <900>; }; }; };",
		"p irqs", "d interrupt[1]");
	refused(SYSTEM "p { " SOUND "d { " PAGE
		       "interrupt = <40>; dt-compatible = \"a\"; dt-step = <0x200>; }; }; };",
		"d pa", "");
	refused(SYSTEM "p { " SOUND "memory-at = <1>; identity; d { " PAGE
		       "pa = <0 0xa000000>; interrupt = \"4\"; interrupt-edge; dt-step = <4>; }; "
		       "}; };",
		"p memory-at; d interrupt", "");
	refused(SYSTEM "p { " PART "memory-size = <0x100000>; firmware; gic = \"none\";\n"
		       " console = \"tty\"; d { " PAGE
		       "pa = <0 0xa000000>; dt-compatible = <1>; dt-coherent; }; }; };",
		"p firmware; p console; d dt-compatible", "");
}

static void places(void)
{
	refused(SYSTEM "p { " SOUND "initrd = [01]; initrd-address = <0x3>; entry = <2>;\n"
		       " kernel-space = <1>; };\n"
		       "q { " PART "kernel = [7f 45 4c 46]; memory-size = <0x100001>; };\n"
		       "r { " SOUND "no-dtb; dtb = [00]; kernel-address = <1>; }; };",
		"p kernel-space; p entry; p initrd; q memory-size; r no-dtb; r kernel", "");
	/* Where an image is not known, another is in no place of its own. */
	refused(SYSTEM "p { " SOUND "kernel-address = \"x\"; initrd = [01];\n"
		       " initrd-address = <0x40010000>; }; };",
		"p kernel-address", "");
	/* Where its memory is not known, no device overlaps it, and it is on no board. */
	refused(SYSTEM "p { " PART KERNEL
		       "memory-size = <0xc0001000>; memory-at = <0 0x10000000>; }; };",
		"p memory-size", "");
	refused(SYSTEM "p { " PART KERNEL "memory-size = <1>; d { " PAGE
		       "pa = <0 0x40000000>; }; }; };",
		"p memory-size", "");
}

static void devices(void)
{
	refused(SYSTEM "p { " SOUND "d { " PAGE "pa = <0 0x9000000>; interrupt = <40 33 31>; };\n"
		       " e { " PAGE "pa = <0 0x9000000>; ipa = <0xa000000>; x; };\n"
		       " f { " DEVICE "pa = <0 0x100>; size = <0x1000>; interrupt = <50 40>; };\n"
		       " g { }; h { " PAGE "pa = <0 0xb000000>; interrupt-edge; i { }; }; };\n"
		       "q { " SOUND "j { " PAGE "pa = <0 0xc000000>; interrupt = <50>; }; }; };",
		"d ipa; d interrupt[2]; d interrupt[3]; e x; f pa; g compatible; i; "
		"e pa d; f interrupt[2] d; j interrupt[1] f",
		"");
}

static void between(void)
{
	refused(SYSTEM "p { " SOUND "rights = \"p\", \"x\", \"q\", \"y\"; };\n"
		       "q { " SOUND "memory-at = <0 0x80000000>; };\n"
		       "r { " SOUND "memory-at = <0 0x80080000>; d { " PAGE
		       "pa = <0 0x80000000>; ipa = <0xa000000>; }; };\n"
		       "s { " SOUND "memory-at = <0 0x80000000>; }; };",
		"p rights[2]; p rights[4]; r memory-at q; d pa q; d pa s; s memory-at q; "
		"s memory-at r",
		"d pa");
	refused(SYSTEM "raw-console; Name { " SOUND "}; q { }; r@1 { " SOUND "}; };",
		"Name; q compatible; r@1;  raw-console", "");
	/* A label is refused for itself only if it was taken for a number. */
	refused(SYSTEM "p: p { " SOUND "cpus = <&q>; }; q: q { " SOUND "cpus = <&p>; }; };",
		"p phandle; q phandle", "");
	refused(SYSTEM "p: p { " SOUND "cpus = <&p>; x; }; };", "p x", "");
	refused("/dts-v1/; / { compatible = \"x\"; p { }; };", " compatible", "");
}

static void board(void)
{
	refused(SYSTEM "p { " SOUND "cpus = <4>; vcpus = <2>; memory-at = <0 0x90000000>; };\n"
		       "q { " PART KERNEL "memory-size = <0x10000000>; cpus = <8>;\n"
		       " d { " PAGE "pa = <0 0x2c001000>; interrupt = <44 64>; };\n"
		       " e { " PAGE "pa = <0 0x1c090000>; }; f { " PAGE
		       "pa = <0 0x80000000>; ipa = <0xa000000>; }; }; };",
		"",
		"p memory-at; p cpus; q cpus; d pa; d interrupt[1]; d interrupt[2]; e pa; f pa; "
		"q memory-size");
	/* What of a manifest was not refused is compared with the board. */
	refused(SYSTEM "p { " SOUND "x; cpus = <4>; d { " DEVICE
		       "size = <0x1000>; interrupt = <44>; }; }; };",
		"p x; d pa", "p cpus; d interrupt[1]");
}

/* At boot only the first refusal is said: what follows it must not cost a search through the blob
 * for each node. */
static void many(void)
{
	enum { NODES = 30000, ROOM = 1 << 20, SECONDS = 3 };
	struct refusal why = { 0 };
	static struct manifest manifest;
	uint8_t *blob = malloc(ROOM);
	clock_t start;

	CHECK(blob && fdt_create(blob, ROOM) == 0 && fdt_finish_reservemap(blob) == 0);
	CHECK(fdt_begin_node(blob, "") == 0);
	CHECK(fdt_property_string(blob, "compatible", "plumbline,system-1") == 0);
	CHECK(fdt_begin_node(blob, "a") == 0);
	CHECK(fdt_property_string(blob, "compatible", "plumbline,partition") == 0);
	for (uint32_t n = 0; n < NODES; n++) {
		CHECK(fdt_begin_node(blob, "d") == 0 && fdt_end_node(blob) == 0);
	}
	CHECK(fdt_end_node(blob) == 0 && fdt_end_node(blob) == 0 && fdt_finish(blob) == 0);
	CHECK(fdt_open(&fdt, blob, ROOM) == NULL);
	start = clock();
	CHECK(!manifest_read(&fdt, &manifest, &why));
	CHECK((clock() - start) / CLOCKS_PER_SEC < SECONDS);
	CHECK(strcmp(why.node, "a") == 0 && strcmp(why.property, "kernel") == 0);
	free(blob);
}

static const struct test_case cases[] = {
	{ "properties", properties }, { "places", places }, { "devices", devices },
	{ "between", between },	      { "board", board },   { "many", many },
};

TEST_MAIN("manifest_all", cases)
