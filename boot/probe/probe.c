/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of the checklist. */
#include "boot/probe/probe.h"
#include "boot/probe/fenced.h"
#include "hyp/base/bits.h"
#include "hyp/board/board_parts.h"
#include "hyp/hw/uart.h"
#include "hyp/regs/psr.h"

#define PROBE_TREE_MAGIC 0xedfe0dd0u /* as read by this CPU: big-endian in memory */
#define PROBE_TREE_MAX	 0x200000u   /* bytes; the Linux boot protocol's limit */
#define PROBE_RAM_ALIGN	 0x08000000u /* RAM starts at a multiple of this on all boards known */

extern const char probe_start[], probe_file_end[];

/* A UART that scripts/probe has written into the header. */
extern const struct probe_uart {
	uint32_t kind, base, shift, width;
} probe_uart;

static struct probe probe_it;

/* Returns NULL, or the reason why there is no tree at that address. */
static const char *probe_open_tree(struct probe *probe, uint32_t address)
{
	uint32_t magic, size;

	if (address == 0 || address % 4 != 0 || !probe_read32(address, &magic) ||
	    magic != PROBE_TREE_MAGIC || !probe_read32((uint64_t)address + 4, &size)) {
		return "none in r2, behind the file, or at the start of RAM";
	}
	size = __builtin_bswap32(size);
	probe->tree = address;
	return size > PROBE_TREE_MAX
		       ? "larger than 2 MiB"
		       : fdt_open(&probe->fdt, (const void *)(uintptr_t)address, size);
}

/* Finds the tree as the monitor does: in r2, else behind the file, else where QEMU puts it for an
 * ELF file. */
static const char *probe_find_tree(struct probe *probe, uint32_t r2)
{
	uint32_t behind = probe->image + (uint32_t)(probe_file_end - probe_start);
	const uint32_t places[] = { r2, behind, probe->image & ~(PROBE_RAM_ALIGN - 1) };
	const char *fault = NULL;

	for (uint32_t i = 0; i < ARRAY_SIZE(places); i++) {
		fault = probe_open_tree(probe, places[i]);
		if (!fault) {
			break;
		}
	}
	return fault;
}

/* False: output is not possible. */
static bool probe_start_uart(const struct board *board)
{
	struct uart_shape shape = { probe_uart.base, probe_uart.shift, probe_uart.width };
	uint32_t kind = probe_uart.kind;
	const struct uart_driver *driver;

	if (kind == BOARD_UART_NONE) {
		kind = board->uart;
		shape = (struct uart_shape) { (uintptr_t)board->uart_base.pa, board->uart_shift,
					      board->uart_width };
		if (board->uart_base.pa > UINT32_MAX) {
			return false;
		}
	}
	driver = uart_driver_of(kind);
	if (!driver) {
		return false;
	}
	uart_init(driver, &shape);
	return true;
}

static void probe_say_uart(const struct board *board)
{
	if (probe_uart.kind == BOARD_UART_NONE) {
		probe_say(PROBE_OK, "UART", "0x%llx, by the tree",
			  (unsigned long long)board->uart_base.pa);
	} else if (board->uart == BOARD_UART_NONE) {
		probe_say(PROBE_LOOK, "UART", "0x%x, by this file; the tree has none that is known",
			  (unsigned)probe_uart.base);
	} else {
		probe_say(PROBE_OK, "UART", "0x%x, by this file; by the tree it is at 0x%llx",
			  (unsigned)probe_uart.base, (unsigned long long)board->uart_base.pa);
	}
}

/* Only HYP uses GICH and GICV, so they are checked in HYP mode. */
static void probe_check_in_hyp(struct probe *probe)
{
	if (probe->may_go) {
		probe_head(
			"entering HYP mode through Monitor mode: if no line follows, that failed");
		probe_go_to_hyp();
		if (probe_mode() == PSR_MODE_HYP) {
			probe_say(PROBE_OK, "HYP", "reached");
		} else {
			probe_say(PROBE_MISSING, "HYP", "not reached");
		}
	}
	if (probe->has_gic) {
		probe_head("GIC, seen from %s mode", probe_mode_name(probe_mode()));
		probe_check_gic(probe);
	}
	probe_check_psci(probe);
}

void probe_main(uint32_t tree, uint32_t image, uint32_t cpsr)
{
	struct probe *probe = &probe_it;
	const char *fault;

	probe->cpsr = cpsr;
	probe->image = image;
	fault = probe_find_tree(probe, tree);
	if (!fault) {
		board_read_uart(&probe->fdt, &probe->board);
	}
	if (!probe_start_uart(&probe->board)) {
		return;
	}
	probe_head("image at 0x%x, entered with r2 = 0x%x", (unsigned)image, (unsigned)tree);
	if (fault) {
		probe_say(PROBE_MISSING, "tree", "%s", fault);
	} else {
		probe_say(PROBE_OK, "tree", "at 0x%x", (unsigned)probe->tree);
		probe_say_uart(&probe->board);
		probe_check_tree(probe);
	}
	probe_head("the CPU, in the mode that it was entered in");
	probe_check_cpu(probe);
	probe_check_in_hyp(probe);
	probe_head("end: %u ok, %u missing, %u to look at", (unsigned)probe_count(PROBE_OK),
		   (unsigned)probe_count(PROBE_MISSING), (unsigned)probe_count(PROBE_LOOK));
	uart_drain();
}

void probe_stopped(uint32_t expected, uint32_t pc)
{
	probe_head("stops: %s at 0x%x, which is 0x%x of build/probe.elf",
		   expected ? "undefined instruction or data abort" : "exception", (unsigned)pc,
		   (unsigned)(pc - probe_it.image));
	for (;;) {
		hw_wfi();
	}
}
