/* SPDX-License-Identifier: BSD-2-Clause */
/* What starts CPUs and counter, and what turns a board off: trees in the manner of Linux's. */
#define _POSIX_C_SOURCE 200809L
#include "hyp/board/board.h"
#include "test.h"
#include "tree.h"

#define CPUS(second)                                        \
	"cpus { #address-cells = <1>; #size-cells = <0>;\n" \
	" cpu@0 { device_type = \"cpu\"; reg = <0>; };\n"   \
	" cpu@1 { device_type = \"cpu\"; reg = <1>; " second "}; };\n"
#define REST                                                                                 \
	"memory@40000000 { device_type = \"memory\"; reg = <0x40000000 0x10000000>; };\n"    \
	"gic: gic { compatible = \"arm,gic-400\"; interrupt-controller; #interrupt-cells = " \
	"<3>;\n"                                                                             \
	" reg = <0x1c81000 0x1000 0x1c82000 0x2000 0x1c84000 0x2000 0x1c86000 0x2000>; };\n" \
	"timer { compatible = \"arm,armv7-timer\"; interrupt-parent = <&gic>;\n"             \
	" interrupts = <1 13 4 1 14 4 1 11 4 1 10 4>; };\n"
#define ROOT(compatible) \
	"/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; compatible = " compatible ";\n"

static struct board board;

static void read_board(const char *source)
{
	struct tree blob = tree_compile(source, "");
	struct fdt fdt;
	struct refusal why = { 0 };
	bool ok;

	memset(&board, 0xa5, sizeof(board));
	CHECK(fdt_open(&fdt, blob.blob, blob.size) == NULL);
	ok = board_read(&fdt, &board, &why);
	CHECK(ok);
	if (!ok) {
		printf("%s: %s: %s\n", why.node, why.property, why.reason);
	}
	tree_free(&blob);
}

static void check_how(enum board_start first, enum board_start second)
{
	CHECK_EQ(board.nr_cpus, 2);
	CHECK_EQ(board.start[0].how, first);
	CHECK_EQ(board.start[1].how, second);
}

/* Exynos 5250, as Linux's exynos5250.dtsi has it: SYSRAM behind a bus of its own. */
#define ARNDALE                                                                                   \
	"soc { #address-cells = <1>; #size-cells = <1>; ranges;\n"                                \
	"sram@2020000 { compatible = \"mmio-sram\"; reg = <0x2020000 0x30000>;\n"                 \
	" #address-cells = <1>; #size-cells = <1>; ranges = <0 0x2020000 0x30000>;\n"             \
	" smp@0 { compatible = \"samsung,exynos4210-sysram\"; reg = <0 0x1000>; };\n"             \
	" smp@2f000 { compatible = \"samsung,exynos4210-sysram-ns\"; reg = <0x2f000 0x1000>; }; " \
	"};\n"                                                                                    \
	"mct@101c0000 { compatible = \"samsung,exynos5250-mct\", \"samsung,exynos4210-mct\";\n"   \
	" reg = <0x101c0000 0x800>; };\n"                                                         \
	"pmu: pmu@10040000 { compatible = \"samsung,exynos5250-pmu\", \"syscon\";\n"              \
	" reg = <0x10040000 0x5000>;\n"                                                           \
	" off { compatible = \"syscon-poweroff\"; regmap = <&pmu>; offset = <0x330c>; mask = "    \
	"<0x5200>; };\n"                                                                          \
	"}; };\n"

static void exynos5250(void)
{
	read_board(ROOT("\"insignal,arndale\", \"samsung,exynos5250\"") CPUS("") REST ARNDALE "};");
	check_how(BOARD_START_NONE, BOARD_START_SOC);
	CHECK_EQ(board.soc.soc, BOARD_SOC_EXYNOS5250);
	CHECK_EQ(board.soc.control.pa, 0x10040000);
	CHECK_EQ(board.soc.entry.pa, 0x02020000);
	CHECK_EQ(board.soc.counter.pa, 0x101c0000);
	CHECK_EQ(board.soc.sysreg.pa, 0);
	CHECK_EQ(board.soc.off.reg.pa, 0x1004330c);
	CHECK_EQ(board.soc.off.mask, 0xffffffff);
	CHECK_EQ(board.soc.off.value, 0x5200);
	/* The counter is the same in its successor; its CPUs start in another way. */
	read_board(ROOT("\"samsung,exynos5420\"") CPUS("") REST ARNDALE "};");
	check_how(BOARD_START_NONE, BOARD_START_NONE);
	CHECK_EQ(board.soc.counter.pa, 0x101c0000);
	/* Without its registers in the tree, no CPU can be started. */
	read_board(ROOT("\"samsung,exynos5250\"") CPUS("") REST "};");
	check_how(BOARD_START_NONE, BOARD_START_NONE);
	CHECK_EQ(board.soc.soc, BOARD_SOC_NONE);
	CHECK_EQ(board.soc.counter.pa, 0);
	CHECK_EQ(board.soc.off.mask, 0);
}

