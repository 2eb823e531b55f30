/* SPDX-License-Identifier: BSD-2-Clause */
/* Boards: trees in the manner of QEMU's virt, Versatile Express and Arndale, and refusals. */
#define _POSIX_C_SOURCE 200809L
#include "hyp/board/board.h"
#include "test.h"
#include "tree.h"

static struct tree blob;
static struct fdt fdt;
static struct board board;
static struct refusal why;

static bool read_board(const char *source)
{
	why = (struct refusal) { 0 };
	memset(&board, 0xa5, sizeof(board));
	blob = tree_compile(source, "");
	CHECK(fdt_open(&fdt, blob.blob, blob.size) == NULL);
	return board_read(&fdt, &board, &why);
}

static const char virt[] =
	"/dts-v1/; / { interrupt-parent = <&gic>; model = \"linux,dummy-virt\";\n"
	"#size-cells = <2>; #address-cells = <2>;\n"
	"psci { method = \"smc\"; compatible = \"arm,psci-1.0\", \"arm,psci-0.2\", \"arm,psci\";\n"
	" cpu_on = <0x84000003>; };\n"
	"memory@40000000 { reg = <0 0x40000000 0 0x8000000>; device_type = \"memory\"; };\n"
	"pcie@10000000 { #address-cells = <3>; #size-cells = <2>; #interrupt-cells = <1>;\n"
	" reg = <0x40 0x10000000 0 0x10000000>; ranges = <1 2 3 4 5 6 7>; };\n"
	"pl011@9000000 { interrupts = <0 1 4>; reg = <0 0x9000000 0 0x1000>;\n"
	" compatible = \"arm,pl011\", \"arm,primecell\"; };\n"
	"gic: intc@8000000 { interrupts = <1 9 4>; compatible = \"arm,cortex-a15-gic\";\n"
	" reg = <0 0x8000000 0 0x10000 0 0x8010000 0 0x10000 0 0x8030000 0 0x10000\n"
	"  0 0x8040000 0 0x10000>; interrupt-controller; #interrupt-cells = <3>; };\n"
	"cpus { #size-cells = <0>; #address-cells = <1>; cpu-map { }; \n"
	" cpu@0 { reg = <0>; device_type = \"cpu\"; }; cpu@1 { reg = <1>; device_type = \"cpu\"; "
	"}; };\n"
	"timer { interrupts = <1 13 0x104 1 14 0x104 1 11 0x104 1 10 0x104>; always-on;\n"
	" compatible = \"arm,armv7-timer\"; };\n"
	"chosen { stdout-path = \"/pl011@9000000\"; }; };\n";

static void qemu_virt(void)
{
	CHECK(read_board(virt));
	CHECK_EQ(board.memory.count, 1);
	CHECK_EQ(board.memory.r[0].base.pa, 0x40000000);
	CHECK_EQ(board.memory.r[0].size, 0x8000000);
	CHECK_EQ(board.reserved.count, 0);
	CHECK_EQ(board.nr_cpus, 2);
	CHECK(board.mpidr[0] == 0 && board.mpidr[1] == 1);
	CHECK_EQ(board.gicd.pa, 0x08000000);
	CHECK_EQ(board.gicc.pa, 0x08010000);
	CHECK_EQ(board.gich.pa, 0x08030000);
	CHECK_EQ(board.gicv.pa, 0x08040000);
	CHECK_EQ(board.maintenance_intid, 25);
	CHECK_EQ(board.timer_phys_intid, 30);
	CHECK_EQ(board.timer_virt_intid, 27);
	CHECK_EQ(board.timer_hyp_intid, 26);
	CHECK_EQ(board.timer_hz, 0);
	CHECK_EQ(board.psci, BOARD_PSCI_SMC);
	CHECK_EQ(board.psci_cpu_on, 0x84000003);
	CHECK_EQ(board.psci_system_off, 0x84000008);
	CHECK_EQ(board.uart, BOARD_UART_PL011);
	CHECK_EQ(board.uart_base.pa, 0x09000000);
	CHECK_EQ(board.uart_intid, 33);
	CHECK(strcmp(board.model, "linux,dummy-virt") == 0);
	tree_free(&blob);
}

