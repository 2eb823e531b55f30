/* SPDX-License-Identifier: BSD-2-Clause */
/* The board, as its device tree describes it. Pure. */
#ifndef HYP_BOARD_BOARD_H
#define HYP_BOARD_BOARD_H

#include "hyp/base/addr.h"
#include "hyp/base/refusal.h"
#include "hyp/base/uart_kinds.h"
#include "hyp/board/regions.h"
#include "hyp/fdt/fdt.h"
#include <stdbool.h>

#define BOARD_MAX_CPUS 8

#define BOARD_UART_NUMBER(number, ...) number,

/* BOARD_UART_NONE, then BOARD_UART_PL011 and so on: the rows of hyp/base/uart_kinds.h. */
enum board_uart { BOARD_UART_NONE, UART_KINDS(BOARD_UART_NUMBER) };
enum board_psci { BOARD_PSCI_NONE, BOARD_PSCI_SMC };

/* How a CPU other than the first is started. */
enum board_start {
	BOARD_START_NONE,
	BOARD_START_PSCI,
	BOARD_START_SPIN_TABLE, /* its address goes to a word of memory that it watches */
	BOARD_START_SOC,	/* by registers of the SoC */
};

/* SoCs that start CPUs by registers of their own, without PSCI. */
enum board_soc {
	BOARD_SOC_NONE,
	BOARD_SOC_VEXPRESS,   /* CoreTile with one Cortex-A15 cluster: SYS_FLAGS */
	BOARD_SOC_SUN7I,      /* Allwinner A20: CPUCFG */
	BOARD_SOC_SUN8I_H3,   /* Allwinner H3: CPUCFG, PRCM */
	BOARD_SOC_EXYNOS5250, /* SYSRAM, PMU */
};

struct board_cpu_start {
	enum board_start how;
	pa_t release; /* spin table: the word */
};

/* A register to write to: (old & ~mask) | value. mask 0: none. */
struct board_poke {
	pa_t reg;
	uint32_t mask, value;
};

/* The differences between SoCs. An address of 0: the SoC does not have it. */
struct board_soc_map {
	enum board_soc soc;
	pa_t control;	       /* BOARD_SOC_*: CPUCFG, or the PMU */
	pa_t power;	       /* H3: PRCM */
	pa_t entry;	       /* Exynos: the word of SYSRAM */
	pa_t sysreg;	       /* Versatile Express: SYS_FLAGS, SYS_CFG */
	pa_t counter;	       /* Exynos MCT: starts the architected timer's counter */
	struct board_poke off; /* syscon-poweroff */
};

struct board {
	struct regions memory;	 /* RAM, sorted, merged; bounded to 40-bit addresses */
	struct regions reserved; /* /memreserve/, /reserved-memory, from the tree */
	uint32_t nr_cpus;
	uint32_t mpidr[BOARD_MAX_CPUS]; /* affinity bits, in the order of the tree, boot CPU
					   anywhere */
	struct board_cpu_start start[BOARD_MAX_CPUS]; /* in the same order */
	pa_t gicd, gicc, gich, gicv;
	bool gich_alias;	    /* GICH has a second page, where each CPU's registers may be */
	uint32_t maintenance_intid; /* PPI as an INTID, 16..31 */
	uint32_t nr_intids; /* from GICD_TYPER; 0: not known, as the tree does not hold it */
	uint32_t timer_virt_intid, timer_phys_intid, timer_hyp_intid;
	uint32_t timer_hz;  /* clock-frequency; 0: CNTFRQ holds it */
	bool timer_unset;   /* by the tree, CNTFRQ may be unset */
	bool gic_completed; /* GICH and GICV are from the GIC's manual, not the tree */
	enum board_psci psci;
	uint32_t psci_cpu_on;	  /* function number; for PSCI 0.1 from the tree */
	uint32_t psci_system_off; /* 0x84000008; 0: not supported */
	enum board_uart uart;
	pa_t uart_base;
	uint32_t uart_shift, uart_width; /* 8250: registers 1 << shift apart, 1 or 4 bytes wide */
	uint32_t uart_intid;
	struct board_soc_map soc;
	char model[48];
};

/* Fills *why, unless it holds a refusal already, and returns false: `return board_refuse(...)`.
 * FDT_NONE: the whole tree. */
bool board_refuse(const struct fdt *fdt, struct refusal *why, fdt_node_t node, const char *property,
		  const char *reason);
/* The same for cell or string `item` (from 1; 0: for all), which collides with the node `rival` (0:
 * with none). */
bool board_refuse_item(const struct fdt *fdt, struct refusal *why, fdt_node_t node,
		       const char *property, const char *reason, uint32_t item, fdt_node_t rival);

/* Returns true and fills *board, or returns false and fills *why. */
bool board_read(const struct fdt *fdt, struct board *board, struct refusal *why);

#endif
