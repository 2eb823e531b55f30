/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of board_read, one per kind of node. Private to board*.c. */
#ifndef HYP_BOARD_BOARD_PARTS_H
#define HYP_BOARD_BOARD_PARTS_H

#include "hyp/board/board.h"

/* An interrupt specifier of the GIC: type, number, flags (Linux's arm,gic binding). */
#define BOARD_GIC_CELLS 3u

#define BOARD_PA_LIMIT (UINT64_C(1) << 40) /* LPAE */

/* The INTID of specifier `index` in a list of specifiers; 0 if it is not valid. */
uint32_t board_intid(const struct fdt_prop *prop, uint32_t index);

/* The INTID of a device's first interrupt, through an interrupt-map if its bus has one; 0 if it has
 * none or it does not lead to `gic`. */
uint32_t board_device_intid(const struct fdt *fdt, fdt_node_t node, fdt_node_t gic);

/* The GIC's node; FDT_NONE if there is no GICv2 with virtualization. */
fdt_node_t board_find_gic(const struct fdt *fdt);

/* Each returns true and fills its fields of *board, or returns false and fills *why. */
bool board_read_memory(const struct fdt *fdt, struct board *board, struct refusal *why);
bool board_read_reserved(const struct fdt *fdt, struct board *board, struct refusal *why);
bool board_read_cpus(const struct fdt *fdt, struct board *board, struct refusal *why);
bool board_read_gic(const struct fdt *fdt, struct board *board, struct refusal *why);
bool board_read_timer(const struct fdt *fdt, struct board *board, struct refusal *why);
bool board_read_psci(const struct fdt *fdt, struct board *board, struct refusal *why);

/* Called after CPUs and PSCI are read: the method that starts each CPU, and the SoC's other
 * registers. All of them are optional, so this never refuses. */
void board_read_soc(const struct fdt *fdt, struct board *board);

/* The enable-method in the CPU's node; BOARD_START_NONE: there is none. */
struct board_cpu_start board_read_enable_method(const struct fdt *fdt, fdt_node_t cpu);

/* A board without a UART is not refused. */
void board_read_uart(const struct fdt *fdt, struct board *board);

/* The first cell of a property; `missing` where there is none. */
uint32_t board_cell(const struct fdt *fdt, fdt_node_t node, const char *name, uint32_t missing);

#endif
