/* SPDX-License-Identifier: BSD-2-Clause */
/* The console's UART in the manner of each board's own tree: kind, place, shape, interrupt; and
 * which one it is where there are several. Numbers from the boards' manuals. */
#define _POSIX_C_SOURCE 200809L
#include "hyp/board/board.h"
#include "test.h"
#include "tree.h"

/* A board with all but UARTs: /chosen's content, /aliases' content and the soc's come in. */
static const char frame[] =
	"/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>;\n"
	"chosen { %s }; aliases { %s };\n"
	"memory@40000000 { device_type = \"memory\"; reg = <0x40000000 0x10000000>; };\n"
	"cpus { #address-cells = <1>; #size-cells = <0>;\n"
	" cpu@0 { device_type = \"cpu\"; reg = <0>; }; };\n"
	"gic: intc@1000 { compatible = \"arm,gic-400\"; #interrupt-cells = <3>;\n"
	" interrupt-controller; interrupts = <1 9 0xf04>;\n"
	" reg = <0x1000 0x1000>, <0x2000 0x2000>, <0x4000 0x2000>, <0x6000 0x2000>; };\n"
	"timer { compatible = \"arm,armv7-timer\";\n"
	" interrupts = <1 13 8>, <1 14 8>, <1 11 8>, <1 10 8>; };\n"
	"soc { compatible = \"simple-bus\"; #address-cells = <1>; #size-cells = <1>; ranges;\n"
	"%s }; };\n";

static struct board board;

static void read_tree(const char *chosen, const char *aliases, const char *soc)
{
	char *source = malloc(sizeof(frame) + strlen(chosen) + strlen(aliases) + strlen(soc));
	struct refusal why = { 0 };
	struct tree tree;
	struct fdt fdt;

	sprintf(source, frame, chosen, aliases, soc);
	tree = tree_compile(source, "");
	memset(&board, 0xa5, sizeof(board));
	CHECK(fdt_open(&fdt, tree.blob, tree.size) == NULL);
	CHECK(board_read(&fdt, &board, &why));
	tree_free(&tree);
	free(source);
}

static void expect(enum board_uart uart, uint64_t base, uint32_t intid)
{
	CHECK_EQ(board.uart, uart);
	CHECK_EQ(board.uart_base.pa, base);
	CHECK_EQ(board.uart_intid, intid);
}

static void expect_shape(uint32_t shift, uint32_t width)
{
	CHECK_EQ(board.uart_shift, shift);
	CHECK_EQ(board.uart_width, width);
}

static void pl011(void)
{
	read_tree("", "",
		  "serial@fff36000 { compatible = \"arm,pl011\", \"arm,primecell\";\n"
		  " reg = <0xfff36000 0x1000>; interrupts = <0 20 4>; };");
	expect(BOARD_UART_PL011, 0xfff36000, 52);
}

static void allwinner(void)
{
	read_tree("stdout-path = \"serial0:115200n8\";", "serial0 = \"/soc/serial@1c28000\";",
		  "serial@1c28400 { compatible = \"snps,dw-apb-uart\"; reg = <0x1c28400 0x400>;\n"
		  " interrupts = <0 1 4>; reg-shift = <2>; reg-io-width = <4>; status = \"okay\"; "
		  "};\n"
		  "serial@1c28000 { compatible = \"snps,dw-apb-uart\"; reg = <0x1c28000 0x400>;\n"
		  " interrupts = <0 0 4>; reg-shift = <2>; reg-io-width = <4>; status = \"okay\"; "
		  "};");
	expect(BOARD_UART_8250_DW, 0x01c28000, 32);
	expect_shape(2, 4);
}

static void tegra(void)
{
	read_tree("stdout-path = &ud;", "",
		  "ud: serial@70006300 { compatible = \"nvidia,tegra124-uart\", "
		  "\"nvidia,tegra20-uart\";\n"
		  " reg = <0x70006300 0x40>; reg-shift = <2>; interrupts = <0 90 4>; };");
	expect(BOARD_UART_8250, 0x70006300, 122);
	expect_shape(2, 1);
}