/* Versatile Express, Cortex-A15: two memory nodes' worth of reg, no PSCI, UARTs behind two buses
 * with ranges and an interrupt-map, stdout by alias with options. */
static const char vexpress[] =
	"/dts-v1/; /memreserve/ 0xbf000000 0x1000; / { model = \"V2P-CA15\\x01\"; #address-cells = "
	"<2>;\n"
	"#size-cells = <2>; interrupt-parent = <&gic>; chosen { stdout-path = \"serial1:38400n8\"; "
	"};\n"
	"aliases { serial = &u0; serial10 = &u0; serial1 = &u1; };\n"
	"cpus { #address-cells = <1>; #size-cells = <0>;\n"
	" cpu@0 { device_type = \"cpu\"; reg = <0>; }; cpu@1 { device_type = \"cpu\"; reg = <1>; "
	"};\n"
	" cpu@100 { device_type = \"cpu\"; reg = <0x100>; };\n"
	" cpu@101 { device_type = \"cpu\"; reg = <0x101>; status = \"disabled\"; }; };\n"
	"memory@80000000 { device_type = \"memory\"; reg = <0 0x80000000 0 0x20000000>,\n"
	" <0 0xa0000000 0 0x20000000>, <8 0x80000000 0 0x1000>, <0xff 0xfffff000 0 0x8000>,\n"
	" <0x100 0 0 0x1000>, <0 0 0 0>; };\n"
	"reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;\n"
	" vram@18000000 { reg = <0 0x18000000 0 0x800000>; no-map; };\n"
	" off@19000000 { reg = <0 0x19000000 0 0x800000>; status = \"disabled\"; };\n"
	" pool { size = <0 0x100000>; }; };\n"
	"gic: interrupt-controller@2c001000 { compatible = \"arm,cortex-a15-gic\", "
	"\"arm,cortex-a9-gic\";\n"
	" #interrupt-cells = <3>; #address-cells = <0>; interrupt-controller; interrupts = <1 9 "
	"0xf04>;\n"
	" reg = <0 0x2c001000 0 0x1000>, <0 0x2c002000 0 0x2000>, <0 0x2c004000 0 0x2000>,\n"
	"  <0 0x2c006000 0 0x2000>; };\n"
	"timer { compatible = \"arm,armv7-timer\"; clock-frequency = <24000000>;\n"
	" interrupts = <1 13 0xf08>, <1 14 0xf08>, <1 11 0xf08>, <1 10 0xf08>; };\n"
	"smb@8000000 { compatible = \"simple-bus\"; #address-cells = <2>; #size-cells = <1>;\n"
	" ranges = <0 0 0 0x08000000 0x04000000>, <3 0 0 0x1c000000 0x04000000>;\n"
	" #interrupt-cells = <1>; interrupt-map-mask = <0 0 63>;\n"
	" interrupt-map = <0 0 4 &gic 0 4 4>, <0 0 5 &gic 0 5 4>, <0 0 6 &gic 0 6 4>;\n"
	" motherboard { #address-cells = <2>; #size-cells = <1>; ranges;\n"
	"  iofpga@3,00000000 { #address-cells = <1>; #size-cells = <1>; ranges = <0 3 0 "
	"0x200000>;\n"
	"   u0: uart@90000 { compatible = \"arm,pl011\"; reg = <0x90000 0x1000>; interrupts = <5>; "
	"};\n"
	"   u1: uart@a0000 { compatible = \"arm,pl011\"; reg = <0xa0000 0x1000>; interrupts = <6>; "
	"};\n"
	"  }; }; }; };\n";

