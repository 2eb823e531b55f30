/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs programs of GIC operations, one operation at a time on any of the CPUs, and records what
 * each CPU sees: the same binary alone on QEMU's GIC and in a partition (test/tools/lockstep.py
 * compares the two). Programs come as the initial RAM disk; the record is left in memory for
 * whoever started this.
 *
 * An operation that the GICv2 leaves UNPREDICTABLE where it comes up (an EOI of what is not the
 * innermost, say) is not done; that is recorded, too. So any part of a program is a legal program.
 */
#ifndef GUEST_TEST_LOCKSTEP_H
#define GUEST_TEST_LOCKSTEP_H

#include <stdbool.h>
#include <stdint.h>

/* ---- programs: words, little-endian ----
 * magic, number of programs; for each: id, number of operations; for each of these two words:
 * opcode (7..0), CPU (15..8), argument (31..16); value. test/lib/lockstep/program.py has the
 * same numbers. */
#define LOCKSTEP_PROGRAMS 0x504b434cu /* "LCKP" */

enum lockstep_op {
	OP_DIST_READ = 1,   /* argument: offset; a word */
	OP_DIST_READ_BYTE,  /* a byte */
	OP_DIST_WRITE,	    /* value */
	OP_DIST_WRITE_BYTE, /* value */
	OP_CPU_READ,	    /* argument: offset in the CPU interface */
	OP_CPU_WRITE,	    /* value */
	OP_ACK,		    /* reads GICC_IAR */
	OP_EOI,		    /* of the innermost interrupt that this CPU runs */
	OP_DIR,		    /* value: which of those whose priority was dropped (split EOI) */
	OP_SGI,		    /* value: for GICD_SGIR */
	OP_SGI_SET,	    /* argument: SGI; value: sources, for GICD_SPENDSGIR */
	OP_SGI_CLEAR,	    /* the same for GICD_CPENDSGIR */
	OP_LINE,	    /* argument: INTID; value: level. A PPI's is the CPU's own */
	OP_CONFIG,	    /* argument: INTID; value: 1 edge, 0 level */
	OP_GROUP,	    /* argument: INTID; value: group */
	OP_ACTIVATE,	    /* argument: INTID: GICD_ISACTIVER */
	OP_DEACTIVATE,	    /* argument: INTID: GICD_ICACTIVER */
	OP_WINDOW,	    /* unmasks IRQ and FIQ: value: WINDOW_* */
	OP_SPLIT,	    /* value: 1 EOI and DIR apart, 0 together */
	OP_FINISH,	    /* EOI and DIR of all that this CPU has */
	OP_TARGET,	    /* argument: SPI; value: for GICD_ITARGETSR */
};

#define WINDOW_NESTED	  1u /* handlers unmask interrupts */
#define WINDOW_LOWER_LATE 2u /* a handler lowers its line after the EOI, not before */

struct lockstep_step {
	uint8_t op;
	uint8_t cpu;
	uint16_t argument;
	uint32_t value;
};

/* ---- the record: words at LOCKSTEP_RECORD ----
 * magic, programs done, words used in all; for each program: id, number of entries; for each entry:
 * kind (7..0), CPU (15..8), operation's index (31..16); value. */
#define LOCKSTEP_RECORD	     0x43000000u /* behind what the boot loaders place */
#define LOCKSTEP_RECORD_SIZE 0x00f00000u
#define LOCKSTEP_RECORDS     0x524b434cu /* "LCKR" */

enum lockstep_kind {
	KIND_READ = 1, /* a register's value */
	KIND_IAR,      /* OP_ACK: the value */
	KIND_EOI,      /* the value written */
	KIND_DIR,      /* the value written */
	KIND_IRQ,      /* an IRQ was taken in a window: GICC_IAR's value */
	KIND_FIQ,      /* an FIQ: the same */
	KIND_NOT_DONE, /* UNPREDICTABLE here */
	KIND_STORM,    /* interrupts do not end: the CPU interface was switched off */
};

void record_begin(uint32_t id);
void record_add(enum lockstep_kind kind, uint32_t value);
void record_end(void);
void record_operation(uint32_t index); /* of what follows */

/* ---- steps.c: on the CPU that they are for ---- */
void steps_run(const struct lockstep_step *step);
void steps_reset_cpu(void); /* the CPU interface and private interrupts, as at a program's start */
void steps_reset_common(void); /* the distributor; after all CPUs */
void steps_init_cpu(void);     /* once */

/* ---- lines.c: input lines that a guest can drive ---- */
void lines_init_cpu(void);
/* Of 34, 39 and this CPU's 23; others have no line here: nothing happens. */
void lines_set(uint32_t intid, bool level);
bool lines_is_high(uint32_t intid);
bool lines_is_bare(void); /* QEMU's GIC, not a partition's */
void lines_lower_common(void);
void lines_lower_cpu(void);

/* ---- turns.c: one CPU acts, all others look on ---- */
uint32_t turns_start(void); /* starts the other CPUs; how many there are */
/* Runs fn(arg) on `cpu`, then waits until every CPU has looked at its interrupts: what one CPU did
 * is with all others then. On CPU 0. */
void turns_run(uint32_t cpu, void (*fn)(const void *), const void *arg);

#endif