static void omap(void)
{
	read_tree("stdout-path = &uart3;", "",
		  "uart3: serial@48020000 { compatible = \"ti,dra742-uart\";\n"
		  " reg = <0x48020000 0x100>; interrupts = <0 69 4>; };");
	expect(BOARD_UART_8250_OMAP, 0x48020000, 101);
	expect_shape(2, 1);
	read_tree("", "",
		  "serial@48020000 { compatible = \"ti,omap4-uart\";\n"
		  " reg = <0x48020000 0x100>; interrupts = <0 74 4>; };");
	expect(BOARD_UART_8250_OMAP, 0x48020000, 106);
	read_tree("", "",
		  "serial@49020000 { compatible = \"ti,omap3-uart\";\n"
		  " reg = <0x49020000 0x100>; interrupts = <0 74 4>; };");
	expect(BOARD_UART_8250_OMAP, 0x49020000, 106);
	read_tree("", "",
		  "serial@0 { compatible = \"ti,am3352-uart\", \"ti,omap3-uart\";\n"
		  " reg = <0x44e09000 0x1000>; interrupts = <0 72 4>; };");
	expect(BOARD_UART_8250_OMAP, 0x44e09000, 104);
}

static void plain_8250(void)
{
	read_tree("", "",
		  "serial@1e784000 { compatible = \"ns16550a\"; reg = <0x1e784000 0x20>;\n"
		  " reg-shift = <2>; interrupts = <0 8 4>; no-loopback-test; };");
	expect(BOARD_UART_8250, 0x1e784000, 40);
	expect_shape(2, 1);
	/* Registers next to each other; a window that begins before them */
	read_tree("", "",
		  "serial@9000000 { compatible = \"ns16550\"; reg = <0x9000000 0x100>;\n"
		  " reg-offset = <0x40>; interrupts = <0 1 4>; };");
	expect(BOARD_UART_8250, 0x09000040, 33);
	expect_shape(0, 1);
}

static void exynos(void)
{
	read_tree("stdout-path = \"serial2:115200n8\";", "serial2 = \"/soc/serial@12c20000\";",
		  "serial@12c00000 { compatible = \"samsung,exynos4210-uart\"; reg = <0x12c00000 "
		  "0x100>;\n interrupts = <0 51 4>; };\n"
		  "serial@12c20000 { compatible = \"samsung,exynos4210-uart\"; reg = <0x12c20000 "
		  "0x100>;\n interrupts = <0 53 4>; };");
	expect(BOARD_UART_EXYNOS, 0x12c20000, 85);
}

static void imx(void)
{
	read_tree("", "",
		  "serial@30860000 { compatible = \"fsl,imx7d-uart\", \"fsl,imx6q-uart\";\n"
		  " reg = <0x30860000 0x10000>; interrupts = <0 26 4>; };");
	expect(BOARD_UART_IMX, 0x30860000, 58);
	read_tree("", "",
		  "serial@53fbc000 { compatible = \"fsl,imx53-uart\", \"fsl,imx21-uart\";\n"
		  " reg = <0x53fbc000 0x4000>; interrupts = <0 31 4>; };");
	expect(BOARD_UART_IMX, 0x53fbc000, 63);
	/* i.MX1's test register lies elsewhere: not one of these */
	read_tree("", "",
		  "serial@206000 { compatible = \"fsl,imx1-uart\";\n"
		  " reg = <0x206000 0x1000>; interrupts = <0 31 4>; };");
	CHECK_EQ(board.uart, BOARD_UART_NONE);
}

static void stm32(void)
{
	read_tree("stdout-path = \"serial0:115200n8\";", "serial0 = &uart4;",
		  "uart4: serial@40010000 { compatible = \"st,stm32h7-uart\";\n"
		  " reg = <0x40010000 0x400>; interrupts = <0 52 4>; };");
	expect(BOARD_UART_STM32, 0x40010000, 84);
	/* STM32F4's registers are others */
	read_tree("", "",
		  "serial@40010000 { compatible = \"st,stm32-uart\";\n"
		  " reg = <0x40010000 0x400>; interrupts = <0 52 4>; };");
	CHECK_EQ(board.uart, BOARD_UART_NONE);
}