static void versatile_express(void)
{
	CHECK(read_board(vexpress));
	CHECK_EQ(board.memory.count, 3); /* two joined, one high, one cut at 2^40; others empty */
	CHECK_EQ(board.memory.r[0].base.pa, 0x80000000);
	CHECK_EQ(board.memory.r[0].size, 0x40000000);
	CHECK_EQ(board.memory.r[1].base.pa, UINT64_C(0x880000000));
	CHECK_EQ(board.memory.r[2].base.pa, UINT64_C(0xfffffff000));
	CHECK_EQ(board.memory.r[2].size, 0x1000);
	CHECK_EQ(board.reserved.count, 2);
	CHECK_EQ(board.reserved.r[0].base.pa, 0x18000000);
	CHECK_EQ(board.reserved.r[1].base.pa, 0xbf000000);
	CHECK_EQ(board.nr_cpus, 3);
	CHECK_EQ(board.mpidr[2], 0x100);
	CHECK_EQ(board.gicd.pa, 0x2c001000);
	CHECK_EQ(board.gicv.pa, 0x2c006000);
	CHECK_EQ(board.timer_hz, 24000000);
	CHECK_EQ(board.psci, BOARD_PSCI_NONE);
	CHECK_EQ(board.psci_system_off, 0);
	CHECK_EQ(board.uart, BOARD_UART_PL011);
	CHECK_EQ(board.uart_base.pa, 0x1c0a0000);
	CHECK_EQ(board.uart_intid, 38);
	CHECK(strcmp(board.model, "V2P-CA15") == 0);
	tree_free(&blob);
}

/* Arndale (Exynos 5250): one-cell addresses, memory without device_type, an Exynos UART,
 * GICV behind GICH in 0x10480000. */
static const char arndale[] =
	"/dts-v1/; / { model = \"Insignal Arndale evaluation board based on Exynos5250\";\n"
	"#address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>;\n"
	"chosen { stdout-path = \"serial2:115200n8\"; }; aliases { serial2 = "
	"\"/soc/serial@12c20000\"; };\n"
	"memory@40000000 { reg = <0x40000000 0x80000000>; };\n"
	"cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { device_type = \"cpu\"; reg = <0>; "
	"};\n"
	" cpu@1 { device_type = \"cpu\"; reg = <1>; }; };\n"
	"firmware@2073000 { compatible = \"samsung,secure-firmware\"; reg = <0x2073000 0x1000>; "
	"};\n"
	"soc { compatible = \"simple-bus\"; #address-cells = <1>; #size-cells = <1>; ranges;\n"
	" gic: interrupt-controller@10481000 { compatible = \"arm,gic-400\", "
	"\"arm,cortex-a15-gic\";\n"
	"  #interrupt-cells = <3>; interrupt-controller; interrupts = <1 9 0xf04>;\n"
	"  reg = <0x10481000 0x1000>, <0x10482000 0x2000>, <0x10484000 0x2000>, <0x10486000 "
	"0x2000>; };\n"
	" serial@12c20000 { compatible = \"samsung,exynos4210-uart\"; reg = <0x12c20000 0x100>;\n"
	"  interrupts = <0 53 0>; }; };\n"
	"timer { compatible = \"arm,cortex-a15-timer\", \"arm,armv7-timer\"; clock-frequency = "
	"<24000000>;\n"
	" interrupts = <1 13 0xf08>, <1 14 0xf08>, <1 11 0xf08>, <1 10 0xf08>; }; };\n";

static void arndale_like(void)
{
	CHECK(read_board(arndale));
	CHECK_EQ(board.memory.r[0].base.pa, 0x40000000);
	CHECK_EQ(board.memory.r[0].size, 0x80000000);
	CHECK_EQ(board.nr_cpus, 2);
	CHECK_EQ(board.gicd.pa, 0x10481000);
	CHECK_EQ(board.gicc.pa, 0x10482000);
	CHECK_EQ(board.gich.pa, 0x10484000);
	CHECK_EQ(board.gicv.pa, 0x10486000);
	CHECK_EQ(board.psci, BOARD_PSCI_NONE);
	CHECK_EQ(board.uart, BOARD_UART_EXYNOS);
	CHECK_EQ(board.uart_base.pa, 0x12c20000);
	CHECK_EQ(board.uart_intid, 85); /* SPI 53 */
	/* Cut to what fits, terminated */
	CHECK(strcmp(board.model, "Insignal Arndale evaluation board based on Exyn") == 0);
	tree_free(&blob);
}

