/* SPDX-License-Identifier: BSD-2-Clause */
/* A checklist of the board, printed in whatever mode the boot loader left. */
#ifndef BOOT_PROBE_PROBE_H
#define BOOT_PROBE_PROBE_H

#include "hyp/board/board.h"

struct probe {
	uint32_t cpsr;	/* at the entry */
	uint32_t image; /* where this program is */
	uint32_t tree;
	struct fdt fdt;
	struct board board; /* as far as the tree has it */
	bool has_gic;	    /* the tree told where */
	bool secure;	    /* entered in Secure state */
	bool may_go;	    /* there is HYP, and a way to it */
};

enum probe_mark {
	PROBE_OK,
	PROBE_MISSING, /* the monitor needs it */
	PROBE_LOOK,    /* to know, or to look into */
};

/* A line of the list: mark, what, value. */
void probe_say(enum probe_mark mark, const char *what, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A line of its own kind: heads and ends. */
void probe_head(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* How many lines had the mark. */
uint32_t probe_count(enum probe_mark mark);

/* Name of CPSR's mode. */
const char *probe_mode_name(uint32_t mode);
uint32_t probe_mode(void);

void probe_check_cpu(struct probe *probe);
void probe_check_tree(struct probe *probe);
void probe_check_gic(const struct probe *probe);
/* Asks the firmware: last, since a board whose tree is wrong may not come back. */
void probe_check_psci(const struct probe *probe);

/* start.S. Words of CPUs, by MPIDR.Aff0: not 0 if one came to the entry. */
extern const uint32_t probe_came[BOARD_MAX_CPUS];
void probe_go_to_hyp(void);
void probe_main(uint32_t tree, uint32_t image, uint32_t cpsr);
void probe_stopped(uint32_t expected, uint32_t pc) __attribute__((noreturn));

#endif
