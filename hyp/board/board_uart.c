/* SPDX-License-Identifier: BSD-2-Clause */
/* The console's UART. */
#include "hyp/base/bits.h"
#include "hyp/board/board_parts.h"
#include <string.h>

/* The path of an alias (its first `length` characters). */
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

/* `shift` applies if the tree has no reg-shift. OMAP's trees have neither reg-shift nor
 * reg-io-width. */
struct board_uart_match {
	const char *compatible; /* NULL ends a row's list */
	uint32_t shift;
};

#define BOARD_UART_ROW(number, driver, name, shaped, ...) \
	{ number, shaped, (const struct board_uart_match[]) { __VA_ARGS__, { NULL, 0 } } },

static const struct board_uart_kind {
	enum board_uart uart;
	bool shaped; /* by the tree */
	const struct board_uart_match *matches;
} board_uart_kinds[] = { UART_KINDS(BOARD_UART_ROW) };

static const struct board_uart_match *board_match_uart(const struct board_uart_kind *kind,
						       const struct fdt_prop *compatible)
{
	const struct board_uart_match *match = kind->matches;

	while (match->compatible && !fdt_prop_lists(compatible, match->compatible)) {
		match++;
	}
	return match->compatible ? match : NULL;
}

/* Special kinds follow general ones. */
static const struct board_uart_kind *board_find_uart_kind(const struct fdt *fdt, fdt_node_t node,
							  uint32_t *shift)
{
	struct fdt_prop compatible;

	if (!fdt_get_prop(fdt, node, "compatible", &compatible)) {
		return NULL;
	}
	for (uint32_t i = ARRAY_SIZE(board_uart_kinds); i-- > 0;) {
		const struct board_uart_match *match =
			board_match_uart(&board_uart_kinds[i], &compatible);

		if (match) {
			*shift = match->shift;
			return &board_uart_kinds[i];
		}
	}
	return NULL;
}

/* If the monitor can drive the node's UART, fills its fields of *board. Registers end within the
 * page after the base: shift 4 is the largest on known hardware. */
static bool board_try_uart(const struct fdt *fdt, fdt_node_t node, struct board *board)
{
	uint32_t shift = 0;
	const struct board_uart_kind *kind = board_find_uart_kind(fdt, node, &shift);
	uint32_t width = 4;
	uint64_t base;
	uint64_t size;

	if (!kind || !fdt_is_enabled(fdt, node) || !fdt_reg(fdt, node, 0, &base, &size)) {
		return false;
	}
	if (kind->shaped) {
		shift = board_cell(fdt, node, "reg-shift", shift);
		width = board_cell(fdt, node, "reg-io-width", 1);
		base += board_cell(fdt, node, "reg-offset", 0);
	}
	/* A word access to an unaligned register would fault. */
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