/* ---------------------------------------------------- changes to the virt tree */
static char *replace(const char *from, const char *to)
{
	const char *at = strstr(virt, from);
	char *source = malloc(sizeof(virt) + strlen(to));

	if (!at) {
		printf("FAIL the test's tree has no '%s'\n", from);
		exit(EXIT_FAILURE);
	}
	sprintf(source, "%.*s%s%s", (int)(at - virt), virt, to, at + strlen(from));
	return source;
}

static bool read_changed(const char *from, const char *to)
{
	char *source = replace(from, to);
	bool ok = read_board(source);

	free(source);
	return ok;
}

static void accept(const char *from, const char *to)
{
	bool ok = read_changed(from, to);

	CHECK(ok);
	if (!ok) {
		printf("with '%s': %s: %s: %s\n", to, why.node, why.property, why.reason);
	}
	tree_free(&blob);
}

static void refuse(const char *from, const char *to, const char *node, const char *property)
{
	bool ok = read_changed(from, to);

	CHECK(!ok);
	if (!ok) {
		bool named = strcmp(why.parent, strncmp(node, "cpu@", 4) ? "" : "cpus") == 0 &&
			     strcmp(why.node, node) == 0 && strcmp(why.property, property) == 0;

		CHECK(named && why.reason[0] != 0);
		if (!named) {
			printf("with '%s': '%s' '%s' (%s)\n", to, why.node, why.property,
			       why.reason);
		}
	}
	tree_free(&blob);
}

static void refusals(void)
{
	refuse("memory@40000000 {", "memory@40000000 { status = \"disabled\";", "", "");
	refuse("0 0x8000000>", "0 0>", "memory@40000000", "reg");
	refuse("0 0x8000000>", "0>", "memory@40000000", "reg");
	refuse("cpus {", "cpux {", "", "");
	refuse("#address-cells = <1>; cpu-map", "#address-cells = <3>; cpu-map", "cpus",
	       "#address-cells");
	refuse("cpu@1 { reg = <1>;", "cpu@1 { reg = <0>;", "cpu@1", "reg");
	refuse("cpu@1 { reg = <1>;", "cpu@1 { reg = <0x80000001>;", "cpu@1", "reg");
	refuse("cpu@1 { reg = <1>;", "cpu@1 {", "cpu@1", "reg");
	refuse("arm,cortex-a15-gic", "arm,gic-v3", "intc@8000000", "compatible");
	refuse("arm,cortex-a15-gic", "arm,cortex-a9-gic", "intc@8000000", "compatible");
	refuse("arm,cortex-a15-gic", "arm,pl190-vic", "", "");
	refuse("\n  0 0x8040000 0 0x10000", "", "intc@8000000", "reg");
	refuse("0 0x8030000 0", "0 0x8030800 0", "intc@8000000", "reg");
	refuse("0 0x8030000 0", "0x100 0x8030000 0", "intc@8000000", "reg");
	refuse("<1 9 4>", "<0 9 4>", "intc@8000000", "interrupts");
	refuse("<1 9 4>", "<1 16 4>", "intc@8000000", "interrupts");
	refuse("timer {", "timer { status = \"disabled\";", "timer", "status");
	refuse("arm,armv7-timer", "arm,armv9-timer", "", "");
	refuse("1 10 0x104>", "1>", "timer", "interrupts");
	refuse("1 11 0x104", "0 11 0x104", "timer", "interrupts");
	refuse("always-on;", "clock-frequency;", "timer", "clock-frequency");
	refuse("\"smc\"", "\"hvc\"", "psci", "method");
	refuse("\"smc\"", "\"svc\"", "psci", "method");
	refuse("method = \"smc\";", "", "psci", "method");
}