#define TWO                                                                                       \
	"a: serial@a000000 { compatible = \"acme,uart\"; reg = <0xa000000 0x100>; };\n"           \
	"b: serial@b000000 { compatible = \"fsl,imx6q-uart\"; reg = <0xb000000 0x100>;\n"         \
	" status = \"disabled\"; };\n"                                                            \
	"c: serial@c000000 { compatible = \"samsung,exynos4210-uart\"; reg = <0xc000000 0x100>; " \
	"};\n"                                                                                    \
	"d: serial@d000000 { compatible = \"arm,pl011\"; reg = <0xd000000 0x1000>; };\n"

/* stdout-path's UART if the monitor knows it and it is on; else the first such, whatever kind. */
static void choice(void)
{
	read_tree("stdout-path = &d;", "", TWO);
	expect(BOARD_UART_PL011, 0x0d000000, 0);
	read_tree("linux,stdout-path = &d;", "", TWO);
	expect(BOARD_UART_PL011, 0x0d000000, 0);
	read_tree("stdout-path = \"/soc/serial@d000000:9600\";", "", TWO);
	expect(BOARD_UART_PL011, 0x0d000000, 0);
	read_tree("stdout-path = \"tty:9600\";", "ttyx = &c; tty = &d; t = &c;", TWO);
	expect(BOARD_UART_PL011, 0x0d000000, 0);
	read_tree("stdout-path = &a;", "", TWO);
	expect(BOARD_UART_EXYNOS, 0x0c000000, 0);
	read_tree("stdout-path = &b;", "", TWO);
	expect(BOARD_UART_EXYNOS, 0x0c000000, 0);
	read_tree("stdout-path = \"nobody\";", "", TWO);
	expect(BOARD_UART_EXYNOS, 0x0c000000, 0);
	read_tree("", "", TWO);
	expect(BOARD_UART_EXYNOS, 0x0c000000, 0);
	read_tree("", "", "");
	CHECK_EQ(board.uart, BOARD_UART_NONE);
}

/* What cannot be driven is passed over: odd widths, words at odd places, far shifts, no reg. */
static void shapes(void)
{
	static const char *const bad[] = {
		"reg = <0xb000000 0x100>; reg-io-width = <2>;",
		"reg = <0xb000000 0x100>; reg-io-width = <8>; reg-shift = <3>;",
		"reg = <0xb000000 0x100>; reg-io-width = <0>;",
		"reg = <0xb000000 0x100>; reg-io-width = <4>;",
		"reg = <0xb000000 0x100>; reg-io-width = <4>; reg-shift = <1>;",
		"reg = <0xb000002 0x100>; reg-io-width = <4>; reg-shift = <2>;",
		"reg = <0xb000000 0x100>; reg-shift = <5>;",
		"reg = <0xb000000 0x100>; reg-shift = <0xffffffff>;",
		"",
	};
	char soc[400];

	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		sprintf(soc,
			"serial@b000000 { compatible = \"ns16550a\"; %s };\n"
			"serial@c000000 { compatible = \"ns16550a\"; reg = <0xc000000 0x100>; };",
			bad[i]);
		read_tree("", "", soc);
		expect(BOARD_UART_8250, 0x0c000000, 0);
		expect_shape(0, 1);
	}
	read_tree("", "",
		  "serial@c000000 { compatible = \"ns16550a\"; reg = <0xc000000 0x200>;\n"
		  " reg-io-width = <4>; reg-shift = <4>; };");
	expect(BOARD_UART_8250, 0x0c000000, 0);
	expect_shape(4, 4);
}

static const struct test_case cases[] = {
	{ "pl011", pl011 },   { "allwinner", allwinner },   { "tegra", tegra },
	{ "omap", omap },     { "plain_8250", plain_8250 }, { "exynos", exynos },
	{ "imx", imx },	      { "stm32", stm32 },	    { "choice", choice },
	{ "shapes", shapes },
};

TEST_MAIN("board_uart", cases)
