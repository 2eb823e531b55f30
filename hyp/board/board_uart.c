/* SPDX-License-Identifier: BSD-2-Clause */
/* The console's UART. */
#include "hyp/board/board_parts.h"
#include "hyp/base/bits.h"
#include <string.h>

/* The path that an alias (its first `length` characters) stands for. */
static const char *board_find_alias(const struct fdt *fdt, const char *alias, size_t length)
{
	fdt_node_t aliases = fdt_find_path(fdt, "/aliases");
	struct fdt_prop prop;
	uint32_t cursor;
	bool more = fdt_first_prop(fdt, aliases, &prop, &cursor);

	for (; more; more = fdt_next_prop(fdt, &prop, &cursor)) {
		if (strlen(prop.name) == length && memcmp(prop.name, alias, length) == 0) {
			return fdt_prop_string(&prop, 0);
		}
	}
	return NULL;
}

/* /chosen's stdout-path, a path or an alias, with options behind a ':'. */
static fdt_node_t board_find_stdout(const struct fdt *fdt)
{
	fdt_node_t chosen = fdt_find_path(fdt, "/chosen");
	const char *path = NULL;
	struct fdt_prop prop;
	size_t length = 0;

	if (fdt_get_prop(fdt, chosen, "stdout-path", &prop) ||
	    fdt_get_prop(fdt, chosen, "linux,stdout-path", &prop)) {
		path = fdt_prop_string(&prop, 0);
	}
	if (path && *path != '/') {
		while (path[length] != 0 && path[length] != ':') {
			length++;
		}
		path = board_find_alias(fdt, path, length);
	}
	return path ? fdt_find_path(fdt, path) : FDT_NONE;
}

/* By Linux's bindings. An 8250's shift and width hold where the tree has no reg-shift and no
 * reg-io-width: OMAP's trees have neither. What is first in a list is the more special. */
static const struct board_uart_kind {
	const char *compatible;
	enum board_uart uart;
	uint32_t shift;
} board_uarts[] = {
	{ "arm,pl011", BOARD_UART_PL011, 2 },
	{ "samsung,exynos4210-uart", BOARD_UART_EXYNOS, 2 },
	{ "fsl,imx6q-uart", BOARD_UART_IMX, 2 },
	{ "fsl,imx21-uart", BOARD_UART_IMX, 2 },
	{ "st,stm32h7-uart", BOARD_UART_STM32, 2 },
	{ "snps,dw-apb-uart", BOARD_UART_8250_DW, 0 },
	{ "ti,omap2-uart", BOARD_UART_8250_OMAP, 2 },
	{ "ti,omap3-uart", BOARD_UART_8250_OMAP, 2 },
	{ "ti,omap4-uart", BOARD_UART_8250_OMAP, 2 },
	{ "ti,am3352-uart", BOARD_UART_8250_OMAP, 2 },
	{ "ti,am4372-uart", BOARD_UART_8250_OMAP, 2 },
	{ "ti,dra742-uart", BOARD_UART_8250_OMAP, 2 },
	{ "nvidia,tegra20-uart", BOARD_UART_8250, 2 },
	{ "ns16550a", BOARD_UART_8250, 0 },
	{ "ns16550", BOARD_UART_8250, 0 },
	{ "ns8250", BOARD_UART_8250, 0 },
};

static const struct board_uart_kind *board_find_uart_kind(const struct fdt *fdt, fdt_node_t node)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(board_uarts); i++) {
		if (fdt_is_compatible(fdt, node, board_uarts[i].compatible)) {
			return &board_uarts[i];
		}
	}
	return NULL;
}

static bool board_is_8250(enum board_uart uart)
{
	return uart == BOARD_UART_8250 || uart == BOARD_UART_8250_DW ||
	       uart == BOARD_UART_8250_OMAP;
}

/* The node is one that the monitor can drive: its fields of *board. Registers end within the page
 * that follows the base: shift 4 is the widest that was built. */
static bool board_try_uart(const struct fdt *fdt, fdt_node_t node, struct board *board)
{
	const struct board_uart_kind *kind = board_find_uart_kind(fdt, node);
	uint32_t shift = kind ? kind->shift : 0;
	uint32_t width = 4;
	uint64_t base;
	uint64_t size;

	if (!kind || !fdt_is_enabled(fdt, node) || !fdt_reg(fdt, node, 0, &base, &size)) {
		return false;
	}
	if (board_is_8250(kind->uart)) {
		shift = board_cell(fdt, node, "reg-shift", shift);
		width = board_cell(fdt, node, "reg-io-width", 1);
		base += board_cell(fdt, node, "reg-offset", 0);
	}
	/* A word access to a register at an odd place would fault. */
	if (base >= BOARD_PA_LIMIT || shift > 4 || (width != 1 && (width != 4 || shift < 2)) ||
	    base % width != 0) {
		return false;
	}
	board->uart = kind->uart;
	board->uart_base = pa_make(base);
	board->uart_shift = shift;
	board->uart_width = width;
	board->uart_intid = board_device_intid(fdt, node, board_find_gic(fdt));
	return true;
}

void board_read_uart(const struct fdt *fdt, struct board *board)
{
	fdt_node_t node = board_find_stdout(fdt);

	if (node != FDT_NONE && board_try_uart(fdt, node, board)) {
		return;
	}
	for (node = fdt_root(fdt); node != FDT_NONE; node = fdt_next_node(fdt, node)) {
		if (board_try_uart(fdt, node, board)) {
			return;
		}
	}
}