static void too_many(void)
{
	char *source = malloc(65536);
	int at = sprintf(source, "reg = <");

	for (int i = 0; i < 33; i++) {
		at += sprintf(source + at, " 0 0x%x 0 0x1000", 0x40000000 + i * 0x2000);
	}
	sprintf(source + at, ">; device_type = \"memory\";");
	refuse("reg = <0 0x40000000 0 0x8000000>; device_type = \"memory\";", source,
	       "memory@40000000", "reg");
	at = 0;
	for (int i = 1; i < 9; i++) {
		at += sprintf(source + at, "cpu@%d { device_type = \"cpu\"; reg = <%d>; }; ", i, i);
	}
	refuse("cpu@1 { reg = <1>; device_type = \"cpu\"; };", source, "cpu@8", "");
	free(source);
}

/* More than 64 KiB for what has two pages: the second is 64 KiB behind the first. */
static void gic_spread(void)
{
	refuse("0 0x8010000 0 0x10000", "0 0x8010000 0 0x20000", "intc@8000000", "reg");
	CHECK(strstr(why.reason, "64 KiB") != NULL);
	refuse("\n  0 0x8040000 0 0x10000", "\n  0 0x8040000 0 0x20000", "intc@8000000", "reg");
	CHECK(strstr(why.reason, "64 KiB") != NULL);
	accept("0 0x8010000 0 0x10000", "0 0x801f000 0 0x2000");
	CHECK_EQ(board.gicc.pa, 0x801f000);
	accept("0 0x8010000 0 0x10000", "0 0x8010000 0 0x1000");
	/* GICD and GICH have one page that is looked at. */
	accept("0 0x8000000 0 0x10000", "0 0x8000000 0 0x20000");
	accept("0 0x8030000 0 0x10000", "0 0x8030000 0 0x20000");
}

/* What trees leave out: OMAP5's the maintenance interrupt, STM32MP157's also GICH and GICV. */
static void gic_left_out(void)
{
	accept("interrupts = <1 9 4>; ", "");
	CHECK_EQ(board.maintenance_intid, 25);
	CHECK(!board.gic_completed);
	accept("reg = <0 0x8000000 0 0x10000 0 0x8010000 0 0x10000 0 0x8030000 0 0x10000\n"
	       "  0 0x8040000 0 0x10000>",
	       "reg = <0 0xa0021000 0 0x1000 0 0xa0022000 0 0x2000>");
	CHECK(board.gic_completed);
	CHECK_EQ(board.gich.pa, 0xa0024000);
	CHECK_EQ(board.gicv.pa, 0xa0026000);
	/* Elsewhere nothing says where they are: not in 32 KiB, or not side by side. */
	refuse("reg = <0 0x8000000 0 0x10000 0 0x8010000 0 0x10000 0 0x8030000 0 0x10000\n"
	       "  0 0x8040000 0 0x10000>",
	       "reg = <0 0x8000000 0 0x10000 0 0x8010000 0 0x10000>", "intc@8000000", "reg");
	refuse("reg = <0 0x8000000 0 0x10000 0 0x8010000 0 0x10000 0 0x8030000 0 0x10000\n"
	       "  0 0x8040000 0 0x10000>",
	       "reg = <0 0xa0021000 0 0x1000 0 0xa0023000 0 0x2000>", "intc@8000000", "reg");
	accept("always-on;", "arm,cpu-registers-not-fw-configured;");
	CHECK(board.timer_unset);
}

/* A controller in front of the GIC that passes interrupts as they are: by itself, not by a chain.
 */
static void wakeup_controllers(void)
{
	const char *const node =
		"wug: w { compatible = \"ti,omap5-wugen-mpu\", \"ti,omap4-wugen-mpu\";\n"
		" interrupt-controller; #interrupt-cells = <3>; };\n"
		"pl011@9000000 { interrupt-parent = <&wug>;";
	const char *const other = "wug: w { compatible = \"any,intc\"; interrupt-controller;\n"
				  " #interrupt-cells = <3>; };\n"
				  "pl011@9000000 { interrupt-parent = <&wug>;";
	const char *const circle =
		"wug: w { compatible = \"fsl,imx7d-gpc\"; interrupt-parent = <&wug>;\n"
		" interrupt-controller; #interrupt-cells = <3>; };\n"
		"pl011@9000000 { interrupt-parent = <&wug>;";

	accept("pl011@9000000 {", node);
	CHECK_EQ(board.uart_intid, 33);
	accept("pl011@9000000 {", other);
	CHECK_EQ(board.uart_intid, 0);
	accept("pl011@9000000 {", circle);
	CHECK_EQ(board.uart_intid, 0);
}

