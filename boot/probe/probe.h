/* SPDX-License-Identifier: BSD-2-Clause */
/* A checklist of the board, printed in the mode that the boot loader left. */
#ifndef BOOT_PROBE_PROBE_H
#define BOOT_PROBE_PROBE_H

#include "hyp/board/board.h"

struct probe {
	uint32_t cpsr;	/* at the entry */
	uint32_t image; /* address of this program */
	uint32_t tree;
	struct fdt fdt;
	struct board board; /* as read from the tree */
	bool has_gic;	    /* its addresses are known */
	bool secure;	    /* entered in Secure state */
	bool may_go;	    /* HYP mode exists and can be entered */
};

enum probe_mark {
	PROBE_OK,
	PROBE_MISSING, /* the monitor needs it */
	PROBE_LOOK,    /* information, or a point to check */
};

/* A line of the list: mark, what, value. */
void probe_say(enum probe_mark mark, const char *what, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A line without a mark: headings and the last line. */
void probe_head(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The number of lines with the mark. */
uint32_t probe_count(enum probe_mark mark);

/* Name of CPSR's mode. */
const char *probe_mode_name(uint32_t mode);
uint32_t probe_mode(void);

void probe_check_cpu(struct probe *probe);
void probe_check_tree(struct probe *probe);
void probe_check_gic(const struct probe *probe);
/* Calls the firmware. This check is the last one, because on a board with a wrong tree the call may
 * not return. */
void probe_check_psci(const struct probe *probe);

/* In start.S: one word per CPU, by MPIDR.Aff0; non-zero if that CPU arrived at the entry. */
extern const uint32_t probe_came[BOARD_MAX_CPUS];
void probe_go_to_hyp(void);
void probe_main(uint32_t tree, uint32_t image, uint32_t cpsr);
void probe_stopped(uint32_t expected, uint32_t pc) __attribute__((noreturn));

#endif