static void allwinner(void)
{
	read_board(ROOT("\"lemaker,bananapi\", \"allwinner,sun7i-a20\"") CPUS("") REST "};");
	check_how(BOARD_START_NONE, BOARD_START_SOC);
	CHECK_EQ(board.soc.control.pa, 0x01c25c00);
	CHECK_EQ(board.soc.power.pa, 0);
	read_board(ROOT("\"allwinner,sun8i-h3\"") CPUS("") REST "};");
	check_how(BOARD_START_NONE, BOARD_START_SOC);
	CHECK_EQ(board.soc.control.pa, 0x01f01c00);
	CHECK_EQ(board.soc.power.pa, 0x01f01400);
	/* U-Boot's PSCI goes before: it owns those registers. */
	read_board(ROOT("\"allwinner,sun8i-h3\"") CPUS("") REST
		   "psci { compatible = \"arm,psci\"; method = \"smc\"; "
		   "cpu_on = <0x95c1ba60>; }; };");
	check_how(BOARD_START_PSCI, BOARD_START_PSCI);
}

#define SYSREG                                                                                 \
	"bus { #address-cells = <2>; #size-cells = <1>; ranges = <3 0 0x1c000000 0x200000>;\n" \
	"sysreg@3,10000 { compatible = \"arm,vexpress-sysreg\"; reg = <3 0x10000 0x1000>; }; };\n"

static void vexpress(void)
{
	read_board(ROOT("\"arm,vexpress,v2p-ca15,tc1\", \"arm,vexpress,v2p-ca15\", "
			"\"arm,vexpress\"") CPUS("") REST SYSREG "};");
	check_how(BOARD_START_NONE, BOARD_START_SOC);
	CHECK_EQ(board.soc.soc, BOARD_SOC_VEXPRESS);
	CHECK_EQ(board.soc.sysreg.pa, 0x1c010000);
	/* Of another tile only the motherboard is known. */
	read_board(ROOT("\"arm,vexpress,v2p-ca15_a7\", \"arm,vexpress\"") CPUS("") REST SYSREG
		   "};");
	check_how(BOARD_START_NONE, BOARD_START_NONE);
	CHECK_EQ(board.soc.sysreg.pa, 0x1c010000);
}

static void spin_table(void)
{
	read_board(ROOT("\"any,board\"") CPUS(
		"enable-method = \"spin-table\"; cpu-release-addr = <0 0x8000fff8>;") REST "};");
	check_how(BOARD_START_NONE, BOARD_START_SPIN_TABLE);
	CHECK_EQ(board.start[1].release.pa, 0x8000fff8);
	read_board(ROOT("\"any,board\"")
			   CPUS("enable-method = \"spin-table\"; cpu-release-addr = <0x40000100>;")
				   REST
		   "psci { compatible = \"arm,psci-1.0\"; method = \"smc\"; }; };");
	check_how(BOARD_START_PSCI, BOARD_START_SPIN_TABLE);
	CHECK_EQ(board.start[1].release.pa, 0x40000100);
	read_board(ROOT("\"any,board\"") CPUS(
		"enable-method = \"spin-table\"; cpu-release-addr = <0x40000102>;") REST "};");
	check_how(BOARD_START_NONE, BOARD_START_NONE);
	read_board(ROOT("\"any,board\"") CPUS("enable-method = \"spin-table\";") REST "};");
	check_how(BOARD_START_NONE, BOARD_START_NONE);
	read_board(ROOT("\"any,board\"") CPUS(
		"enable-method = \"spin\"; cpu-release-addr = <0x40000100>;") REST "};");
	check_how(BOARD_START_NONE, BOARD_START_NONE);
}

static void check_poke(const char *node, uint64_t reg, uint32_t mask, uint32_t value)
{
	char source[2048];

	snprintf(source, sizeof(source),
		 "%ssc: sc@10000000 { compatible = \"syscon\"; reg = <0x10000000 0x1000>; %s }; };",
		 ROOT("\"any,board\"") CPUS("") REST, node);
	read_board(source);
	CHECK_EQ(board.soc.off.reg.pa, reg);
	CHECK_EQ(board.soc.off.mask, mask);
	CHECK_EQ(board.soc.off.value, value);
}

static void pokes(void)
{
	check_poke("r { compatible = \"syscon-poweroff\"; offset = <4>; value = <0x30>; };",
		   0x10000004, 0xffffffff, 0x30);
	check_poke("r { compatible = \"syscon-poweroff\"; offset = <4>; value = <0x30>; mask = "
		   "<0x11>; };",
		   0x10000004, 0x11, 0x10);
	check_poke("r { compatible = \"syscon-poweroff\"; regmap = <&sc>; offset = <0xffc>; mask = "
		   "<2>; };",
		   0x10000ffc, 0xffffffff, 2);
	check_poke("r { compatible = \"syscon-poweroff\"; offset = <0x1000>; value = <1>; };", 0, 0,
		   0);
	check_poke("r { compatible = \"syscon-poweroff\"; offset = <2>; value = <1>; };", 0, 0, 0);
	check_poke("r { compatible = \"syscon-poweroff\"; offset = <4>; };", 0, 0, 0);
	check_poke("r { compatible = \"syscon-poweroff\"; value = <1>; };", 0, 0, 0);
	check_poke(
		"r { compatible = \"syscon-poweroff\"; regmap = <0x77>; offset = <4>; value = <1>; "
		"};",
		0, 0, 0);
	check_poke(
		"r { compatible = \"syscon-poweroff\"; status = \"disabled\"; offset = <4>; value "
		"= <1>; };",
		0, 0, 0);
}

static const struct test_case cases[] = {
	{ "exynos5250", exynos5250 }, { "allwinner", allwinner }, { "vexpress", vexpress },
	{ "spin_table", spin_table }, { "pokes", pokes },
};

TEST_MAIN("board_soc", cases)