static void psci_kinds(void)
{
	accept("\"arm,psci-1.0\", \"arm,psci-0.2\", \"arm,psci\"", "\"arm,psci\"");
	CHECK_EQ(board.psci, BOARD_PSCI_SMC);
	CHECK_EQ(board.psci_cpu_on, 0x84000003);
	CHECK_EQ(board.psci_system_off, 0); /* 0.1 has none */
	accept("\"arm,psci-1.0\", \"arm,psci-0.2\", \"arm,psci\";\n cpu_on = <0x84000003>;",
	       "\"arm,psci\"; cpu_on = <0x95c1ba60>;");
	CHECK_EQ(board.psci_cpu_on, 0x95c1ba60);
	accept("\"arm,psci-1.0\", \"arm,psci-0.2\", \"arm,psci\";\n cpu_on = <0x84000003>;",
	       "\"arm,psci\";");
	CHECK_EQ(board.psci, BOARD_PSCI_NONE);
	accept("psci {", "psci { status = \"disabled\";");
	CHECK_EQ(board.psci, BOARD_PSCI_NONE);
}

static void uart_choice(void)
{
	/* stdout-path leads nowhere, or is missing: the first enabled PL011 */
	accept("\"/pl011@9000000\"", "\"/nothing\"");
	CHECK_EQ(board.uart_base.pa, 0x09000000);
	accept("chosen { stdout-path = \"/pl011@9000000\"; };",
	       "pl011@1 { compatible = \"arm,pl011\"; reg = <0 0x1000 0 0x1000>; };");
	CHECK_EQ(board.uart_base.pa, 0x09000000);
	accept("pl011@9000000 {", "pl011@9000000 { status = \"disabled\";");
	CHECK_EQ(board.uart, BOARD_UART_NONE);
	accept("interrupts = <0 1 4>;", "");
	CHECK_EQ(board.uart_intid, 0);
	accept("interrupts = <0 1 4>;", "interrupts = <0 988 4>;"); /* SPI 1020: none */
	CHECK_EQ(board.uart_intid, 0);
	accept("interrupts = <0 1 4>;", "interrupts = <0 1 4>; interrupt-parent = <77>;");
	CHECK_EQ(board.uart_intid, 0);
}

/* Damaged in memory after compiling: whatever it says, no sanitizer complains. */
static void mutated(void)
{
	static const char *const source[] = { virt, vexpress, arndale };
	uint64_t seed = 3;
	uint32_t good = 0;

	for (uint32_t i = 0; i < 3; i++) {
		struct tree original = tree_compile(source[i], "");
		uint8_t *copy = malloc(original.size);

		for (uint32_t round = 0; round < 6000; round++) {
			memcpy(copy, original.blob, original.size);
			for (uint32_t n = 0; n < 1 + round % 4; n++) {
				seed = seed * 6364136223846793005u + 1442695040888963407u;
				copy[56 + (seed >> 33) % (original.size - 56)] ^=
					(uint8_t)(1u << ((seed >> 20) & 7));
			}
			if (fdt_open(&fdt, copy, original.size) == NULL) {
				good += board_read(&fdt, &board, &why) ? 1 : 0;
				CHECK(board.nr_cpus <= 8 && board.memory.count <= 32);
			}
		}
		free(copy);
		tree_free(&original);
	}
	CHECK(good > 1000 && good < 17000);
}

static const struct test_case cases[] = {
	{ "qemu_virt", qemu_virt },	  { "versatile_express", versatile_express },
	{ "arndale_like", arndale_like }, { "refusals", refusals },
	{ "too_many", too_many },	  { "gic_spread", gic_spread },
	{ "gic_left_out", gic_left_out }, { "wakeup_controllers", wakeup_controllers },
	{ "psci_kinds", psci_kinds },	  { "uart_choice", uart_choice },
	{ "mutated", mutated },
};

TEST_MAIN("board", cases)
